import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { type ErrorText, firstState, type PushState, SluiceError } from '@sluice/core';
import type { Contracts, Push, PushPlanBody } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import type { AuditRecord } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { insertRows } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Place } from '../fleet/place.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { isSameShape } from '../releases/content/content-check.ts';
import { draftsStore } from '../releases/drafts.store.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import { Once } from '../releases/once.ts';
import type { AskedPush, PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { mostKeys } from '../releases/pushes.store.ts';
import { namedIds } from './aim.ts';
import { FleetOf } from './fleet-of.ts';
import { OutcomeWriter, variantsOf, type WrittenNamespace } from './outcome-writer.ts';
import { PlanMemory } from './plan-memory.ts';
import { Preparation } from './preparation.ts';
import { PushAnswer } from './push-answer.read.ts';
import { type Prepared, PushPlanner, type PushRequest, preparedVariants } from './push-planner.ts';
import { bereftPushes, moved, supersede } from './push-rows.ts';
import { wrongState } from './refusals.ts';
import { globalRow } from './standing.ts';
import { lifeOf } from './time-box.ts';
import { shapeOf } from './wanted-changes.ts';

type Asked = Pick<Input<Contracts['previewPush']>, 'params' | 'body' | 'caller'>;

/** Previews pushes and starts them: one transaction, one revision, whoever it is for. */
@Injectable()
export class PushStartService {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #clock: Clock;
  readonly #fleet: FleetOf;
  readonly #planner: PushPlanner;
  readonly #plans: PlanMemory;
  readonly #writer: OutcomeWriter;
  readonly #answer: PushAnswer;
  readonly #preparation: Preparation | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(Clock) clock: Clock,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(PlanMemory) plans: PlanMemory,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(PushAnswer) answer: PushAnswer,
    @Optional() @Inject(Preparation) preparation: Preparation | undefined,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#feed = feed;
    this.#once = once;
    this.#clock = clock;
    this.#fleet = fleet;
    this.#planner = planner;
    this.#plans = plans;
    this.#writer = writer;
    this.#answer = answer;
    this.#preparation = preparation;
  }

  async preview(asked: Asked): Promise<PushPlanBody> {
    const { plan, body } = await this.#prepared(await this.#request(asked));
    this.#plans.keep(plan);
    return body;
  }

  start({ params, body, caller, idempotencyKey }: Input<Contracts['startPush']>): Promise<Push> {
    const once = { caller, key: idempotencyKey, request: { operation: 'startPush', params, body } };
    return this.#once.run<Push>(once, async (commit) => {
      const request = await this.#request({ params, body, caller });
      const prepared = await this.#prepared(request);
      this.#confirm(prepared, body.plan);
      if (body.twoPhase) await this.#ask(request.place, prepared);
      const push = await commit(async (tx) => {
        const { revision } = await this.#feed.take(tx, params.env);
        const ready = await this.#ready(tx, revision, request, prepared);
        if (ready !== prepared) this.#confirm(ready, body.plan);
        const row = await this.#write(tx, revision, request, ready, body);
        return { answer: await this.#answer.of(row, tx), record: recordOf(row, ready) };
      });
      this.#feed.committed(params.env);
      return push;
    });
  }

  async #request({ params, body, caller }: Asked): Promise<PushRequest> {
    const place = { environment: params.env, app: params.app };
    await this.#catalog.requireApp(params.env, params.app);
    return {
      place,
      pushId: randomUUID(),
      layerIds: body.changes.map(() => randomUUID()),
      changes: body.changes,
      target: body.target,
      lifeMs: lifeOf(body.target, body.expiresInMs, caller, place),
      caller,
    };
  }

  async #prepared(request: PushRequest): Promise<Prepared> {
    const fleet = await this.#fleet.read(request.place, namedIds(request.target));
    return this.#planner.prepare(this.#database.read, request, fleet);
  }

  /** Under the environment's lock: what was prepared, or the same anew where something has moved since. */
  async #ready(
    tx: EntityManager,
    revision: number,
    request: PushRequest,
    prepared: Prepared,
  ): Promise<Prepared> {
    let isSame = prepared.standing.inForce.revision === revision - 1;
    const byName = [...prepared.wanted].sort((a, b) => (a.namespace.name < b.namespace.name ? -1 : 1));
    for (const { namespace } of byName) {
      const row = await namespacesStore.lock(tx, namespace.namespaceId);
      isSame &&= isSameShape(row, shapeOf(namespace));
    }
    return isSame ? prepared : this.#planner.prepare(tx, request, prepared.fleet);
  }

  /** Nobody pushes to others than he looked at. */
  #confirm({ plan, body }: Prepared, hash: string | undefined): void {
    if (hash === undefined || hash === plan.hash) return;
    throw this.#plans.moved(hash, plan, body);
  }

  async #ask(place: Place, prepared: Prepared): Promise<void> {
    if (!this.#preparation) throw wrongState(noPreparation);
    const [veto] = await this.#preparation.ask(place, preparedVariants(prepared));
    if (veto)
      throw new SluiceError('vetoed', {
        instance: veto.instanceId,
        reason: `${veto.namespace}: ${veto.error}`,
      });
  }

  async #write(
    tx: EntityManager,
    revision: number,
    request: PushRequest,
    prepared: Prepared,
    body: Input<Contracts['startPush']>['body'],
  ): Promise<PushEntity> {
    const { place, pushId, target, caller, lifeMs } = request;
    const { standing, after, plan, aim, fleet, course } = prepared;
    const now = this.#clock.now();
    const expiresAt = lifeMs === undefined ? undefined : now + lifeMs;
    const row: PushEntity = {
      id: pushId,
      ...place,
      mode: target.mode,
      course,
      target,
      ...startState(course, plan.hash, now),
      proposal: askedOf(request, prepared),
      planHash: plan.hash,
      variants: variantsOf(plan),
      twoPhase: body.twoPhase,
      began: revision,
      revision,
      expiresAt: expiresAt ?? null,
      emergency: body.emergency ?? null,
      ended: null,
      of: null,
      createdBy: caller.principal.name,
      createdById: caller.principal.id,
      message: body.message,
      createdAt: now,
      settledAt: null,
      lastAppliedMs: null,
    };
    await insertRows(tx, 'push', [row]);
    await insertRows(tx, 'push_plan', [{ pushId, plan: prepared.body }]);
    if (aim?.cohort) await insertRows(tx, 'cohort', [{ pushId, data: aim.cohort }]);
    const written = await this.#writer.write(
      tx,
      { caller, revision, message: body.message },
      {
        place,
        kind: target.mode === 'global' ? 'publish' : 'layer',
        pushId,
        before: standing,
        after,
        plan,
        instances: fleet.instances,
        variantOffset: 0,
        ...(expiresAt !== undefined && { expiresAt }),
        ...(target.mode === 'group' && { groupName: target.group }),
      },
    );
    await insertRows(tx, 'push_namespace', namespaceRows(pushId, prepared, written));
    if (target.mode === 'global') await this.#removeDrafts(tx, caller, prepared);
    await supersede(tx, bereftPushes(standing, after, pushId), now);
    return row;
  }

  /** What was released is no draft any more. One that goes to some instances only stays with its owner. */
  async #removeDrafts(tx: EntityManager, caller: Caller, { wanted }: Prepared): Promise<void> {
    for (const { namespace, draftVersion } of wanted) {
      if (draftVersion === undefined) continue;
      if (!(await draftsStore.remove(tx, namespace.namespaceId, caller.principal.id, draftVersion)))
        throw new SluiceError('draft_moved');
    }
  }
}

