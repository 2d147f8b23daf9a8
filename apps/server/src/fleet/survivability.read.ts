import { Inject, Injectable } from '@nestjs/common';
import type { CacheState } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { InstancesRead, instanceOf, type KnownInstance } from './instances.read.ts';
import type { Place } from './place.ts';
import type { Target } from './target.ts';

type Survivability = ResponseOf<Contracts['survivability']>;
type Risk = Survivability['atRisk'][number]['reasons'][number];

const ofCache: Readonly<Record<CacheState, Risk | undefined>> = {
  ok: undefined,
  off: 'cacheOff',
  unwritable: 'cacheUnwritable',
  locked: 'cacheLocked',
};

/** Which instances would not come back with their values if the server died now. */
@Injectable()
export class SurvivabilityRead {
  readonly #instances: InstancesRead;
  readonly #clock: Clock;

  constructor(@Inject(InstancesRead) instances: InstancesRead, @Inject(Clock) clock: Clock) {
    this.#instances = instances;
    this.#clock = clock;
  }

  async of(place: Place): Promise<Survivability> {
    const target = await this.#instances.target(place);
    const online = (await this.#instances.of(place)).filter((instance) => instance.online);
    const atRisk = online
      .map((instance) => ({ instanceId: instance.instanceId, reasons: risksOf(instance, target) }))
      .filter(({ reasons }) => reasons.length > 0);
    return {
      online: online.length,
      surviving: online.length - atRisk.length,
      atRisk,
      at: new Date(this.#clock.now()).toISOString(),
    };
  }
}

function risksOf(instance: KnownInstance, target: Target): Risk[] {
  const risks: (Risk | undefined)[] = [
    ofCache[instance.cache],
    instanceOf(instance, target).inSync ? undefined : 'notInSync',
    instance.ready === 'defaults' ? 'startedOnDefaults' : undefined,
  ];
  return risks.filter((risk) => risk !== undefined);
}
