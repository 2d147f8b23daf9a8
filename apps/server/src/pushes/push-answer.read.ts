import { Inject, Injectable } from '@nestjs/common';
import { type ApplyState, bakedAt, type GateFacts, gateWaits, waitText } from '@sluice/core';
import type { Push, PushCounts, Verdict } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { emptyVerdict, pushOf } from '../releases/push-model.ts';
import { namespacesOf } from '../releases/pushes.store.ts';

import { Approvals } from './approvals.ts';

/** What is known of the targets of a push, without what bakes and who clicked. */
export type StepFacts = Pick<GateFacts, 'reachable' | 'applied' | 'health' | 'unknown'>;

/** The facts as the gate counts them: somebody may have said why a step goes on although nothing is known of its health. */
export function waived<Facts extends StepFacts>({ stateData, proposal }: PushEntity, facts: Facts): Facts {
  const isWaived = 'step' in stateData && proposal.waived?.step === stateData.step;
  return isWaived && facts.health === 'unknown' ? { ...facts, health: 'healthy' } : facts;
}

/** What the present step of a gray waits for, in words; nothing for any other push. */
export function stepWaits(
  row: PushEntity,
  facts: StepFacts,
  now: number,
): NonNullable<Push['step']>['waits'] {
  const { course, stateData, proposal } = row;
  if (course.mode !== 'gray' || stateData.state !== 'running') return [];
  const clicked = proposal.clicked === stateData.step;
  return gateWaits(course.gate, { ...waived(row, facts), clicked, bakedMs: bakedAt(stateData, now) }).map(
    (wait) => ({
      for: wait.for,
      ...waitText(wait),
    }),
  );
}

interface Counted {
  readonly state: ApplyState;
  readonly online: boolean | number | null;
  readonly count: number | string;
}

/** A push as the one who just moved it is told, by what is written of its targets. */
@Injectable()
export class PushAnswer {
  readonly #database: Database;
  readonly #clock: Clock;

  readonly #approvals: Approvals;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Clock) clock: Clock,
    @Inject(Approvals) approvals: Approvals,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#approvals = approvals;
  }

  async of(row: PushEntity, manager: EntityManager = this.#database.read): Promise<Push> {
    const now = this.#clock.now();
    const counted = await this.#counted(row.id, manager);
    const counts: PushCounts = { ...emptyVerdict(now).counts };
    for (const { state, count } of counted) counts[state] += Number(count);
    const verdict: Verdict = {
      holding: counts.applied + counts.repaired,
      targets: Object.values(counts).reduce((sum, each) => sum + each, 0),
      counts,
      ...(row.lastAppliedMs !== null && { lastAppliedMs: row.lastAppliedMs }),
      at: new Date(now).toISOString(),
    };
    const namespaces = (await namespacesOf(manager, [row.id])).get(row.id) ?? [];
    const approval = (await this.#approvals.of([row], manager)).get(row.id);
    const waits = stepWaits(row, factsOf(counted), now);
    return pushOf(row, namespaces, { verdict, waits, ...(approval && { approval }) });
  }

  async facts(pushId: string, manager: EntityManager = this.#database.read): Promise<StepFacts> {
    return factsOf(await this.#counted(pushId, manager));
  }

  async #counted(pushId: string, manager: EntityManager): Promise<Counted[]> {
    const statement = `SELECT t.state AS "state", i.online AS "online", COUNT(*) AS "count"
      FROM push_target t JOIN push p ON p.id = t.push_id
      LEFT JOIN instance i ON i.environment = p.environment AND i.app = p.app AND i.instance_id = t.instance_id
      WHERE t.push_id = ? GROUP BY t.state, i.online`;
    return (await manager.query(placed(manager, statement), [pushId])) as Counted[];
  }
}

function factsOf(counted: readonly Counted[]): StepFacts {
  const online = counted.filter((each) => Boolean(each.online));
  const sum = (some: readonly Counted[]): number => some.reduce((all, { count }) => all + Number(count), 0);
  return {
    reachable: sum(online),
    applied: sum(online.filter(({ state }) => state === 'applied' || state === 'repaired')),
    health: 'unknown',
  };
}
