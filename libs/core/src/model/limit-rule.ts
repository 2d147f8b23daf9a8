import type { RuleBase } from './rule-base.ts';

/** Whose calls are counted together. Calls that lack the key (no such header) are counted together as one key. */
export type LimitKey =
  | { readonly by: 'instance' }
  | ({
      /** Limit (for `concurrency`: max) of single values of the key, instead of the rule's. */
      readonly overrides?: Readonly<Record<string, number>>;
      /** Keys that are remembered at a time, 10,000 when absent; beyond, the one that needs it least is forgotten. */
      readonly maxKeys?: number;
    } & (
      | { readonly by: 'user' | 'ip' | 'origin' }
      | { readonly by: 'header' | 'query' | 'tag'; readonly name: string }
      | { readonly by: 'argument'; readonly index: number; readonly path?: string }
    ));

/** Saves up to `limit + burst` calls; `limit` of them come back every `intervalMs`, evenly. `burst` is 0 when absent. */
export interface TokenBucketLimit {
  readonly algorithm: 'tokenBucket';
  readonly limit: number;
  readonly intervalMs: number;
  readonly burst?: number;
}

/**
 * Lets calls go evenly spaced, `limit` per `intervalMs`: who comes too early waits, at most `maxQueueMs` (500 when
 * absent) and with at most `maxQueueLength` others (no bound when absent). With `maxQueueMs` 0 nobody waits, and it
 * is a meter: it decides like a token bucket without burst.
 */
export interface LeakyBucketLimit {
  readonly algorithm: 'leakyBucket';
  readonly limit: number;
  readonly intervalMs: number;
  readonly maxQueueMs?: number;
  readonly maxQueueLength?: number;
}

/** No stretch of time of `windowMs` ever holds more than `limit` calls, wherever it begins. */
export interface SlidingWindowLimit {
  readonly algorithm: 'slidingWindow';
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * At most `max` calls at a time; `queue` more (0 when absent) may wait for one to end, each at most `maxQueueMs`
 * (1,000 when absent).
 */
export interface ConcurrencyLimit {
  readonly algorithm: 'concurrency';
  readonly max: number;
  readonly queue?: number;
  readonly maxQueueMs?: number;
}

/**
 * `limit` calls a second, but only `limit / coldFactor` (3 when absent) of them after a rest: under load it takes
 * `warmUpSec` until all of the limit is there.
 */
export interface WarmUpLimit {
  readonly algorithm: 'warmUp';
  readonly limit: number;
  readonly warmUpSec: number;
  readonly coldFactor?: number;
}

export type LimitAlgorithm =
  | TokenBucketLimit
  | LeakyBucketLimit
  | SlidingWindowLimit
  | ConcurrencyLimit
  | WarmUpLimit;

/**
 * How many calls may go. A rule that matches several resources counts each of them by itself. `cluster`: the limit
 * is for all instances together, and each obeys the share that it was leased.
 */
export type LimitRule = RuleBase & {
  readonly kind: 'limit';
  readonly per?: LimitKey;
  readonly scope?: 'instance' | 'cluster';
} & LimitAlgorithm;
