import type { DrillMetric } from '@sluice/protocol';
import { Latency } from '../traffic/latency.ts';

/** What calls of one resource came to in a stretch of time, in numbers that add up over nodes. */
export interface Sums {
  /** Instances that were heard of it, or are known to have had no calls. */
  readonly known: number;
  readonly passed: number;
  readonly blocked: number;
  readonly success: number;
  readonly errors: number;
  readonly degraded: number;
  readonly latency: readonly (readonly [bucket: number, calls: number])[];
  /** Breakers that are not closed now. */
  readonly open: number;
  readonly seconds: number;
}

/** What one node measured for a drill: each check's window as it is now, and the phases so far by resource. */
export interface PartData {
  readonly windows: readonly Sums[];
  readonly phases: Readonly<Record<string, PhaseSums>>;
}

/** Under `phase app type resource`. */
export interface PhaseSums extends Sums {
  readonly fromMs: number;
  readonly toMs: number;
}

export const noSums: Sums = {
  known: 0,
  passed: 0,
  blocked: 0,
  success: 0,
  errors: 0,
  degraded: 0,
  latency: [],
  open: 0,
  seconds: 0,
};

/** Sums of several nodes, or of several stretches, in one. `seconds` is the longest. */
export function addSums(all: readonly Sums[]): Sums {
  const latency = new Latency();
  const sum = { ...noSums };
  for (const each of all) {
    sum.known += each.known;
    sum.passed += each.passed;
    sum.blocked += each.blocked;
    sum.success += each.success;
    sum.errors += each.errors;
    sum.degraded += each.degraded;
    sum.open += each.open;
    sum.seconds = Math.max(sum.seconds, each.seconds);
    latency.add(each.latency);
  }
  return { ...sum, latency: latency.pairs() };
}

/** What a metric comes to; undefined where nothing is known, or no call tells of it. */
export function metricOf(metric: DrillMetric, sums: Sums): number | undefined {
  if (sums.known === 0) return undefined;
  const calls = sums.passed + sums.blocked;
  switch (metric) {
    case 'errorRatio':
      return shareOf(sums.errors, sums.success + sums.errors);
    case 'blockShare':
      return shareOf(sums.blocked, calls);
    case 'degradedShare':
      return shareOf(sums.degraded, calls);
    case 'throughput':
      return sums.seconds > 0 ? calls / sums.seconds : undefined;
    case 'breakerOpen':
      return sums.open;
    case 'p50Ms':
    case 'p99Ms': {
      const latency = new Latency();
      latency.add(sums.latency);
      return latency.quantiles()[metric];
    }
  }
}

const shareOf = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);
