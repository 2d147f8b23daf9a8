import { Inject, Injectable } from '@nestjs/common';
import {
  type Audience,
  type Cohort,
  type EndReason,
  type PlannedInstance,
  type PushPlan,
  type PushState,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { ChangeKind } from '../feed/change.entity.ts';
import { type PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import type { Writing } from '../releases/release-writer.ts';
import { type GrayAct, GrayPlans } from './gray-plans.ts';
import { OutcomeWriter, variantsOf, type WrittenNamespace } from './outcome-writer.ts';
import { bereftPushes, supersede, writeState } from './push-rows.ts';

/** A transition of a push whose row is locked, in a transaction that holds the environment. */
export interface GrayMove {
  readonly row: PushEntity;
  readonly writing: Writing;
  readonly instances: readonly PlannedInstance[];
  /** Where the push is after it. */
  readonly next: PushState;
}

/** Carries out what becomes of the layers of a push: each is one revision of its transaction, and answers its plan. */
@Injectable()
export class GrayMoves {
  readonly #database: Database;
  readonly #plans: GrayPlans;
  readonly #writer: OutcomeWriter;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(GrayPlans) plans: GrayPlans,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#plans = plans;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** The step that `next` is in begins. */
  async step(tx: EntityManager, move: GrayMove): Promise<PushPlan> {
    if (move.next.state !== 'running') throw new TypeError('only what runs has a step');
    return (await this.#carryOut(tx, move, 'step', { act: 'step', step: move.next.step })).plan;
  }

  /** The same layers for a cohort in which somebody was replaced. */
  async reaim(tx: EntityManager, move: GrayMove, audience: Audience, cohort: Cohort): Promise<PushPlan> {
    return (await this.#carryOut(tx, move, 'cohort', { act: 'reaim', audience, cohort })).plan;
  }

  /** Its layers are taken away. Also one whose time is over is there to be taken away. */
  async abandon(tx: EntityManager, move: GrayMove, reason: EndReason): Promise<PushPlan> {
    const isOver = reason === 'expired';
    return (await this.#carryOut(tx, move, isOver ? 'expire' : 'abandon', { act: 'abandon', isOver })).plan;
  }

  /** The gray becomes what is global; its cohort sees no change. */
  async promote(
    tx: EntityManager,
    move: GrayMove,
    how: Omit<Extract<GrayAct, { act: 'promote' }>, 'act'>,
  ): Promise<PushPlan> {
    const { plan, written } = await this.#carryOut(tx, move, 'promote', { act: 'promote', ...how });
    for (const { namespaceId, release } of written) {
      if (!release) continue;
      const { number, digest } = release;
      await tx.update(PushNamespaceEntity, { pushId: move.row.id, namespaceId }, { release: number, digest });
    }
    return plan;
  }

  async keepCohort(tx: EntityManager, pushId: string, cohort: Cohort): Promise<void> {
    await bulkUpsert(tx, this.#database.dialect, {
      table: 'cohort',
      key: ['push_id'],
      columns: ['push_id', 'data'],
      onConflict: 'replace',
      rows: [[pushId, JSON.stringify(cohort)]],
    });
  }

  async #carryOut(
    tx: EntityManager,
    { row, writing, instances, next }: GrayMove,
    kind: ChangeKind,
    act: GrayAct,
  ): Promise<{ plan: PushPlan; written: readonly WrittenNamespace[] }> {
    const planned = await this.#plans.of(tx, row, instances, act, writing.revision);
    const { standing, after, plan, cohort } = planned;
    const written = await this.#writer.write(tx, writing, {
      place: { environment: row.environment, app: row.app },
      kind,
      pushId: row.id,
      before: standing,
      after,
      plan,
      instances,
      variantOffset: row.variants.length,
    });
    await writeState(tx, row.id, next, {
      revision: writing.revision,
      variants: [...row.variants, ...variantsOf(plan)],
    });
    await supersede(tx, bereftPushes(standing, after, row.id), this.#clock.now());
    if (cohort) await this.keepCohort(tx, row.id, cohort);
    return { plan, written };
  }
}
