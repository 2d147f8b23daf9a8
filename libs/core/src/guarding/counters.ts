import type { BlockCode, Outcome } from '../model/call.ts';
import type { ClockReading, Started } from '../model/clock-reading.ts';
import { zeros } from '../model/zeros.ts';

const latencyBuckets = 124;

/** Four buckets for each doubling of the microseconds: a bound is at most a quarter above what it stands for. */
function latencyBucket(durationMs: number): number {
  const us = Math.max(0, Math.min(0x7fff_ffff, durationMs * 1000)) | 0;
  if (us < 4) return us;
  const exponent = 31 - Math.clz32(us);
  return (exponent - 1) * 4 + ((us >> (exponent - 2)) & 3);
}

/** The time below which calls of a latency bucket lie. The last one also holds all that took longer. */
export function latencyBoundMs(bucket: number): number {
  if (bucket < 4) return (bucket + 1) / 1000;
  return ((5 + (bucket & 3)) * 2 ** ((bucket >> 2) - 1)) / 1000;
}

/** What one rule refused, or would have refused. */
export interface RuleTally {
  blocked: number;
  wouldBlock: number;
}

/** What calls of one resource came to since it was last taken. */
export interface Tally {
  readonly passed: number;
  readonly blocked: Readonly<Record<BlockCode, number>>;
  readonly wouldBlock: number;
  /** Had to wait; of these `gaveUp` did not wait to the end. */
  readonly waited: number;
  readonly gaveUp: number;
  readonly success: number;
  readonly error: number;
  readonly abort: number;
  /** Refused calls that got an answer all the same. */
  readonly degraded: number;
  /** Calls that a fault was injected into. */
  readonly injected: number;
  /** How those ended that a fault was injected into; they are among all that ended. */
  readonly injectedEnds: Readonly<Record<Outcome, number>>;
  /** By the id of the rule. */
  readonly rules: ReadonlyMap<string, Readonly<RuleTally>>;
  /** Calls per latency bucket; those that were given up are in none. */
  readonly latency: readonly number[];
  /** How long the calls took that are in a latency bucket, all together. */
  readonly durationMs: number;
  /** Calls under way at this moment. */
  readonly active: number;
}

const noBlocks = (): Record<BlockCode, number> => ({
  denied: 0,
  degraded: 0,
  overloaded: 0,
  limited: 0,
  breakerOpen: 0,
});

const noEnds = (): Record<Outcome, number> => ({ success: 0, error: 0, abort: 0 });

const nobody: readonly string[] = [];

/** Counts for one resource; whole numbers, and nothing made on the way. */
export class Counters {
  // What nearly every call adds to comes first, near to each other.
  active = 0;
  passed = 0;
  #success = 0;
  readonly #latency = zeros(latencyBuckets);
  #durationMs = 0;
  wouldBlock = 0;
  /** What would have refused the last call of which that is so, and how many the rules have been told of. */
  #doubting = nobody;
  #shared = 0;
  waited = 0;
  gaveUp = 0;
  degraded = 0;
  injected = 0;
  #error = 0;
  #abort = 0;
  #injectedEnds = noEnds();
  #blocked = noBlocks();
  #rules = new Map<string, RuleTally>();

  enter(): void {
    this.passed += 1;
    this.active += 1;
  }

  /** A call that began at `startMs` ends now. */
  exit(outcome: Outcome, { startMs }: Started, { nowMs }: ClockReading): void {
    this.active -= 1;
    if (outcome === 'abort') {
      this.#abort += 1;
      return;
    }
    const durationMs = nowMs - startMs;
    this.#latency[latencyBucket(durationMs)]! += 1;
    this.#durationMs += durationMs;
    if (outcome === 'success') this.#success += 1;
    else this.#error += 1;
  }

  /** The same call again, into which a fault was injected. */
  endHarmed(outcome: Outcome): void {
    this.#injectedEnds[outcome] += 1;
  }

  block(code: BlockCode, ruleId: string): void {
    this.#blocked[code] += 1;
    this.#ruleOf(ruleId).blocked += 1;
  }

  /** A call that these rules would have refused. Mostly they are those of the call before. */
  watched(ruleIds: readonly string[]): void {
    if (ruleIds !== this.#doubting) this.#share(ruleIds);
    this.wouldBlock += 1;
  }

  /** A call that goes already, which this rule would have refused after a wait; `isKnown` where it is counted already. */
  watchedLate(ruleId: string, isKnown: boolean): void {
    this.#ruleOf(ruleId).wouldBlock += 1;
    if (isKnown) return;
    this.wouldBlock += 1;
    this.#shared += 1;
  }

  /** Tells the rules what they would have refused, and looks out for what these will. */
  #share(ruleIds: readonly string[]): void {
    const times = this.wouldBlock - this.#shared;
    if (times > 0) for (const ruleId of this.#doubting) this.#ruleOf(ruleId).wouldBlock += times;
    this.#shared = this.wouldBlock;
    this.#doubting = ruleIds;
    // Rules are told of in the order in which they were first heard of.
    for (const ruleId of ruleIds) this.#ruleOf(ruleId);
  }

  /** Whether there is nothing to tell since it was last taken. */
  get isIdle(): boolean {
    const ended = this.#success + this.#error + this.#abort;
    const beside = this.wouldBlock + this.waited + this.gaveUp + this.degraded;
    return this.passed + ended + beside === 0 && this.#rules.size === 0;
  }

  /** What there is, and begins anew. */
  take(): Tally {
    this.#share(nobody);
    const tally: Tally = {
      passed: this.passed,
      blocked: this.#blocked,
      wouldBlock: this.wouldBlock,
      waited: this.waited,
      gaveUp: this.gaveUp,
      success: this.#success,
      error: this.#error,
      abort: this.#abort,
      degraded: this.degraded,
      injected: this.injected,
      injectedEnds: this.#injectedEnds,
      rules: this.#rules,
      latency: this.#latency.slice(),
      durationMs: this.#durationMs,
      active: this.active,
    };
    this.#injectedEnds = noEnds();
    this.#blocked = noBlocks();
    this.#rules = new Map();
    this.#latency.fill(0);
    this.#durationMs = 0;
    this.#shared = 0;
    this.passed = this.wouldBlock = this.waited = this.gaveUp = this.degraded = this.injected = 0;
    this.#success = this.#error = this.#abort = 0;
    return tally;
  }

  #ruleOf(ruleId: string): RuleTally {
    let tally = this.#rules.get(ruleId);
    if (!tally) {
      tally = { blocked: 0, wouldBlock: 0 };
      this.#rules.set(ruleId, tally);
    }
    return tally;
  }
}
