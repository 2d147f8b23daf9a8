import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedLayer,
  type AimedNamespace,
  ownGlobal,
  type PlannedInstance,
  type PushPlan,
  planBetween,
  widenPlan,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import type { Place } from '../fleet/place.ts';
import { LayersRead } from '../releases/layers.read.ts';
import { type LinkingNamespace, linksStore } from '../releases/links.store.ts';
import { FleetOf } from './fleet-of.ts';
import { type Standing, standingOf } from './standing.ts';

/** What a push changes for one app that links what it releases. */
export interface LinkedPart {
  readonly place: Place;
  readonly standing: Standing;
  readonly after: readonly AimedNamespace[];
  readonly plan: PushPlan;
  readonly instances: readonly PlannedInstance[];
}

/** The plan of a push with all whom it reaches by links, and what it is to each of their apps. */
export interface Widened {
  readonly plan: PushPlan;
  readonly linked: readonly LinkedPart[];
}

/** Finds out what a release of public namespaces changes for the apps that link them. Nothing is written. */
@Injectable()
export class LinkedPlans {
  readonly #layers: LayersRead;
  readonly #fleet: FleetOf;
  readonly #clock: Clock;

  constructor(
    @Inject(LayersRead) layers: LayersRead,
    @Inject(FleetOf) fleet: FleetOf,
    @Inject(Clock) clock: Clock,
  ) {
    this.#layers = layers;
    this.#fleet = fleet;
    this.#clock = clock;
  }

  /** `after` is what `standing` becomes, and `plan` what that changes at home. */
  async widen(
    manager: EntityManager,
    place: Place,
    { standing, after, plan }: Pick<LinkedPart, 'standing' | 'after' | 'plan'>,
  ): Promise<Widened> {
    const released = after.filter((each, at) => ownGlobal(each) !== ownGlobal(standing.namespaces[at]!));
    if (released.length === 0) return { plan, linked: [] };
    const ids = released.map((each) => each.globalId);
    const byApp = Map.groupBy(await linksStore.downstream(manager, ids, true), ({ row }) => row.app);
    const linked: LinkedPart[] = [];
    for (const app of [...byApp.keys()].sort()) {
      const there = { environment: place.environment, app };
      const theirs = standingOf(await this.#layers.inForce(there, manager), this.#clock.now());
      const { instances } = await this.#fleet.read(there);
      const next = theirs.namespaces.map((namespace) => {
        const linker = byApp.get(app)!.find(({ row }) => row.id === namespace.globalId);
        const home = linker && released.find((each) => each.globalId === linker.to);
        return home ? overReleased(namespace, home, linker, place.app) : namespace;
      });
      const own = planBetween(instances, theirs.namespaces, next, sha256);
      linked.push({ place: there, standing: theirs, after: next, plan: own, instances });
    }
    const parts = linked.map(({ place: { app }, plan: own }) => ({ app, plan: own }));
    return { plan: widenPlan(plan, parts, sha256), linked };
  }
}

/** A namespace with what is newly released below it, in the places that its distance gives. */
function overReleased(
  namespace: AimedNamespace,
  home: AimedNamespace,
  { depth }: LinkingNamespace,
  app: string,
): AimedNamespace {
  const globals = home.layers.filter((layer) => layer.kind === 'global');
  const below = globals.map((layer): AimedLayer => {
    const known = namespace.layers.find(({ id }) => id === layer.id);
    if (known?.digest === layer.digest) return known;
    return { ...layer, order: layer.order - depth, from: layer.from ?? { app, namespace: home.name } };
  });
  const ids = new Set(below.map(({ id }) => id));
  return { ...namespace, layers: [...below, ...namespace.layers.filter(({ id }) => !ids.has(id))] };
}
