import { latencyBoundMs, type ResourceState, type RuleTally, type Tally } from '@sluice/core';
import type { ResourceSecond } from '@sluice/protocol/client';

const mostRules = 200;

/** Calls that came in, refused ones included. */
export const callsOf = ({ passed, blocked }: Tally): number => passed + sumOf(blocked);

/** Two parts of one stretch of time as one; `b` is the later. */
export function together(a: Tally, b: Tally): Tally {
  const rules = new Map<string, RuleTally>();
  for (const [id, { blocked, wouldBlock }] of [...a.rules, ...b.rules]) {
    const sum = rules.get(id) ?? { blocked: 0, wouldBlock: 0 };
    rules.set(id, { blocked: sum.blocked + blocked, wouldBlock: sum.wouldBlock + wouldBlock });
  }
  const blocked = { ...a.blocked };
  for (const [code, count] of Object.entries(b.blocked)) blocked[code as keyof typeof blocked] += count;
  return {
    passed: a.passed + b.passed,
    blocked,
    wouldBlock: a.wouldBlock + b.wouldBlock,
    waited: a.waited + b.waited,
    gaveUp: a.gaveUp + b.gaveUp,
    success: a.success + b.success,
    error: a.error + b.error,
    abort: a.abort + b.abort,
    degraded: a.degraded + b.degraded,
    injected: a.injected + b.injected,
    injectedEnds: {
      success: a.injectedEnds.success + b.injectedEnds.success,
      error: a.injectedEnds.error + b.injectedEnds.error,
      abort: a.injectedEnds.abort + b.injectedEnds.abort,
    },
    latency: a.latency.map((count, bucket) => count + b.latency[bucket]!),
    durationMs: a.durationMs + b.durationMs,
    rules,
    active: b.active,
  };
}

/** As a report tells it: what is 0 is left out where the wire allows. */
export function resourceSecondOf({ name, type }: ResourceState, tally: Tally): ResourceSecond {
  const { passed, wouldBlock, success, error, degraded, injected, active } = tally;
  return {
    resource: name,
    type,
    passed,
    blocked: Object.fromEntries(Object.entries(tally.blocked).filter(([, count]) => count > 0)),
    wouldBlock,
    success,
    errors: error,
    degraded,
    injected,
    active,
    latency: tally.latency.flatMap((count, bucket): [number, number][] =>
      count > 0 ? [[bucket, count]] : [],
    ),
    rules: [...tally.rules].slice(0, mostRules).map(([rule, counts]) => ({ rule, ...counts })),
  };
}

/** The time below which this share of the calls lay. 0 where there were none. */
export function quantileMs({ latency }: Tally, share: number): number {
  const total = latency.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of latency.entries()) {
    below += count;
    if (total > 0 && below >= total * share) return latencyBoundMs(bucket);
  }
  return 0;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const key in counts) sum += counts[key]!;
  return sum;
}
