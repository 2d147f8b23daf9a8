import type { ScopeWindow, SideWindow } from '@sluice/core';

/** One side of a scope as it is written down: of its latency only the buckets that hold something. */
interface StoredSide extends Omit<SideWindow, 'latency'> {
  readonly latency: readonly (readonly [bucket: number, calls: number])[];
}

export interface StoredScope {
  readonly scope: string;
  readonly cohort: StoredSide;
  readonly rest: StoredSide;
}

export const storedScope = ({ scope, cohort, rest }: ScopeWindow): StoredScope => ({
  scope,
  cohort: storedSide(cohort),
  rest: storedSide(rest),
});

export const scopeOf = ({ scope, cohort, rest }: StoredScope): ScopeWindow => ({
  scope,
  cohort: sideOf(cohort),
  rest: sideOf(rest),
});

function storedSide({ latency, ...counts }: SideWindow): StoredSide {
  const pairs = latency.flatMap((calls, bucket): [number, number][] => (calls > 0 ? [[bucket, calls]] : []));
  return { ...counts, latency: pairs };
}

function sideOf({ latency, ...counts }: StoredSide): SideWindow {
  const buckets = new Array<number>((latency.at(-1)?.[0] ?? -1) + 1).fill(0);
  for (const [bucket, calls] of latency) buckets[bucket] = calls;
  return { ...counts, latency: buckets };
}
