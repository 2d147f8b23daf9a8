import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedChange,
  type AimedNamespace,
  applyProposal,
  type Course,
  canonicalText,
  type Proposal,
  type PushPlan,
  planPush,
} from '@sluice/core';
import type { PushChange, PushPlanBody, PushTarget } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import type { Place } from '../fleet/place.ts';
import type { Caller } from '../http/caller.ts';
import { invalidField } from '../http/invalid.ts';
import { ContentCheck } from '../releases/content/content-check.ts';
import { LayersRead } from '../releases/layers.read.ts';
import { type Aim, aimOf, courseOf, termsOf } from './aim.ts';
import type { KnownFleet } from './fleet-of.ts';
import { GroupEntity } from './group.entity.ts';
import { type LinkedPart, LinkedPlans } from './linked-plans.ts';
import { Misfits } from './misfits.ts';
import { planBodyOf } from './plan-model.ts';
import { refusalError, wrongState } from './refusals.ts';
import { type Standing, standingOf } from './standing.ts';
import { type WantedChange, wantedChanges } from './wanted-changes.ts';

/** A push that somebody asks for. */
export interface PushRequest {
  readonly place: Place;
  readonly pushId: string;
  readonly layerIds: readonly string[];
  readonly changes: readonly PushChange[];
  readonly target: PushTarget;
  readonly lifeMs: number | undefined;
  readonly caller: Caller;
}

/** A push that could be written as it is, as long as the environment's revision stays the same. */
export interface Prepared {
  readonly standing: Standing;
  readonly fleet: KnownFleet;
  readonly wanted: readonly WantedChange[];
  readonly course: Course;
  readonly seed: string;
  readonly aim?: Aim;
  readonly after: readonly AimedNamespace[];
  /** With those whom it reaches by links. */
  readonly plan: PushPlan;
  readonly linked: readonly LinkedPart[];
  readonly body: PushPlanBody;
  readonly hasNewScripts: boolean;
}

/** More layers than this on one namespace are a mistake: everybody is sent all that apply. */
const mostLayers = 200;

/** Works out what a push would do, from what `manager` sees. Nothing is written. */
@Injectable()
export class PushPlanner {
  readonly #layers: LayersRead;
  readonly #check: ContentCheck;
  readonly #clock: Clock;
  readonly #linked: LinkedPlans;
  readonly #misfits: Misfits;

  constructor(
    @Inject(LayersRead) layers: LayersRead,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(Clock) clock: Clock,
    @Inject(LinkedPlans) linked: LinkedPlans,
    @Inject(Misfits) misfits: Misfits,
  ) {
    this.#layers = layers;
    this.#check = check;
    this.#clock = clock;
    this.#linked = linked;
    this.#misfits = misfits;
  }

  /** What is in force. Layers of `ofPush` count as if they had time left, so that their end can be carried out. */
  async standing(manager: EntityManager, place: Place, ofPush?: string): Promise<Standing> {
    return standingOf(await this.#layers.inForce(place, manager), this.#clock.now(), ofPush);
  }

  async prepare(manager: EntityManager, request: PushRequest, fleet: KnownFleet): Promise<Prepared> {
    const { place, target, caller, changes, layerIds } = request;
    const course = courseOf(target);
    const standing = await this.standing(manager, place);
    const isAimed = target.mode !== 'global';
    const wanted = await wantedChanges(manager, standing, this.#check, {
      changes,
      isAimed,
      caller,
      layerIds,
    });
    if (isAimed) refuseTooMany(wanted, this.#clock.now());
    const seed = seedOf(request, wanted);
    const aim = target.mode === 'gray' ? aimOf(target, { seed, index: 0 }, fleet.instances) : undefined;
    if (aim?.cohort && aim.cohort.members.length === 0)
      throw invalidField('target.audience', {
        en: 'nobody of those who are online fits it, so there is no one to begin with',
        zh: '没有在线实例符合条件，灰度无从开始',
      });
    const group = target.mode === 'group' ? await this.#group(manager, place, target.group) : undefined;
    const proposal = proposalOf(request, standing.inForce.revision + 1, wanted, aim, group);
    const names = changes.map((change) => change.namespace);
    const applied = applyProposal(standing.namespaces, proposal, sha256);
    if (!applied.ok) throw refusalError(applied.refusal, names);
    const planned = planPush(fleet.instances, standing.namespaces, proposal, sha256);
    if (!planned.ok) throw refusalError(planned.refusal, names);
    const after = applied.value;
    const own = { standing, after, plan: planned.value };
    const { plan, linked } = await this.#linked.widen(manager, place, own);
    const { revision } = standing.inForce;
    const warnings = this.#misfits.of({ ...own, instances: fleet.instances, linked });
    const body = planBodyOf(plan, { revision, ...fleet, linked, warnings });
    return {
      standing,
      fleet,
      wanted,
      course,
      seed,
      ...(aim && { aim }),
      after,
      plan,
      linked,
      body,
      hasNewScripts: wanted.some((each) => each.hasNewScripts),
    };
  }

  async #group(manager: EntityManager, place: Place, name: string): Promise<GroupEntity> {
    const row = await manager.findOneBy(GroupEntity, { ...place, name });
    if (row) return row;
    throw invalidField('target.group', {
      en: `"${name}" is no group of this app; make it first`,
      zh: `该应用没有分组“${name}”，请先创建`,
    });
  }
}

/** The same request at the same state draws the same instances; the next one draws others. */
function seedOf({ place, target }: PushRequest, wanted: readonly WantedChange[]): string {
  const changes = wanted.map(({ namespace, base, sealed }) => [namespace.name, base, sealed.digest]);
  return sha256(canonicalText({ ...place, target, changes })).slice(0, 32);
}

function proposalOf(
  { pushId, target, lifeMs }: PushRequest,
  revision: number,
  wanted: readonly WantedChange[],
  aim: Aim | undefined,
  group: GroupEntity | undefined,
): Proposal {
  const head = { pushId, revision };
  const changes = wanted.map((each) => each.change);
  if (target.mode === 'global')
    return {
      ...head,
      act: 'push',
      mode: 'global',
      changes: changes.map(globalChange),
      ...(target.grays && { grays: target.grays }),
    };
  const layer = {
    ...head,
    act: 'push' as const,
    changes,
    ...(lifeMs !== undefined && { expiresInMs: lifeMs }),
  };
  switch (target.mode) {
    case 'single':
      return { ...layer, mode: 'single', instanceId: target.instanceId };
    case 'group':
      return {
        ...layer,
        mode: 'group',
        all: termsOf(group!.selector, 'target.group'),
        order: group!.ordering,
      };
    case 'gray':
      return { ...layer, mode: 'gray', audience: aim!.audience };
  }
}

function globalChange(change: AimedChange) {
  const { layerId: _, ...rest } = change;
  return rest;
}

/** One whose time is over doesn't count, though its push may still have to be ended. */
function refuseTooMany(wanted: readonly WantedChange[], now: number): void {
  for (const { namespace } of wanted) {
    const count = namespace.layers.filter(
      ({ kind, expiresAt = Infinity }) => kind !== 'global' && expiresAt > now,
    ).length;
    if (count >= mostLayers)
      throw wrongState({
        en: `"${namespace.name}" has ${count} layers for some instances already; abandon those that are not needed any more`,
        zh: `“${namespace.name}”已有 ${count} 个面向部分实例的层；请先放弃不再需要的层`,
      });
  }
}
