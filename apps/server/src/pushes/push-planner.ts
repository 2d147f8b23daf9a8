import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedChange,
  type AimedNamespace,
  applyProposal,
  type Course,
  canonicalText,
  compose,
  type ErrorText,
  layersFor,
  type Proposal,
  type PushPlan,
  planPush,
  SluiceError,
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
import { planBodyOf } from './plan-model.ts';
import type { PreparedVariant } from './preparation.ts';
import { refusalError, wrongState } from './refusals.ts';
import { type Standing, standingOf } from './standing.ts';
import { shapeOfWhole, type WantedChange, wantedChanges } from './wanted-changes.ts';

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

  constructor(
    @Inject(LayersRead) layers: LayersRead,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(Clock) clock: Clock,
    @Inject(LinkedPlans) linked: LinkedPlans,
  ) {
    this.#layers = layers;
    this.#check = check;
    this.#clock = clock;
    this.#linked = linked;
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
    if (isAimed) refuseTooMany(wanted);
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
    const warnings = [{ ...own, instances: fleet.instances }, ...linked].flatMap((part) =>
      this.#misfits(part),
    );
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
    };
  }

  /** Layers that are sound over what is global may not be sound over one another: those instances would refuse them. */
  #misfits({ standing: { inForce }, ...planned }: Omit<LinkedPart, 'place'>): ErrorText[] {
    return preparedVariants(planned).flatMap(({ instanceIds, namespaces }) =>
      namespaces.flatMap(({ name, layers }): ErrorText[] => {
        const namespace = inForce.namespaces.find((each) => each.name === name)!;
        const content = layers.length > 1 ? compose(namespace.kind, layers)?.content : undefined;
        if (!content) return [];
        try {
          this.#check.check(content, shapeOfWhole(namespace), { path: name });
          return [];
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
          return [misfit(instanceIds, error)];
        }
      }),
    );
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

function misfit([first = '', ...others]: readonly string[], error: SluiceError): ErrorText {
  const { first: fault = '' } = error.params;
  const words = typeof fault === 'object' ? fault : { en: `${fault}`, zh: `${fault}` };
  return {
    en: `${first} and ${others.length} more would refuse it, as their layers add up to what does not fit: ${words.en}`,
    zh: `${first} 等 ${others.length + 1} 个实例会拒绝它，因为各层叠加后不合法：${words.zh}`,
  };
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

function refuseTooMany(wanted: readonly WantedChange[]): void {
  for (const { namespace } of wanted) {
    const count = namespace.layers.filter((layer) => layer.kind !== 'global').length;
    if (count >= mostLayers)
      throw wrongState({
        en: `"${namespace.name}" has ${count} layers for some instances already; abandon those that are not needed any more`,
        zh: `“${namespace.name}”已有 ${count} 个面向部分实例的层；请先放弃不再需要的层`,
      });
  }
}

/** What those who can be reached would be sent, for them to check it first. */
export function preparedVariants({
  plan,
  after,
  instances,
}: Pick<LinkedPart, 'plan' | 'after' | 'instances'>): PreparedVariant[] {
  const byId = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const layersOf = new Map(after.map((each) => [each.name, { each, of: layersFor(each.layers, sha256) }]));
  return plan.variants.flatMap(({ namespaces }, variant) => {
    const instanceIds = plan.targets
      .filter((t) => t.app === undefined && t.variant === variant && t.online)
      .map((t) => t.instanceId);
    const first = byId.get(instanceIds[0] ?? '');
    if (!first) return [];
    return [
      {
        instanceIds,
        namespaces: namespaces.map(({ namespace, after: digest }) => {
          const { each, of } = layersOf.get(namespace)!;
          const layers = of(first);
          return {
            namespaceId: each.globalId,
            name: namespace,
            ...(digest !== undefined && { digest }),
            layers,
          };
        }),
      },
    ];
  });
}
