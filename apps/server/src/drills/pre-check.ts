import { Inject, Injectable } from '@nestjs/common';
import type { ErrorText } from '@sluice/core';
import type { DrillDefinition, DrillFinding, DrillMeasure } from '@sluice/protocol';
import { mostDrills } from '@sluice/protocol/client';
import { MoreThanOrEqual, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { NodeEntity } from '../fleet/fleet.entities.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import { NodeQuestions } from '../fleet/node-questions.ts';
import type { Place } from '../fleet/place.ts';
import { KillSwitches } from '../guarding/kill-switches.ts';
import { Traffic } from '../traffic/traffic.ts';
import { checkText, valueText } from './check-text.ts';
import { DrillStore } from './drill.store.ts';
import { checksOf, measuredOnce } from './measures.ts';
import { matches, mayOverlap } from './overlap.ts';
import { addSums, metricOf, type Sums } from './part.ts';
import { type Candidate, targetsOf } from './targeting.ts';
import { windowOf } from './windows.ts';

const answerMs = 2500;

/** What a look at a drill before its start came to. */
export interface Look {
  readonly targets: readonly Candidate[];
  readonly online: number;
  readonly findings: readonly DrillFinding[];
  readonly measures: readonly DrillMeasure[];
}

interface Question {
  readonly environment: string;
  readonly app: string;
  readonly definition: DrillDefinition;
}

/** Looks whether a drill could start now, and says each thing that keeps it from it. Changes nothing. */
@Injectable()
export class PreCheck {
  readonly #instances: InstancesRead;
  readonly #traffic: Traffic;
  readonly #switches: KillSwitches;
  readonly #store: DrillStore;
  readonly #database: Database;
  readonly #node: NodeLease;
  readonly #questions: NodeQuestions;
  readonly #clock: Clock;

  constructor(
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(Traffic) traffic: Traffic,
    @Inject(KillSwitches) switches: KillSwitches,
    @Inject(DrillStore) store: DrillStore,
    @Inject(Database) database: Database,
    @Inject(NodeLease) node: NodeLease,
    @Inject(NodeQuestions) questions: NodeQuestions,
    @Inject(Clock) clock: Clock,
  ) {
    this.#instances = instances;
    this.#traffic = traffic;
    this.#switches = switches;
    this.#store = store;
    this.#database = database;
    this.#node = node;
    this.#questions = questions;
    this.#clock = clock;
    questions.answers<Question>('drillWindows', async (asked) => ({ windows: this.#windowsHere(asked) }));
  }

  /** `drillId`: its own, which is no other drill. */
  async look(place: Place, definition: DrillDefinition, drillId?: string): Promise<Look> {
    const [instances, measures, others, names] = await Promise.all([
      this.#instances.of(place),
      this.#measure(place, definition),
      this.#others(place, definition, drillId),
      this.#unknownResources(place, definition),
    ]);
    const targets = targetsOf(definition, instances);
    const findings = [
      ...this.#thrown(place),
      ...others,
      ...targetFindings(definition, targets),
      ...measures.flatMap(steadyStateFinding),
      ...names,
      ...(definition.guards.length > 0 ? [] : [noGuards]),
    ];
    return { targets, online: instances.filter(({ online }) => online).length, findings, measures };
  }

  #thrown({ environment, app }: Place): DrillFinding[] {
    const row = this.#switches
      .of(environment)
      .find((each) => each.endFaults && (each.app === '' || each.app === app));
    if (!row) return [];
    return [
      refused('killSwitch', {
        en: `the kill switch is on, by ${row.turnedBy}: ${row.reason}`,
        zh: `紧急开关处于打开状态（${row.turnedBy}）：${row.reason}`,
      }),
    ];
  }

  async #others(
    place: Place,
    definition: DrillDefinition,
    drillId: string | undefined,
  ): Promise<DrillFinding[]> {
    const open = (await this.#store.open()).filter(
      (row) => row.id !== drillId && row.environment === place.environment && row.app === place.app,
    );
    return [
      ...tooManyDrills(open.length),
      ...open.flatMap((row) => {
        const shared = sharedResource(definition, row.definition);
        if (shared === undefined) return [];
        const text = {
          en: `another drill is on ${shared}: "${row.title}", by ${row.startedBy}`,
          zh: `${shared} 上正在进行另一个演练：“${row.title}”（${row.startedBy}）`,
        };
        return [refused('otherDrill', text, row.id)];
      }),
    ];
  }

  async #measure(place: Place, definition: DrillDefinition): Promise<DrillMeasure[]> {
    const now = this.#clock.now();
    const all = [
      this.#windowsHere({ ...place, definition }),
      ...(await this.#windowsElsewhere(place, definition)),
    ];
    return checksOf(definition).flatMap((placed, i) => {
      if (placed.of !== 'steadyState') return [];
      const sums = addSums(all.flatMap((windows) => windows[i] ?? []));
      return [measuredOnce(placed, 'before', metricOf(placed.check.metric, sums), now)];
    });
  }

  #windowsHere({ environment, app, definition }: Question): Sums[] {
    const now = this.#clock.now();
    return checksOf(definition).map(({ check }) =>
      windowOf(this.#traffic.peek({ environment, app: check.app ?? app }), check, now),
    );
  }

  async #windowsElsewhere(place: Place, definition: DrillDefinition): Promise<Sums[][]> {
    if ((await this.#node.countAlive()) === 1) return [];
    const nodes = await this.#database.read.findBy(NodeEntity, {
      id: Not(this.#node.id),
      leaseUntil: MoreThanOrEqual(this.#clock.now()),
    });
    const question: Question = { ...place, definition };
    const answers = await Promise.all(
      nodes.map(({ id }) => this.#questions.ask<{ windows: Sums[] }>(id, 'drillWindows', question, answerMs)),
    );
    return answers.flatMap((answer) => (answer ? [answer.windows] : []));
  }

  async #unknownResources(place: Place, definition: DrillDefinition): Promise<DrillFinding[]> {
    const known = [...(await this.#traffic.of(place)).all()];
    return Object.values(definition.faults).flatMap(({ resource }) => {
      const isKnown = known.some(
        (series) => (resource.type ?? series.type) === series.type && matches(resource, series.resource),
      );
      if (isKnown) return [];
      const text = {
        en: `no call ever came through ${resource.value}, so nothing would be broken`,
        zh: `从未有调用经过 ${resource.value}，不会注入任何故障`,
      };
      return [{ code: 'resourceUnknown', severity: 'warning', text, subject: resource.value } as const];
    });
  }
}

const refused = (code: DrillFinding['code'], text: ErrorText, subject?: string): DrillFinding => ({
  code,
  severity: 'refused',
  text,
  ...(subject !== undefined && { subject }),
});

const noGuards: DrillFinding = {
  code: 'noGuards',
  severity: 'warning',
  text: {
    en: 'it has no guards: only its deadline and people would stop it',
    zh: '没有护栏：只有截止时间和人工能终止它',
  },
};

/** An instance takes no more drills at once; told of more it would obey none. */
export const tooManyDrills = (open: number): DrillFinding[] =>
  open < mostDrills
    ? []
    : [
        refused('otherDrill', {
          en: `${open} drills are going on in this app, and no more can`,
          zh: `该应用已有 ${open} 个演练在进行，已达上限`,
        }),
      ];

/** The first resource pattern of one that may be meant by the other. */
export function sharedResource(one: DrillDefinition, other: DrillDefinition): string | undefined {
  const theirs = Object.values(other.faults).map(({ resource }) => resource);
  return Object.values(one.faults)
    .map(({ resource }) => resource)
    .find((resource) => theirs.some((their) => mayOverlap(resource, their)))?.value;
}

function targetFindings({ budget }: DrillDefinition, targets: readonly Candidate[]): DrillFinding[] {
  if (targets.length === 0)
    return [
      refused('noTarget', {
        en: 'no instance that is connected fits its targets',
        zh: '没有符合条件的在线实例',
      }),
    ];
  const most = budget.instances;
  const tooMany =
    most !== undefined && targets.length > most
      ? [
          refused('tooManyTargets', {
            en: `it would be in ${targets.length} instances, and its budget is ${most}`,
            zh: `将涉及 ${targets.length} 个实例，超过上限 ${most}`,
          }),
        ]
      : [];
  const gone = targets.filter(({ online }) => !online);
  return [
    ...tooMany,
    ...gone.map(({ instanceId }) =>
      refused(
        'targetUnreachable',
        { en: `${instanceId} is not connected`, zh: `${instanceId} 未连接` },
        instanceId,
      ),
    ),
  ];
}

function steadyStateFinding({ check, held, value }: DrillMeasure): DrillFinding[] {
  if (held === true) return [];
  const { en, zh } = checkText(check);
  if (value === undefined)
    return [
      refused(
        'steadyStateUnknown',
        { en: `nothing is known of the steady state: ${en}`, zh: `稳态没有数据：${zh}` },
        check.resource,
      ),
    ];
  const is = valueText(check.metric, value);
  return [
    refused(
      'steadyStateNotMet',
      { en: `the steady state is not met: ${en}, it is ${is}`, zh: `稳态不满足：${zh}，当前为 ${is}` },
      check.resource,
    ),
  ];
}
