import { Breaker, type BreakerChange, type Generations } from '../breaking/breaker.ts';
import { breakerShape } from '../breaking/breaker-shape.ts';
import { Concurrency } from '../limiting/concurrency.ts';
import type { BreakerRule, BreakerState } from '../model/breaker-rule.ts';
import type { LimitRule } from '../model/limit-rule.ts';
import type { ResourceType } from '../model/resource.ts';
import { type CompiledRule, type RuleSet } from './compile.ts';
import { Counters } from './counters.ts';
import { LimitState } from './limit-state.ts';
import { momentMs } from './moment.ts';
import { seededDraw, seedOf } from './seeded-draw.ts';
import { WatchedQueue } from './watched-queue.ts';
import { otherResources, placeOf, told, type World } from './world.ts';

/** `version` is that of the world that it was last shaped for: gates that share it shape it once. */
type State =
  | { readonly kind: 'limit'; version: number; readonly limits: LimitState }
  | { readonly kind: 'breaker'; version: number; readonly breaker: Breaker };

/** How a breaker does, for a report. */
export interface BreakerReading {
  readonly ruleId: string;
  readonly state: BreakerState;
  /** What its strategy measures. */
  readonly value: number;
}

/** What the rules of one resource have counted. It outlives the rules: their states are found again by id. */
export class ResourceState {
  readonly name: string;
  readonly type: ResourceType;
  readonly counters = new Counters();
  readonly generations: Generations = { current: 0 };
  readonly #world: World;
  readonly #states = new Map<string, State>();
  /** Of concurrency rules that only watch. */
  readonly #watchedQueues = new WeakMap<Concurrency, WatchedQueue>();
  readonly #draws = new Map<string, () => number>();

  constructor(name: string, type: ResourceType, world: World) {
    this.name = name;
    this.type = type;
    this.#world = world;
  }

  limits({ id, rule }: CompiledRule<LimitRule>): LimitState {
    const { version, changedMs } = this.#world;
    const adjusted = this.#adjusted(id);
    const state = this.#states.get(id);
    if (state?.kind === 'limit' && state.limits.fits(rule)) {
      if (state.version !== version) state.limits.reshape(rule, adjusted, changedMs);
      state.version = version;
      return state.limits;
    }
    const limits = new LimitState(rule, adjusted, changedMs, this.#world.keyRooms.of(id, rule));
    this.#states.set(id, { kind: 'limit', version, limits });
    return limits;
  }

  breaker({ id, rule }: CompiledRule<BreakerRule>): Breaker {
    const { version, changedMs } = this.#world;
    const shape = this.#shapeOf(id, rule);
    const state = this.#states.get(id);
    if (state?.kind === 'breaker') {
      if (state.version !== version) state.breaker.reshape(shape, changedMs);
      state.version = version;
      return state.breaker;
    }
    const { name, type } = this;
    const onChange = (change: BreakerChange): void => {
      if (this.#world.onBreaker === undefined) return;
      this.#world.untold ??= [];
      this.#world.untold.push({ ...change, ruleId: id, resource: name, type });
    };
    const breaker = new Breaker(shape, changedMs, this.generations, onChange);
    this.#states.set(id, { kind: 'breaker', version, breaker });
    return breaker;
  }

  /** Who would wait for a permit under a rule that only watches. */
  watchedQueue(ruleId: string, permits: Concurrency): WatchedQueue {
    const known = this.#watchedQueues.get(permits);
    if (known) return known;
    const made = new WatchedQueue(permits, this.#world, ({ isDoubted }) =>
      this.counters.watchedLate(ruleId, isDoubted),
    );
    this.#watchedQueues.set(permits, made);
    return made;
  }

  /** Chance, of one rule by itself: another rule that draws more or less changes nothing here. */
  draw(id: string): () => number {
    const known = this.#draws.get(id);
    if (known) return known;
    const made = seededDraw(this.#world.seed ^ seedOf(`${placeOf(this.type, this.name)}\n${id}`));
    this.#draws.set(id, made);
    return made;
  }

  /** Another value than the rule's for its limit or threshold, from now on. */
  adjust(compiled: CompiledRule, nowMs: number): void {
    const { id, rule } = compiled;
    const state = this.#states.get(id);
    if (state?.kind === 'limit' && rule.kind === 'limit' && state.limits.fits(rule))
      state.limits.reshape(rule, this.#adjusted(id), nowMs);
    if (state?.kind === 'breaker' && rule.kind === 'breaker')
      state.breaker.reshape(this.#shapeOf(id, rule), nowMs);
  }

  /** How many calls a limit of the cluster was about that has a condition or a time, since this was last asked. */
  takeAsked(id: string): number {
    const state = this.#states.get(id);
    if (state?.kind !== 'limit') return 0;
    const { asked } = state.limits;
    state.limits.asked = 0;
    return asked;
  }

  /** Calls under way and those that wait to be, under a limit of them that has no keys; undefined for any other rule. */
  permits(id: string): { readonly underWay: number; readonly waiting: number } | undefined {
    const state = this.#states.get(id);
    const limiter = state?.kind === 'limit' ? state.limits.limiter : undefined;
    return limiter instanceof Concurrency ? { underWay: limiter.inUse, waiting: limiter.waiting } : undefined;
  }

  breakers(nowMs: number): BreakerReading[] {
    this.catchUp();
    const readings = [...this.#states].flatMap(([ruleId, state]) =>
      state.kind === 'breaker'
        ? [{ ruleId, state: state.breaker.state(nowMs), value: state.breaker.value(nowMs) }]
        : [],
    );
    return told(this.#world, readings);
  }

  /** Goes on under other rules: forgets what belonged to those that are gone. Limits take their new shape with a plan. */
  follow({ byId }: RuleSet): void {
    for (const id of this.#draws.keys()) if (!byId.has(id)) this.#draws.delete(id);
    for (const id of this.#states.keys()) if (!byId.has(id)) this.#states.delete(id);
    this.catchUp();
  }

  /** What changed rules do to breakers, they do without a call: calls under way end under them, though none may come. */
  catchUp(): void {
    const { rules, version } = this.#world;
    for (const [id, state] of this.#states) {
      const compiled = rules.byId.get(id);
      if (state.kind === 'breaker' && state.version !== version && compiled && this.#obeys(compiled))
        this.breaker(compiled);
    }
  }

  /** Whether it is a breaker rule about this resource; where many share a state, about one of them. */
  #obeys(compiled: CompiledRule): compiled is CompiledRule<BreakerRule> {
    const { rule, matches } = compiled;
    if (rule.kind !== 'breaker' || rule.mode === 'off') return false;
    if (this.name === otherResources) return true;
    return matches(this.name) && (rule.resource.type === undefined || rule.resource.type === this.type);
  }

  #adjusted(id: string): number | undefined {
    const adjustment = this.#world.adjusted.get(id);
    return adjustment && (adjustment.at.get(placeOf(this.type, this.name)) ?? adjustment.everywhere);
  }

  #shapeOf(id: string, rule: BreakerRule) {
    const shape = breakerShape(rule, (moment) => momentMs(moment) - this.#world.wallOffsetMs);
    const threshold = this.#adjusted(id);
    return threshold === undefined ? shape : { ...shape, threshold };
  }
}
