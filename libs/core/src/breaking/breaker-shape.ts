import type { Backoff, BreakerRule } from '../model/breaker-rule.ts';

/** A breaker rule with everything filled in, and with its end on the clock of the calls. */
export interface BreakerShape {
  readonly strategy: BreakerRule['strategy'];
  readonly threshold: number;
  /** A call is slow when it takes longer. Infinity where slowness is no matter. */
  readonly slowMs: number;
  readonly minCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly backoff: Backoff;
  readonly probes: number;
  readonly maxHalfOpenMs: number;
  readonly forced: { readonly state: 'open' | 'closed'; readonly untilMs: number } | undefined;
}

/** `toMonotonicMs` says when a moment in UTC comes on the clock of the calls. */
export function breakerShape(rule: BreakerRule, toMonotonicMs: (moment: string) => number): BreakerShape {
  return {
    strategy: rule.strategy,
    threshold: rule.threshold,
    slowMs: rule.strategy === 'slowCallRatio' ? rule.slowMs : Number.POSITIVE_INFINITY,
    minCalls: rule.minCalls,
    windowMs: rule.windowMs,
    openMs: rule.openMs,
    backoff: rule.backoff ?? { multiplier: 1, maxMs: Number.POSITIVE_INFINITY },
    probes: rule.probes ?? 3,
    maxHalfOpenMs: rule.maxHalfOpenMs ?? Math.max(rule.openMs, 30_000),
    forced: rule.forced && { state: rule.forced.state, untilMs: toMonotonicMs(rule.forced.until) },
  };
}

/** How long it stays open when it opens for the `round`-th time in a row; the first is 0. */
export function openMsOf({ openMs, backoff }: BreakerShape, round: number): number {
  return Math.min(openMs * backoff.multiplier ** round, Math.max(openMs, backoff.maxMs));
}
