import { Inject, Injectable } from '@nestjs/common';
import type { ApplyState } from '@sluice/core';
import { PushTracker } from '../delivery/push-tracker.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Place } from '../fleet/place.ts';
import type { Side, Sides } from './gray-windows.ts';

/** These run with what was pushed; of `failed` ones only a listener complained. */
const holds: ReadonlySet<ApplyState> = new Set(['applied', 'repaired', 'failed']);
const failures: ReadonlySet<ApplyState> = new Set(['rejected', 'failed']);

/** Who of the instances that are connected here runs with a gray, and who without. */
@Injectable()
export class GraySides {
  readonly #tracker: PushTracker;
  readonly #fleet: Fleet;

  constructor(@Inject(PushTracker) tracker: PushTracker, @Inject(Fleet) fleet: Fleet) {
    this.#tracker = tracker;
    this.#fleet = fleet;
  }

  /** Undefined for a member of the cohort that doesn't hold it, or not yet: it is on neither side. */
  of(pushId: string, instanceId: string): Side | undefined {
    const push = this.#tracker.find(pushId);
    if (!push?.isLaid) return undefined;
    const state = push.targets.get(instanceId)?.state;
    if (state === undefined) return 'rest';
    return holds.has(state) ? 'cohort' : undefined;
  }

  /** How many are on either side, and how many of the cohort could not apply it. */
  count(pushId: string, place: Place): Sides {
    const targets = this.#tracker.find(pushId)?.targets;
    let [cohort, rest, applyFailures, answered] = [0, 0, 0, 0];
    for (const { instanceId } of this.#fleet.of(place)) {
      const side = this.of(pushId, instanceId);
      if (side === 'cohort') cohort++;
      else if (side === 'rest') rest++;
      const state = targets?.get(instanceId)?.state;
      if (state === undefined) continue;
      if (failures.has(state)) applyFailures++;
      if (failures.has(state) || holds.has(state)) answered++;
    }
    return {
      cohort: { instances: cohort, answered, applyFailures },
      rest: { instances: rest, answered: 0, applyFailures: 0 },
    };
  }
}
