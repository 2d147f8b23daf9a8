import type { Breaker } from '../breaking/breaker.ts';
import { type Concurrency, type ConcurrencyShape, concurrencyShape } from '../limiting/concurrency.ts';
import type { Keyed } from '../limiting/keyed.ts';
import type { Limiter } from '../limiting/limiter.ts';
import type { BreakerRule } from '../model/breaker-rule.ts';
import type { BlockCode, CallInputs } from '../model/call.ts';
import type { ClockReading } from '../model/clock-reading.ts';
import type { LimitKey, LimitRule } from '../model/limit-rule.ts';
import type { AccessRule, DegradeRule, SystemRule } from '../model/rule.ts';
import type { CompiledRule } from './compile.ts';
import { inputOf, keyOf } from './input-of.ts';
import { ipMatcher } from './ip-range.ts';
import type { LimitState } from './limit-state.ts';
import type { World } from './world.ts';

/*
 * The steps of a plan. A call passes them synchronously, so what is known of it between peek and commit lies in the
 * step itself: `on`, whether the rule is about this call, and the key that it is counted under.
 */

/** A rule that refuses without counting. */
export interface FilterStep {
  readonly compiled: CompiledRule;
  readonly code: BlockCode;
  refuses(inputs: CallInputs): boolean;
  /** What was measured and what it was measured against, for an explanation. */
  measure?(): { readonly value: number; readonly threshold: number };
}

export function accessStep(compiled: CompiledRule<AccessRule>): FilterStep {
  const { rule } = compiled;
  const isDeny = rule.effect === 'deny';
  const read = inputOf(rule.by === 'tag' ? { by: 'tag', name: rule.tag } : { by: rule.by });
  const values = new Set(rule.values);
  const isListed = rule.by === 'ip' ? ipMatcher(rule.values) : (text: string) => values.has(text);
  return {
    compiled,
    code: 'denied',
    refuses: (inputs) => {
      const value = read(inputs);
      return (value !== undefined && isListed(String(value))) === isDeny;
    },
  };
}

export function degradeStep(compiled: CompiledRule<DegradeRule>, draw: () => number): FilterStep {
  const { share = 1 } = compiled.rule;
  return { compiled, code: 'degraded', refuses: () => share >= 1 || draw() < share };
}

export function systemStep(compiled: CompiledRule<SystemRule>, draw: () => number, world: World): FilterStep {
  const { signal, threshold, fullAt } = compiled.rule;
  return {
    compiled,
    code: 'overloaded',
    refuses: () => {
      const value = world.readings[signal];
      if (value === undefined || value < threshold) return false;
      return fullAt === undefined || value >= fullAt || draw() < (value - threshold) / (fullAt - threshold);
    },
    measure: () => ({ value: world.readings[signal] ?? 0, threshold }),
  };
}

/** A rule that counts calls, under one key or under many. */
export class LimitStep {
  // What every call looks at comes first, near to each other.
  readonly #limiter: Limiter | undefined;
  readonly #keyed: Keyed<Limiter> | undefined;
  readonly #read: (inputs: CallInputs) => string;
  key = '';
  /** The limiter of the key, where there is one: asked for once a call. */
  #found: Limiter | undefined;
  on = false;
  /** Whether somebody wants to know how many calls it is about: of a limit of the cluster that is about some of them. */
  readonly isCounted: boolean;
  readonly compiled: CompiledRule<LimitRule>;
  readonly state: LimitState;

  constructor(compiled: CompiledRule<LimitRule>, state: LimitState) {
    this.compiled = compiled;
    this.isCounted = compiled.rule.scope === 'cluster' && !compiled.always;
    this.state = state;
    this.#limiter = state.limiter;
    this.#keyed = state.keyed;
    this.#read = keyReader(compiled.rule.per);
  }

  peek(inputs: CallInputs, reading: ClockReading): number {
    const limiter = this.#limiter ?? this.#find(inputs);
    if (limiter !== undefined) return limiter.peek(reading);
    // Nobody who isn't remembered has taken anything, and a limiter that nobody has used lets one go, if any.
    return this.state.letsAnyGo(this.key) ? 0 : this.#make(reading).peek(reading);
  }

  commit(reading: ClockReading): void {
    const limiter = this.#limiter ?? this.#found ?? this.#keyed!.take(this.key, reading.nowMs);
    limiter.commit(reading);
  }

  /** Both in one; see `Limiter.take`. */
  take(inputs: CallInputs, reading: ClockReading): boolean {
    const limiter = this.#limiter ?? this.#find(inputs) ?? this.#make(reading);
    return limiter.take(reading);
  }

  /** The same of a limit by key, without making one: who isn't remembered takes with `takeNew`. */
  takeKnown(inputs: CallInputs, reading: ClockReading): boolean {
    const limiter = this.#find(inputs);
    return limiter === undefined ? this.peek(inputs, reading) === 0 : limiter.take(reading);
  }

  /** For the present call, where its key wasn't remembered. */
  takeNew(reading: ClockReading): void {
    if (this.#found === undefined) this.#make(reading).commit(reading);
  }

  /** What the present call took just now. */
  giveBack(nowMs: number): void {
    (this.#limiter ?? this.#found)?.giveBack(nowMs, nowMs, 0);
  }

  #make({ nowMs }: ClockReading): Limiter {
    this.#found = this.#keyed!.take(this.key, nowMs);
    return this.#found;
  }

  #find(inputs: CallInputs): Limiter | undefined {
    this.key = this.#read(inputs);
    this.#found = this.#keyed!.find(this.key);
    return this.#found;
  }

  /** The limiter that counts calls of a key, by itself that of the present call. */
  limiterOf(nowMs: number, key: string = this.key): Limiter {
    return this.#limiter ?? this.#keyed!.take(key, nowMs);
  }

  /** Of a concurrency rule under which calls may wait: how many, and how long. The call is the present one then. */
  queueOf(inputs: CallInputs): ConcurrencyShape | undefined {
    const { rule } = this.compiled;
    if (rule.algorithm !== 'concurrency' || !rule.queue) return undefined;
    if (this.#keyed !== undefined) this.key = this.#read(inputs);
    return concurrencyShape(rule, this.state.limitOf(this.key));
  }

  /** The same, of a concurrency rule. */
  permits(nowMs: number): Concurrency {
    return this.limiterOf(nowMs) as Concurrency;
  }
}

function keyReader(per: LimitKey | undefined): (inputs: CallInputs) => string {
  return per === undefined || per.by === 'instance' ? () => '' : keyOf(per);
}

export class BreakerStep {
  readonly compiled: CompiledRule<BreakerRule>;
  readonly breaker: Breaker;
  on = false;

  constructor(compiled: CompiledRule<BreakerRule>, breaker: Breaker) {
    this.compiled = compiled;
    this.breaker = breaker;
  }
}
