import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { canonicalText, type ErrorText, SluiceError } from '@sluice/core';
import type { Contracts, DrillDefinition, DrillDetail, DrillPlan } from '@sluice/protocol';
import { In } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { placed, returning } from '../database/returning.ts';
import { insertRows, updateRow } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { InstancesRead } from '../fleet/instances.read.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import { type Caller, may } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { wrongState } from '../pushes/refusals.ts';
import { readDesign } from './design.ts';
import { DrillEntity, DrillTargetEntity } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';
import { DrillRunner } from './drill-runner.ts';
import { DrillsRead } from './drills.read.ts';
import { checksOf } from './measures.ts';
import { type Look, PreCheck, sharedResource, tooManyDrills } from './pre-check.ts';
import { checkTargets } from './targeting.ts';

const notStarted = ['draft', 'preCheck'] as const;
const placeOf = ({ env, app }: { env: string; app: string }): Place => ({ environment: env, app });

/** Drills before, at and after their start: stored and audited in one transaction, then run. */
@Injectable()
export class DrillsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #instances: InstancesRead;
  readonly #preCheck: PreCheck;
  readonly #runner: DrillRunner;
  readonly #store: DrillStore;
  readonly #read: DrillsRead;
  readonly #node: NodeLease;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(PreCheck) preCheck: PreCheck,
    @Inject(DrillRunner) runner: DrillRunner,
    @Inject(DrillStore) store: DrillStore,
    @Inject(DrillsRead) read: DrillsRead,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#instances = instances;
    this.#preCheck = preCheck;
    this.#runner = runner;
    this.#store = store;
    this.#read = read;
    this.#node = node;
    this.#clock = clock;
  }

  async plan({ params, body, caller }: Input<Contracts['planDrill']>): Promise<DrillPlan> {
    const { place, definition } = await this.#design(params, body, caller);
    const { targets, online, findings, measures } = await this.#preCheck.look(place, definition);
    return {
      definition,
      ready: findings.every(({ severity }) => severity !== 'refused'),
      targets: targets.map(({ instanceId, online: isOnline }) => ({ instanceId, online: isOnline })),
      online,
      findings: [...findings],
      measures: [...measures],
    };
  }

  async create({ params, body, caller }: Input<Contracts['createDrill']>): Promise<DrillDetail> {
    const { place, definition } = await this.#design(params, body, caller);
    const row: DrillEntity = {
      id: randomUUID(),
      ...place,
      title: definition.title,
      state: 'draft',
      definition,
      createdBy: caller.principal.name,
      createdAt: this.#clock.now(),
      findings: [],
      checkedAt: null,
      startedBy: null,
      startedAt: null,
      deadlineAt: null,
      endedAt: null,
      finishedAt: null,
      outcome: null,
      because: null,
      nodeId: null,
      beat: 0,
      beatAt: null,
      measures: [],
      recoveredAt: null,
      targets: 0,
      active: 0,
      clean: 0,
      injected: 0,
    };
    await this.#database.write(async (tx) => {
      await insertRows(tx, 'drill', [row]);
      await this.#say(tx, caller, 'drill.create', row, { definition });
    });
    return this.#read.detail(place, row.id);
  }

  async change({ params, body, caller }: Input<Contracts['changeDrill']>): Promise<DrillDetail> {
    const { place, definition } = await this.#design(params, body, caller);
    const row = await this.#requireUnstarted(place, params.drill);
    await this.#database.write(async (tx) => {
      const fresh = { state: 'draft', findings: [], checkedAt: null, measures: [] } as const;
      await this.#changeUnstarted(tx, row.id, { ...fresh, definition, title: definition.title });
      await this.#say(tx, caller, 'drill.change', row, { before: row.definition, after: definition });
    });
    return this.#read.detail(place, row.id);
  }

  async remove({ params, caller }: Input<Contracts['deleteDrill']>): Promise<void> {
    const row = await this.#requireUnstarted(placeOf(params), params.drill);
    await this.#database.write(async (tx) => {
      const { affected } = await tx.delete(DrillEntity, { id: row.id, state: In([...notStarted]) });
      if (affected === 0) throw wrongState(texts.started);
      await this.#say(tx, caller, 'drill.delete', row, { definition: row.definition });
    });
  }

  async check({ params, caller }: Input<Contracts['checkDrill']>): Promise<DrillDetail> {
    const place = placeOf(params);
    const row = await this.#requireUnstarted(place, params.drill);
    await this.#mayRead(caller, place, row.definition);
    const look = await this.#preCheck.look(place, row.definition, row.id);
    const isReady = look.findings.every(({ severity }) => severity !== 'refused');
    const state = isReady ? 'preCheck' : 'draft';
    await this.#database.write(async (tx) => {
      await this.#requireDesign(tx, row);
      await this.#changeUnstarted(tx, row.id, { ...seen(look), state, checkedAt: this.#clock.now() });
      await this.#say(tx, caller, 'drill.check', row, { ready: isReady });
    });
    return this.#read.detail(place, row.id);
  }

  async start({ params, caller }: Input<Contracts['startDrill']>): Promise<DrillDetail> {
    const place = placeOf(params);
    const row = await this.#requireUnstarted(place, params.drill);
    await this.#mayRead(caller, place, row.definition);
    const look = await this.#preCheck.look(place, row.definition, row.id);
    refuseIf(look);
    const startedAt = this.#clock.now();
    const started: DrillEntity = {
      ...row,
      ...seen(look),
      state: 'running',
      checkedAt: startedAt,
      startedBy: caller.principal.name,
      startedAt,
      deadlineAt: startedAt + row.definition.deadlineMs,
      nodeId: this.#node.id,
      beatAt: startedAt,
      targets: look.targets.length,
    };
    const targets = await this.#targetRows(place, row.id, look);
    await this.#database.write(async (tx) => {
      // Whoever starts a drill in this environment at the same time waits here.
      await tx.query(placed(tx, 'UPDATE environment SET revision = revision WHERE name = ?'), [params.env]);
      await this.#requireDesign(tx, row);
      const now = await tx.findOneBy(DrillEntity, { id: row.id });
      if (!now || !isUnstarted(now)) throw wrongState(texts.started);
      await this.#refuseSecond(tx, place, now);
      const { id: _, ...set } = started;
      await updateRow(tx, 'drill', row.id, set);
      for (const target of targets) await tx.insert(DrillTargetEntity, target);
      await this.#say(tx, caller, 'drill.start', row, {
        definition: row.definition,
        targets: targets.map(({ instanceId }) => instanceId),
      });
    });
    this.#runner.begin(started, targets);
    return this.#read.detail(place, row.id);
  }

  async abort({ params, body, caller }: Input<Contracts['abortDrill']>): Promise<DrillDetail> {
    const place = placeOf(params);
    const row = await this.#read.require(place, params.drill);
    const by = caller.principal.name;
    const because: ErrorText = {
      en: `stopped by ${by}${body.reason === '' ? '' : `: ${body.reason}`}`,
      zh: `由 ${by} 停止${body.reason === '' ? '' : `：${body.reason}`}`,
    };
    const endedAt = this.#runner.find(row.id)?.nowMs(this.#clock.monotonic()) ?? this.#clock.now();
    const isEnded = await this.#database.write((tx) =>
      this.#store.endIn(tx, row, { outcome: 'aborted', because }, caller, endedAt),
    );
    if (!isEnded) throw wrongState(texts.notRunning);
    const ended = (await this.#store.find(row.id)) ?? row;
    this.#runner.ended(ended);
    return this.#read.detail(place, row.id);
  }

  async #design(
    params: { env: string; app: string },
    body: Input<Contracts['createDrill']>['body'],
    caller: Caller,
  ): Promise<{ place: Place; definition: DrillDefinition }> {
    const place = placeOf(params);
    await this.#catalog.requireApp(params.env, params.app);
    const { definition, at } = readDesign(body);
    await this.#mayRead(caller, place, definition);
    const known = await this.#instances.of(place);
    checkTargets(definition.targets, new Set(known.map(({ instanceId }) => instanceId)), at);
    return { place, definition };
  }

  /** Checks may look at other apps, where whoever designs the drill, looks whether it could start or starts it may. */
  async #mayRead(caller: Caller, { environment }: Place, definition: DrillDefinition): Promise<void> {
    const named = checksOf(definition).flatMap(({ check }) => check.app ?? []);
    if (named.length === 0) return;
    const known = new Set((await this.#catalog.apps()).map(({ name }) => name));
    const missing = named.find((app) => !known.has(app) || !may(caller, 'config:read', { environment, app }));
    if (missing === undefined) return;
    // By name, for it is not the app that the drill is in.
    const en = `app "${missing}" (a check of the drill looks at it)`;
    throw new SluiceError('not_found', { what: { en, zh: `演练的检查所引用的应用“${missing}”` } });
  }

  async #requireUnstarted(place: Place, id: string): Promise<DrillEntity> {
    const row = await this.#read.require(place, id);
    if (!isUnstarted(row)) throw wrongState(texts.started);
    return row;
  }

  /** What was looked at is what there is; nobody changes it before this transaction is over. */
  async #requireDesign(tx: Transaction, { id, definition }: DrillEntity): Promise<void> {
    const text = 'UPDATE drill SET state = state WHERE id = ? RETURNING definition';
    const [now] = await returning<{ definition: string }>(tx, text, [id]);
    if (!now || canonicalText(JSON.parse(now.definition)) !== canonicalText(definition))
      throw wrongState(texts.changed);
  }

  async #changeUnstarted(tx: Transaction, id: string, set: object): Promise<void> {
    const text =
      "UPDATE drill SET state = state WHERE id = ? AND state IN ('draft', 'preCheck') RETURNING id";
    if ((await returning(tx, text, [id])).length === 0) throw wrongState(texts.started);
    await updateRow(tx, 'drill', id, set);
  }

  async #targetRows(place: Place, drillId: string, { targets }: Look): Promise<DrillTargetEntity[]> {
    const known = new Map((await this.#instances.of(place)).map((each) => [each.instanceId, each]));
    return targets.map(({ instanceId }) => ({
      drillId,
      instanceId,
      nodeId: known.get(instanceId)?.nodeId ?? null,
      bootId: known.get(instanceId)?.bootId ?? '',
      connected: known.get(instanceId)?.online ?? false,
      records: {},
      cleanBy: null,
      cleanAt: null,
      heardAt: null,
    }));
  }

  async #refuseSecond(tx: Transaction, place: Place, row: DrillEntity): Promise<void> {
    const open = await tx.findBy(DrillEntity, { ...place, state: In(['running', 'recovering']) });
    refuseIf({ findings: tooManyDrills(open.length) });
    const other = open.find((each) => sharedResource(row.definition, each.definition) !== undefined);
    if (!other) return;
    const text = {
      en: `another drill was started on ${sharedResource(row.definition, other.definition)}: "${other.title}"`,
      zh: `${sharedResource(row.definition, other.definition)} 上已启动另一个演练：“${other.title}”`,
    };
    refuseIf({ findings: [{ code: 'otherDrill', severity: 'refused', text, subject: other.id }] });
  }

  #say(
    tx: Transaction,
    caller: Caller,
    action: string,
    { id, environment, app, title }: DrillEntity,
    detail: Record<string, unknown>,
  ): Promise<void> {
    return this.#audit.append(tx, caller, {
      action,
      environment,
      app,
      target: title,
      detail: { drillId: id, ...detail },
    });
  }
}

type Transaction = Parameters<Parameters<Database['write']>[0]>[0];

const isUnstarted = ({ state }: DrillEntity): boolean => (notStarted as readonly string[]).includes(state);

const seen = ({ findings, measures }: Look): Pick<DrillEntity, 'findings' | 'measures'> => ({
  findings: [...findings],
  measures: [...measures],
});

function refuseIf({ findings }: Pick<Look, 'findings'>): void {
  const refusals = findings.filter(({ severity }) => severity === 'refused');
  if (refusals.length === 0) return;
  const reasons = {
    en: refusals.map(({ text }) => text.en).join('; '),
    zh: refusals.map(({ text }) => text.zh).join('；'),
  };
  throw new SluiceError('drill_refused', { reasons }, { details: { findings: refusals } });
}

const texts = {
  started: {
    en: 'this drill was started already; make a new one of its design to run it again',
    zh: '该演练已启动过；如需再次运行，请用其设计新建一个演练',
  },
  changed: {
    en: 'somebody changed this drill while it was looked at; look at the new design and try again',
    zh: '检查期间有人修改了该演练；请查看新的设计后重试',
  },
  notRunning: { en: 'this drill is not running', zh: '该演练未在运行' },
} as const satisfies Record<string, ErrorText>;
