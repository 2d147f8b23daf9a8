import type { RuleBase } from './rule-base.ts';

export const breakerStates = ['closed', 'open', 'halfOpen', 'forcedOpen', 'forcedClosed'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** Held open or closed by hand, whatever happens, until this moment in UTC. */
export interface Forced {
  readonly state: 'open' | 'closed';
  readonly until: string;
}

/** Each time that probes fail, the breaker stays open `multiplier` times as long as before, at most `maxMs`. */
export interface Backoff {
  readonly multiplier: number;
  readonly maxMs: number;
}

/**
 * What opens it: at least `minCalls` calls in the last `windowMs`, and of them a share of errors, a number of errors
 * or a share of calls slower than `slowMs` that reaches `threshold`; or `threshold` errors in a row.
 */
export type BreakerStrategy =
  | { readonly strategy: 'errorRatio' | 'errorCount' | 'consecutiveErrors'; readonly threshold: number }
  | { readonly strategy: 'slowCallRatio'; readonly threshold: number; readonly slowMs: number };

/**
 * Stops calling what fails. After `openMs` it lets `probes` calls (3 when absent) through: it closes when all of them
 * are good, however long they take to come, and opens again at the first bad one. A probe that isn't over after
 * `maxHalfOpenMs` (the longer of `openMs` and 30 s when absent) is bad.
 */
export type BreakerRule = RuleBase & {
  readonly kind: 'breaker';
  readonly minCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly backoff?: Backoff;
  readonly probes?: number;
  readonly maxHalfOpenMs?: number;
  readonly forced?: Forced;
} & BreakerStrategy;
