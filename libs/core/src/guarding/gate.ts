import type { ResourceType } from '../model/resource.ts';
import type { Counters } from './counters.ts';
import { type Holds, type Plan, planOf } from './plan.ts';
import type { ResourceState } from './resource-state.ts';
import type { World } from './world.ts';

/** Under what a call came in: its plan, the generation of the breakers, and what has to learn how it ends. */
export interface Standing {
  readonly gate: Gate;
  /** Those of the gate, near at hand. */
  readonly counters: Counters;
  readonly plan: Plan;
  readonly generation: number;
  readonly holds: Holds;
  /** A fault was injected into it. */
  readonly isHarmed: boolean;
}

const nothing: Holds = Object.freeze({ permits: [], breakers: [], wouldBlock: [] });

/** Where calls of one resource come through. Made once, at registration; its plan follows the rules by itself. */
export class Gate {
  readonly resource: string;
  readonly type: ResourceType;
  readonly state: ResourceState;
  readonly world: World;
  #version = -1;
  #standing!: Standing;

  /** `state` is that of another name where too many names share one. */
  constructor(resource: string, type: ResourceType, state: ResourceState, world: World) {
    this.resource = resource;
    this.type = type;
    this.state = state;
    this.world = world;
  }

  /** What holds now. */
  get standing(): Standing {
    if (this.#version !== this.world.version) this.#refresh();
    return this.#standing;
  }

  /** What a call comes in under where every call holds the same: what holds now, in the breakers' present generation. */
  get settled(): Standing {
    const { current } = this.state.generations;
    const standing = this.#standing;
    if (standing.generation === current) return standing;
    this.#standing = this.#stand(standing.plan, current, standing.holds);
    return this.#standing;
  }

  /**
   * The same after a commit, which may have changed a breaker, for a call under this plan. Calls share it as long as
   * they hold the same.
   */
  entered(plan: Plan, holds: Holds): Standing {
    const generation = this.state.generations.current;
    const standing = this.#standing;
    if (standing.generation === generation && standing.holds === holds && standing.plan === plan)
      return standing;
    const entered: Standing = this.#stand(plan, generation, holds);
    if (plan === standing.plan && holds === plan.interceptHolds) this.#standing = entered;
    return entered;
  }

  #refresh(): void {
    this.#version = this.world.version;
    const plan = planOf(this.resource, this.state, this.world);
    const generation = this.state.generations.current;
    this.#standing = this.#stand(plan, generation, plan.holds ?? nothing);
  }

  #stand(plan: Plan, generation: number, holds: Holds): Standing {
    return { gate: this, counters: this.state.counters, plan, generation, holds, isHarmed: false };
  }
}
