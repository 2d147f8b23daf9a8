import type { ResourceType } from '../model/resource.ts';
import { type Plan, planOf } from './plan.ts';
import type { ResourceState } from './resource-state.ts';
import type { World } from './world.ts';

/** Under what a call came in: its plan, and the generation of the breakers. */
export interface Standing {
  readonly gate: Gate;
  readonly plan: Plan;
  readonly generation: number;
}

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

  /** The same after a commit, which may have changed a breaker, for a call under this plan. */
  entered(plan: Plan): Standing {
    const generation = this.state.generations.current;
    const standing = this.#standing;
    if (standing.plan !== plan) return { gate: this, plan, generation };
    if (standing.generation !== generation) this.#standing = { gate: this, plan, generation };
    return this.#standing;
  }

  #refresh(): void {
    this.#version = this.world.version;
    const plan = planOf(this.resource, this.state, this.world);
    this.#standing = { gate: this, plan, generation: this.state.generations.current };
  }
}
