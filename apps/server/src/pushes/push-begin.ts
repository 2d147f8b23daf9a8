import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { firstState, type PushState, SluiceError } from '@sluice/core';
import type { PushChange, PushTarget } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import type { AuditRecord } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { insertRows, updateRow } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import type { Caller } from '../http/caller.ts';
import { isSameShape } from '../releases/content/content-check.ts';
import { originOf } from '../releases/content/origin.ts';
import {
  requireScriptsThatRun,
  SCRIPT_CHECKER,
  type ScriptChecker,
} from '../releases/content/script-check.ts';
import { draftsStore } from '../releases/drafts.store.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import { type AskedPush, type PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { mostKeys } from '../releases/pushes.store.ts';
import { SecretDoor } from '../releases/secrets/secret-door.ts';
import { namedIds } from './aim.ts';
import { FleetOf } from './fleet-of.ts';
import type { LinkedPart } from './linked-plans.ts';
import { OutcomeWriter, variantsOf, type WrittenNamespace } from './outcome-writer.ts';
import { PlanMemory } from './plan-memory.ts';
import { Preparation } from './preparation.ts';
import { preparedVariants } from './prepared-variants.ts';
import { type Prepared, PushPlanner, type PushRequest } from './push-planner.ts';
import { bereftPushes, moved, supersede } from './push-rows.ts';
import { sealedChanges } from './sealed-changes.ts';
import { globalRow } from './standing.ts';
import { lifeOf } from './time-box.ts';
import { shapeOf } from './wanted-changes.ts';

/** What somebody asks for, as it comes in. */
export interface Asking {
  readonly place: Place;
  readonly changes: readonly PushChange[];
  readonly target: PushTarget;
  readonly expiresInMs?: number | 'untilCleared' | undefined;
  readonly caller: Caller;
  /** Whether it begins now, or is only looked at or written down. */
  readonly isStart: boolean;
}

/** How a push begins, besides what it does. */
export interface Beginning {
  readonly twoPhase: boolean;
  readonly message: string;
  readonly emergency?: string | undefined;
  /** Its row, where it was proposed before. */
  readonly proposed?: PushEntity;
}

/** What every way to begin a push has in common: to read what is asked, to confirm the plan, to write it. */
@Injectable()
export class PushBegin {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #clock: Clock;
  readonly #door: SecretDoor;
  readonly #fleet: FleetOf;
  readonly #planner: PushPlanner;
  readonly #plans: PlanMemory;
  readonly #writer: OutcomeWriter;
  readonly #scripts: ScriptChecker;
  readonly #preparation: Preparation;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Clock) clock: Clock,
    @Inject(SecretDoor) door: SecretDoor,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(PushPlanner) planner: PushPlanner,
    @Inject(PlanMemory) plans: PlanMemory,
    @Inject(OutcomeWriter) writer: OutcomeWriter,
    @Inject(SCRIPT_CHECKER) scripts: ScriptChecker,
    @Inject(Preparation) preparation: Preparation,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#clock = clock;
    this.#door = door;
    this.#fleet = fleet;
    this.#planner = planner;
    this.#plans = plans;
    this.#writer = writer;
    this.#scripts = scripts;
    this.#preparation = preparation;
  }

  async request({ place, changes, target, expiresInMs, caller, isStart }: Asking): Promise<PushRequest> {
    await this.#catalog.requireApp(place.environment, place.app);
    return {
      place,
      pushId: randomUUID(),
      layerIds: changes.map(() => randomUUID()),
      changes: await sealedChanges(this.#database.read, this.#door, place, changes),
      target,
      lifeMs: lifeOf(target, expiresInMs, isStart ? { caller, place } : undefined),
      caller,
    };
  }

  /** What it would do, from what is committed. */
  async prepared(request: PushRequest): Promise<Prepared> {
    const fleet = await this.#fleet.read(request.place, namedIds(request.target));
    const prepared = await this.#planner.prepare(this.#database.read, request, fleet);
    for (const { namespace, sealed } of prepared.wanted) {
      const index = request.changes.findIndex((change) => change.namespace === namespace.name);
      const origin = originOf(request.changes[index]!, `changes.${index}`);
      await requireScriptsThatRun(this.#scripts, sealed.content, origin);
    }
    return prepared;
  }

  /** Under the environment's lock: what was prepared, or the same anew where something has moved since. */
  async ready(
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
  confirm({ plan, body }: Prepared, hash: string | undefined): void {
    if (hash === undefined || hash === plan.hash) return;
    throw this.#plans.moved(hash, plan, body);
  }

  /** The first phase: one veto, and nobody applies it. */
  async ask(place: Place, prepared: Prepared): Promise<void> {
    const own = { place, ...prepared, instances: prepared.fleet.instances };
    const vetoes = await Promise.all(
      [own, ...prepared.linked].map((part) => this.#preparation.ask(part.place, preparedVariants(part))),
    );
    const [veto] = vetoes.flat();
    if (veto)
      throw new SluiceError('vetoed', {
        instance: veto.instanceId,
        reason: `${veto.namespace}: ${veto.error}`,
      });
  }

  /** Writes it, in a transaction that holds the environment. */
  async write(
    tx: EntityManager,
    revision: number,
    request: PushRequest,
    prepared: Prepared,
    how: Beginning,
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
      twoPhase: how.twoPhase,
      began: how.proposed?.began ?? revision,
      revision,
      expiresAt: expiresAt ?? null,
      emergency: how.emergency ?? null,
      ended: null,
      of: null,
      createdBy: how.proposed?.createdBy ?? caller.principal.name,
      createdById: how.proposed?.createdById ?? caller.principal.id,
      message: how.message,
      createdAt: how.proposed?.createdAt ?? now,
      settledAt: null,
      lastAppliedMs: null,
    };
    if (how.proposed) await this.#overwrite(tx, row);
    else await insertRows(tx, 'push', [row]);
    await insertRows(tx, 'push_plan', [{ pushId, plan: prepared.body }]);
    if (aim?.cohort) await insertRows(tx, 'cohort', [{ pushId, data: aim.cohort }]);
    const written = await this.#writer.write(
      tx,
      { caller, revision, message: how.message },
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

  /** What was proposed begins: its row and its namespaces are written anew. */
  async #overwrite(tx: EntityManager, { id, ...row }: PushEntity): Promise<void> {
    await updateRow(tx, 'push', id, row);
    await tx.delete(PushNamespaceEntity, { pushId: id });
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

/** What was asked for, as it is kept with the push. */
export function askedOf(
  { lifeMs, target }: PushRequest,
  { wanted, seed, hasNewScripts }: Prepared,
): AskedPush {
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
    ...(hasNewScripts && { hasNewScripts }),
  };
}

/** What a push changes, with the releases or layers that it wrote. */
export function namespaceRows(
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

/** Apps that it reached by links, for the audit. */
const linkedApps = (linked: readonly LinkedPart[]): { readonly linkedApps?: readonly string[] } =>
  linked.length > 0 ? { linkedApps: linked.map(({ place }) => place.app) } : {};

/** What the audit is told of its start. */
export const recordOf = (row: PushEntity, { plan, linked, wanted }: Prepared): AuditRecord => ({
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
    ...linkedApps(linked),
    plan: plan.hash,
    ...(row.expiresAt !== null && { expiresAt: row.expiresAt }),
    ...(row.emergency !== null && { emergency: row.emergency }),
    message: row.message,
  },
});