const noPreparation: ErrorText = {
  en: 'this server can not ask instances first; push without two phases',
  zh: '该服务器无法预先询问实例；请不使用两阶段推送',
};

function startState(
  course: Prepared['course'],
  planHash: string,
  now: number,
): {
  state: PushState['state'];
  stateData: PushState;
} {
  const planned = moved(course, firstState, { event: 'plan', planHash });
  const stateData = moved(course, planned, { event: 'start', planHash, now });
  return { state: stateData.state, stateData };
}

function askedOf({ lifeMs, target }: PushRequest, { wanted, seed }: Prepared): AskedPush {
  return {
    changes: wanted.map(({ namespace, base, change, sealed }) => ({
      namespace: namespace.name,
      namespaceId: namespace.namespaceId,
      base,
      layerId: change.layerId,
      ...('patch' in change ? { patch: change.patch } : target.mode !== 'global' && { text: sealed.text }),
      startedFrom: globalRow(namespace)?.rowId ?? null,
    })),
    ...(lifeMs !== undefined && { expiresInMs: lifeMs }),
    ...(target.mode === 'global' && target.grays && { grays: target.grays }),
    seed,
  };
}

function namespaceRows(
  pushId: string,
  { wanted }: Prepared,
  written: readonly WrittenNamespace[],
): PushNamespaceEntity[] {
  return wanted.map(({ namespace, keys }) => {
    const one = written.find((each) => each.namespaceId === namespace.namespaceId);
    return {
      pushId,
      namespaceId: namespace.namespaceId,
      namespace: namespace.name,
      release: one?.release?.number ?? null,
      digest: one?.release?.digest ?? one?.layer?.digest ?? null,
      keys: keys.slice(0, mostKeys),
    };
  });
}

const recordOf = (row: PushEntity, { plan, wanted }: Prepared): AuditRecord => ({
  action: 'push.start',
  environment: row.environment,
  app: row.app,
  target: row.id,
  revision: row.revision,
  detail: {
    mode: row.mode,
    to: row.target,
    namespaces: wanted.map(({ namespace, keys }) => ({
      name: namespace.name,
      keys: keys.slice(0, mostKeys),
    })),
    targets: plan.counts.targets,
    plan: plan.hash,
    ...(row.expiresAt !== null && { expiresAt: row.expiresAt }),
    ...(row.emergency !== null && { emergency: row.emergency }),
    message: row.message,
  },
});
