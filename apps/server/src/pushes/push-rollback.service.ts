import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { firstState } from '@sluice/core';
import type { Contracts, Push } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { insertRows } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Input } from '../http/input.decorator.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import type { PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { mostKeys } from '../releases/pushes.store.ts';
import { FleetOf, type KnownFleet } from './fleet-of.ts';
import { OutcomeWriter, variantsOf } from './outcome-writer.ts';
import { PlanMemory } from './plan-memory.ts';
import { planBodyOf } from './plan-model.ts';
import { PushActionsService } from './push-actions.service.ts';
import { PushAnswer } from './push-answer.read.ts';
import { PushRollbackPlans, type Undone } from './push-rollback-plans.ts';
import { isForEveryone, moved, requirePush } from './push-rows.ts';

type RollbackInput = Input<Contracts['rollbackPush']>;

/** Undoes pushes: what was for everyone by a new push with the content of before, anything else by taking it away. */
@Injectable()
export class PushRollbackService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #fleet: FleetOf;
  readonly #plans: PushRollbackPlans;
  readonly #memory: PlanMemory;
  readonly #writer: OutcomeWriter;
  readonly #actions: PushActionsService;
  readonly #answer: PushAnswer;
  readonly #freeze: PublishFreeze;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(PushRollbackPlans) plans: PushRollbackPlans,
    @Inject(PlanMemory) memory: PlanMemory,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(PushActionsService) actions: PushActionsService,
    @Inject(PushAnswer) answer: PushAnswer,
    @Inject(PublishFreeze) freeze: PublishFreeze,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#feed = feed;
    this.#clock = clock;
    this.#fleet = fleet;
    this.#plans = plans;
    this.#memory = memory;
    this.#writer = writer;
    this.#actions = actions;
    this.#answer = answer;
    this.#freeze = freeze;
  }

  async rollback(input: RollbackInput): Promise<Push> {
    const { params, body, caller } = input;
    const place = { environment: params.env, app: params.app };
    const of = await requirePush(this.#database.read, place, params.push);
    if (!isForEveryone(of)) return this.#actions.abandon(input);
    this.#freeze.requireOpenOrReason(params, body.emergency);
    const fleet = await this.#fleet.read(place);
    const pushId = randomUUID();
    const row = await this.#database.write(async (tx) => {
      const { revision } = await this.#feed.take(tx, params.env);
      const undone = await this.#plans.undone(tx, of, { isLocked: true });
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
          ...(body.emergency !== undefined && { emergency: body.emergency }),
          namespaces: undone.map(({ namespace, restored }) => ({ name: namespace, restored })),
        },
      });
      return written;
    });
    this.#feed.committed(params.env);
    return this.#answer.of(row);
  }

  async #write(
    tx: EntityManager,
    { input, of, pushId, revision, fleet, undone }: Writing,
  ): Promise<PushEntity> {
    const { caller, body } = input;
    const place = { environment: of.environment, app: of.app };
    const facts = { revision: revision - 1, ...fleet, warnings: [] };
    const { standing, after, plan } = await this.#plans.of(tx, place, fleet.instances, undone, {
      pushId,
      revision,
    });
    this.#memory.confirm(body.plan, plan, facts);
    const now = this.#clock.now();
    const course = { mode: 'global' } as const;
    const { hash: planHash } = plan;
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
      variants: variantsOf(plan),
      twoPhase: false,
      began: revision,
      revision,
      expiresAt: null,
      emergency: body.emergency ?? null,
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
    await insertRows(tx, 'push_plan', [{ pushId, plan: planBodyOf(plan, facts) }]);
    const written = await this.#writer.write(
      tx,
      { caller, revision, message: body.message, emergency: body.emergency },
      {
        place,
        kind: 'rollback',
        pushId,
        before: standing,
        after,
        plan,
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
