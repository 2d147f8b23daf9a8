import { Inject, Injectable } from '@nestjs/common';
import type { PlannedInstance } from '@sluice/core';
import { InstancesRead, type KnownInstance } from '../fleet/instances.read.ts';
import type { Place } from '../fleet/place.ts';

/** Whom a push may reach, as a plan wants to know it. */
export interface KnownFleet {
  readonly instances: readonly PlannedInstance[];
  /** Of the named ids, those that nobody has ever seen. */
  readonly unknown: readonly string[];
}

/** The instances of an app: those that are online or were seen in the last day, and those that somebody names. */
@Injectable()
export class FleetOf {
  readonly #instances: InstancesRead;

  constructor(@Inject(InstancesRead) instances: InstancesRead) {
    this.#instances = instances;
  }

  async read(place: Place, named: readonly string[] = []): Promise<KnownFleet> {
    const instances = (await this.#instances.of(place)).map(plannedOf);
    const known = new Set(instances.map((instance) => instance.instanceId));
    const unknown: string[] = [];
    for (const id of new Set(named)) {
      if (known.has(id)) continue;
      const found = await this.#instances.find(place, id);
      if (found) instances.push(plannedOf(found));
      else unknown.push(id);
    }
    return { instances, unknown };
  }
}

const plannedOf = ({ instanceId, labels, online, holds }: KnownInstance): PlannedInstance => ({
  instanceId,
  labels,
  online,
  held: Object.fromEntries(Object.entries(holds).map(([name, holding]) => [name, holding.digest])),
});
