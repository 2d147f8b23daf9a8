import type { Generations } from '../breaking/breaker.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Counters } from './counters.ts';
import { type Holds, type Plan, planOf, type Straight } from './plan.ts';
import type { ResourceState } from './resource-state.ts';
import { tell, type World } from './world.ts';

/** Under what a call came in: its plan, the generation of the breakers, and what has to learn how it ends. */
export interface Standing {
  // What the end of every call looks at comes first, near to each other and to hand: copies of what is in the rest.
  readonly counters: Counters;
  readonly breakers: Holds['breakers'];
  readonly permits: Holds['permits'];
  readonly faults: Plan['faults'];
  readonly generation: number;
  readonly gate: Gate;
  readonly plan: Plan;
  /** The rules that intercept, where none of them has to be weighed: the plan allows it, and the breakers are closed. */
  readonly straight: Straight | undefined;
  /** A fault was injected into it. */
  readonly isHarmed: boolean;
  /** Somebody records it, who has to be told how it ends. */
  readonly isRecorded: boolean;
  readonly holds: Holds;
}

const nothing: Holds = Object.freeze({ permits: [], breakers: [], wouldBlock: [] });

const isThat = (standing: Standing, plan: Plan, generation: number, holds: Holds): boolean =>
  standing.generation === generation && standing.holds === holds && standing.plan === plan;

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

/** Where calls of one resource come through. Made once, at registration; its plan follows the rules by itself. */
export class Gate {
  // What every call looks at comes first, near to each other.
  readonly world: World;
  readonly #generations: Generations;
  #version = -1;
  #standing!: Standing;
  /** Under which the last call came in that watchers would have refused, and which of them. */
  #doubted: Standing | undefined;
  #doubtedBits = 0;
  /** From then on the next good answer is worth keeping as the last one, in ms; whoever keeps answers says it here. */
  keepNextAtMs = Number.NEGATIVE_INFINITY;
  readonly resource: string;
  readonly type: ResourceType;
  readonly state: ResourceState;
  /** Under which the last call came in that held something else. */
  #otherwise: Standing | undefined;

  /** `state` is that of another name where too many names share one. */
  constructor(resource: string, type: ResourceType, state: ResourceState, world: World) {
    this.resource = resource;
    this.type = type;
    this.state = state;
    this.#generations = state.generations;
    this.world = world;
  }

  /** What holds now. */
  get standing(): Standing {
    if (this.#version !== this.world.version) this.#refresh();
    return this.#standing;
  }

  /** What a call comes in under where every call holds the same: what holds now, in the breakers' present generation. */
  get settled(): Standing {
    const { standing } = this;
    const { current } = this.#generations;
    if (standing.generation === current) return standing;
    this.#standing = this.#stand(standing.plan, current, standing.holds);
    return this.#standing;
  }

  /**
   * The same after a commit, which may have changed a breaker, for a call under this plan. Calls share it as long as
   * they hold the same.
   */
  entered(plan: Plan, holds: Holds): Standing {
    const generation = this.#generations.current;
    const standing = this.#standing;
    if (isThat(standing, plan, generation, holds)) return standing;
    const otherwise = this.#otherwise;
    if (otherwise !== undefined && isThat(otherwise, plan, generation, holds)) return otherwise;
    const entered: Standing = this.#stand(plan, generation, holds);
    if (plan === standing.plan && holds === plan.interceptHolds) this.#standing = entered;
    else this.#otherwise = entered;
    return entered;
  }

  /**
   * The same as what is settled, for a call that these of the plan's watchers would have refused, as bits. Calls share it
   * as long as the same would have.
   */
  doubted({ plan, generation, holds }: Standing, bits: number): Standing {
    const last = this.#doubted;
    if (last?.plan === plan && last.generation === generation && this.#doubtedBits === bits) return last;
    const wouldBlock = plan
      .watchers!.filter((_, i) => (bits & (1 << i)) !== 0)
      .map(({ compiled }) => compiled.id);
    this.#doubtedBits = bits;
    this.#doubted = this.#stand(plan, generation, { ...holds, wouldBlock });
    return this.#doubted;
  }

  /** What a call holds that rules which only watch would have refused: the same for those that the same would have. */
  watched(holds: Holds, wouldBlock: readonly string[]): Holds {
    const last = this.#otherwise?.holds;
    const isSame =
      last !== undefined &&
      last.permits === holds.permits &&
      last.breakers === holds.breakers &&
      areEqual(last.wouldBlock, wouldBlock);
    return isSame ? last : { ...holds, wouldBlock };
  }

  #refresh(): void {
    this.#version = this.world.version;
    const plan = planOf(this.resource, this.state, this.world);
    const generation = this.#generations.current;
    this.#standing = this.#stand(plan, generation, plan.interceptHolds ?? nothing);
    tell(this.world);
  }

  #stand(plan: Plan, generation: number, holds: Holds): Standing {
    const { counters } = this.state;
    // A breaker that is no longer closed, or is again, makes another generation.
    const straight = plan.straight?.breakers.every(({ isClosed }) => isClosed) ? plan.straight : undefined;
    return {
      counters,
      breakers: holds.breakers,
      permits: holds.permits,
      faults: plan.faults,
      generation,
      gate: this,
      plan,
      straight,
      isHarmed: false,
      isRecorded: false,
      holds,
    };
  }
}
