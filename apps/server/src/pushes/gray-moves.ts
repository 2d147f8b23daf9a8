import { Inject, Injectable } from '@nestjs/common';
import {
  type Audience,
  applyProposal,
  type Cohort,
  type Content,
  type EndReason,
  type GrayProposal,
  type MergeChoice,
  type PlannedInstance,
  type PushPlan,
  type PushState,
  planPush,
} from '@sluice/core';
import { type EntityManager, In } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import type { ChangeKind } from '../feed/change.entity.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import { type PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { ReleaseEntity } from '../releases/release.entity.ts';
import type { Writing } from '../releases/release-writer.ts';
import { contentOf } from '../releases/releases.store.ts';
import { aimOf } from './aim.ts';
import { OutcomeWriter, variantsOf, type WrittenNamespace } from './outcome-writer.ts';
import { CohortEntity } from './push-parts.entity.ts';
import { PushPlanner } from './push-planner.ts';
import { bereftPushes, supersede, writeState } from './push-rows.ts';
import { refusalError } from './refusals.ts';
import { type Standing } from './standing.ts';
import { shapeOf } from './wanted-changes.ts';

/** A transition of a push whose row is locked, in a transaction that holds the environment. */
export interface GrayMove {
  readonly row: PushEntity;
  readonly writing: Writing;
  readonly instances: readonly PlannedInstance[];
  /** Where the push is after it. */
  readonly next: PushState;
}

/** What becomes of the layers of a push: other instances, everyone, nobody. Each is one revision of its transaction. */
@Injectable()
export class GrayMoves {
  readonly #database: Database;
  readonly #planner: PushPlanner;
  readonly #writer: OutcomeWriter;
  readonly #check: ContentCheck;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#planner = planner;
    this.#writer = writer;
    this.#check = check;
    this.#clock = clock;
  }

  /** The step that `next` is in begins. */
  async step(tx: EntityManager, move: GrayMove): Promise<PushPlan> {
    const { row, instances, next } = move;
    if (row.target.mode !== 'gray' || next.state !== 'running') throw new TypeError('only a gray has steps');
    const before = await this.cohortOf(tx, row.id);
    const draw = { seed: row.proposal.seed ?? row.id, index: next.step, ...(before && { before }) };
    const { audience, cohort } = aimOf(row.target, draw, instances);
    return this.reaim(tx, move, 'step', audience, cohort);
  }

  /** The same layers for others: the next step, or a cohort in which somebody was replaced. */
  async reaim(
    tx: EntityManager,
    move: GrayMove,
    kind: 'step' | 'cohort',
    audience: Audience,
    cohort: Cohort | undefined,
  ): Promise<PushPlan> {
    const { row, writing } = move;
    const head = { pushId: row.id, revision: writing.revision };
    const { plan } = await this.#carryOut(tx, move, kind, { ...head, act: 'step', audience });
    if (cohort) await this.keepCohort(tx, row.id, cohort);
    return plan;
  }

  /** Its layers are taken away. Also one whose time is over is there to be taken away. */
  async abandon(tx: EntityManager, move: GrayMove, reason: EndReason): Promise<PushPlan> {
    const { row, writing } = move;
    const kind: ChangeKind = reason === 'expired' ? 'expire' : 'abandon';
    const proposal = { act: 'abandon', pushId: row.id, revision: writing.revision } as const;
    const { plan } = await this.#carryOut(tx, move, kind, proposal);
    return plan;
  }

  /** The gray becomes what is global; its cohort sees no change. */
  async promote(
    tx: EntityManager,
    move: GrayMove,
    choices: Readonly<Record<string, Readonly<Record<string, MergeChoice>>>>,
    groupsWin: boolean,
  ): Promise<PushPlan> {
    const { row, writing } = move;
    const started = await this.#started(tx, row);
    const { plan, written } = await this.#carryOut(tx, move, 'promote', {
      act: 'promote',
      pushId: row.id,
      revision: writing.revision,
      started,
      choices,
      groupsWin,
    });
    for (const { namespaceId, release } of written) {
      if (!release) continue;
      const { number, digest } = release;
      await tx.update(PushNamespaceEntity, { pushId: row.id, namespaceId }, { release: number, digest });
    }
    return plan;
  }

  async cohortOf(manager: EntityManager, pushId: string): Promise<Cohort | undefined> {
    return (await manager.findOneBy(CohortEntity, { pushId }))?.data;
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
    proposal: GrayProposal,
  ): Promise<{ plan: PushPlan; written: readonly WrittenNamespace[] }> {
    const place = { environment: row.environment, app: row.app };
    // What has just run out is still there to be taken away, or to be merged; nothing else may outlive its time.
    const standing = await this.#planner.standing(tx, place, kind === 'expire' ? row.id : undefined);
    const names = standing.namespaces.map((each) => each.name);
    const applied = applyProposal(standing.namespaces, proposal, sha256);
    if (!applied.ok) throw refusalError(applied.refusal, names);
    const planned = planPush(instances, standing.namespaces, proposal, sha256);
    if (!planned.ok) throw refusalError(planned.refusal, names);
    const [after, plan] = [applied.value, planned.value];
    if (kind === 'promote') this.#checkMerged(standing, after);
    const written = await this.#writer.write(tx, writing, {
      place,
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
    return { plan, written };
  }

  /** Two changes that are sound alone may not be sound together. */
  #checkMerged(
    standing: Standing,
    after: readonly { readonly layers: Standing['namespaces'][number]['layers'] }[],
  ): void {
    for (const [index, { layers }] of after.entries()) {
      const global = layers.find((layer) => layer.kind === 'global');
      if (!global || standing.namespaces[index]!.layers.includes(global)) continue;
      const namespace = standing.inForce.namespaces[index]!;
      this.#check.check(global.value as Content, shapeOf(namespace), {
        path: namespace.name,
        namespace: namespace.name,
      });
    }
  }

  async #started(tx: EntityManager, { proposal }: PushEntity): Promise<Record<string, Content | undefined>> {
    const ids = proposal.changes.flatMap((change) => change.startedFrom ?? []);
    const rows = new Map((await tx.findBy(ReleaseEntity, { id: In(ids) })).map((row) => [row.id, row]));
    return Object.fromEntries(
      proposal.changes.map(({ namespace, startedFrom }) => {
        const release = rows.get(startedFrom ?? '');
        return [namespace, release && contentOf(release)];
      }),
    );
  }
}
