import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { applyProposal, type Content, diffContent, firstState, planPush } from '@sluice/core';
import type { Contracts, Push } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { insertRows } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import { Feed } from '../feed/feed.ts';
import type { Input } from '../http/input.decorator.ts';
import { baseMoved } from '../releases/base-moved.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import type { PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { mostKeys, namespacesOf } from '../releases/pushes.store.ts';
import { keysOf } from '../releases/release-writer.ts';
import { contentOf, releasesStore } from '../releases/releases.store.ts';
import { FleetOf, type KnownFleet } from './fleet-of.ts';
import { OutcomeWriter, variantsOf } from './outcome-writer.ts';
import { planBodyOf } from './plan-model.ts';
import { PushActionsService } from './push-actions.service.ts';
import { PushAnswer } from './push-answer.read.ts';
import { PushPlanner } from './push-planner.ts';
import { moved, requirePush } from './push-rows.ts';
import { refusalError, wrongState } from './refusals.ts';

type RollbackInput = Input<Contracts['rollbackPush']>;

/** One namespace of a push with the content that was live before it. */
interface Undone {
  readonly namespace: string;
  readonly namespaceId: string;
  readonly content: Content;
  readonly restored: number;
  readonly keys: readonly string[];
}

/** Undoes pushes: what was for everyone by a new push with the content of before, anything else by taking it away. */
@Injectable()
export class PushRollbackService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #check: ContentCheck;
  readonly #fleet: FleetOf;
  readonly #planner: PushPlanner;
  readonly #writer: OutcomeWriter;
  readonly #actions: PushActionsService;
  readonly #answer: PushAnswer;
  readonly #freeze: PublishFreeze;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(PushActionsService) actions: PushActionsService,
    @Inject(PushAnswer) answer: PushAnswer,
    @Inject(PublishFreeze) freeze: PublishFreeze,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#feed = feed;
    this.#clock = clock;
    this.#check = check;
    this.#fleet = fleet;
    this.#planner = planner;
    this.#writer = writer;
    this.#actions = actions;
    this.#answer = answer;
    this.#freeze = freeze;
  }

  async rollback(input: RollbackInput): Promise<Push> {
    const { params, body, caller } = input;
    const place = { environment: params.env, app: params.app };
    const of = await requirePush(this.#database.read, place, params.push);
    const isGlobal = of.mode === 'global' || of.state === 'promoting' || of.state === 'promoted';
    if (!isGlobal) return this.#actions.abandon(input);
    this.#freeze.requireOpen(params);
    const fleet = await this.#fleet.read(place);
    const pushId = randomUUID();
    const row = await this.#database.write(async (tx) => {
      const { revision } = await this.#feed.take(tx, params.env);
      const undone = await this.#undone(tx, of);
      const written = await this.#write(tx, { input, of, pushId, revision, fleet, undone });
      await this.#audit.append(tx, caller, {
        action: 'push.rollback',
        environment: params.env,
        app: params.app,
        target: pushId,
        revision,
        detail: {
          of: of.id,
          message: body.message,
          namespaces: undone.map(({ namespace, restored }) => ({ name: namespace, restored })),
        },
      });
      return written;
    });
    this.#feed.committed(params.env);
    return this.#answer.of(row);
  }

  /** What its releases took the place of. Somebody else's later release is not undone in passing. */
  async #undone(tx: EntityManager, of: PushEntity): Promise<readonly Undone[]> {
    const rows = (await namespacesOf(tx, [of.id])).get(of.id) ?? [];
    const undone: Undone[] = [];
    for (const { namespaceId, namespace, release } of rows) {
      if (release === null) continue;
      const locked = await namespacesStore.lock(tx, namespaceId);
      const made = await releasesStore.byNumber(tx, namespaceId, release);
      if (!made || locked.liveReleaseId !== made.id)
        throw await baseMoved(tx, locked, { base: made?.revision ?? 0 });
      const before = await releasesStore.byNumber(tx, namespaceId, release - 1);
      if (!before || before.kind === 'delete' || contentOf(before).kind !== locked.kind)
        throw wrongState({
          en: `before this push nothing was live of "${namespace}"; delete it, or release another content`,
          zh: `该推送之前“${namespace}”没有线上内容；请删除它，或发布其他内容`,
        });
      const content = contentOf(before);
      this.#check.check(content, locked, { path: `release ${before.number}`, namespace });
      const keys = keysOf(diffContent(contentOf(made), content));
      undone.push({ namespace, namespaceId, content, restored: before.number, keys });
    }
    return undone;
  }

  async #write(
    tx: EntityManager,
    { input, of, pushId, revision, fleet, undone }: Writing,
  ): Promise<PushEntity> {
    const { caller, body } = input;
    const place = { environment: of.environment, app: of.app };
    const standing = await this.#planner.standing(tx, place);
    const changes = undone.map(({ namespace, content }) => ({ namespace, content }));
    const proposal = { act: 'rollback', mode: 'global', grays: 'keep', pushId, revision, changes } as const;
    const names = changes.map((change) => change.namespace);
    const after = applyProposal(standing.namespaces, proposal, sha256);
    if (!after.ok) throw refusalError(after.refusal, names);
    const plan = planPush(fleet.instances, standing.namespaces, proposal, sha256);
    if (!plan.ok) throw refusalError(plan.refusal, names);
    const now = this.#clock.now();
    const course = { mode: 'global' } as const;
    const { hash: planHash } = plan.value;
    const planned = moved(course, firstState, { event: 'plan', planHash });
    const stateData = moved(course, planned, { event: 'start', planHash, now });
    const row: PushEntity = {
      id: pushId,
      ...place,
      mode: 'global',
      course,
      target: { mode: 'global' },
      state: stateData.state,
      stateData,
      proposal: { changes: [], grays: 'keep' },
      planHash,
      variants: variantsOf(plan.value),
      twoPhase: false,
      began: revision,
      revision,
      expiresAt: null,
      emergency: null,
      ended: null,
      of: of.id,
      createdBy: caller.principal.name,
      createdById: caller.principal.id,
      message: body.message,
      createdAt: now,
      settledAt: null,
      lastAppliedMs: null,
    };
    await insertRows(tx, 'push', [row]);
    const plannedAt = { revision: revision - 1, ...fleet, warnings: [] };
    await insertRows(tx, 'push_plan', [{ pushId, plan: planBodyOf(plan.value, plannedAt) }]);
    const written = await this.#writer.write(
      tx,
      { caller, revision, message: body.message },
      {
        place,
        kind: 'rollback',
        pushId,
        before: standing,
        after: after.value,
        plan: plan.value,
        instances: fleet.instances,
        variantOffset: 0,
        restored: new Map(undone.map(({ namespace, restored }) => [namespace, restored])),
      },
    );
    const rows = undone.map(({ namespaceId, namespace, keys }): PushNamespaceEntity => {
      const one = written.find((each) => each.namespaceId === namespaceId);
      return {
        pushId,
        namespaceId,
        namespace,
        release: one?.release?.number ?? null,
        digest: one?.release?.digest ?? null,
        keys: keys.slice(0, mostKeys),
      };
    });
    await insertRows(tx, 'push_namespace', rows);
    return row;
  }
}

interface Writing {
  readonly input: RollbackInput;
  readonly of: PushEntity;
  readonly pushId: string;
  readonly revision: number;
  readonly fleet: KnownFleet;
  readonly undone: readonly Undone[];
}
