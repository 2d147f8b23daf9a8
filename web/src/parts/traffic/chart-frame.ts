import type { TrafficPoint } from '@sluice/protocol';

export const seriesNames = [
  'passed',
  'blocked',
  'wouldBlock',
  'errors',
  'p50',
  'p90',
  'p99',
  'active',
] as const;
export type SeriesName = (typeof seriesNames)[number];

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a chart draws: a column for each series, one entry a step, null where nothing is known. */
export interface ChartFrame {
  readonly stepMs: number;
  /** Where steps begin, in seconds since 1970. */
  readonly xs: readonly number[];
  readonly columns: Readonly<Record<SeriesName, readonly (number | null)[]>>;
  /** Times of which nobody told anything. */
  readonly gaps: readonly Gap[];
  /** Whether numbers are too low somewhere. */
  readonly partial: boolean;
  /** Where the newest known step ends. */
  readonly newestMs: number | undefined;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Within this time after a step every instance reports of it: until then it would look like a fall. */
const roundMs = 1200;
/** Reports that are late come in for so long after it: until then its absence says nothing. */
const settleMs = 4000;
/** Where nothing newer is known, too: that there were no calls is known with the next sign of life, in five seconds. */
const signMs = 9000;

export const blockedOf = (tally: { blocked: Partial<Record<string, number>> }): number =>
  Object.values(tally.blocked).reduce<number>((sum, each) => sum + (each ?? 0), 0);

/**
 * Points of a window as columns, without the step that still runs or is being reported. Counts become calls per second; a step that is missing stays missing, never zero.
 */
export function chartFrame(points: readonly TrafficPoint[], { fromMs, toMs, stepMs }: Window): ChartFrame {
  const byStep = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / stepMs), point]));
  const newest = points.at(-1);
  const newestMs = newest && Date.parse(newest.at) + stepMs;
  const first = Math.floor(fromMs / stepMs);
  const last = Math.max(Math.floor((toMs - roundMs) / stepMs) - 1, first);
  const xs: number[] = [];
  const columns = Object.fromEntries(seriesNames.map((name) => [name, [] as (number | null)[]])) as Record<
    SeriesName,
    (number | null)[]
  >;
  const gaps: { fromMs: number; toMs: number }[] = [];
  const sec = stepMs / 1000;
  for (let step = first; step <= last; step++) {
    const point = byStep.get(step);
    const atMs = step * stepMs;
    xs.push(atMs / 1000);
    const values = point && valuesOf(point, sec);
    for (const name of seriesNames) columns[name].push(values?.[name] ?? null);
    const isBetween = newestMs !== undefined && atMs < newestMs;
    if (point || atMs + stepMs > toMs - (isBetween ? settleMs : signMs)) continue;
    const open = gaps.at(-1);
    if (open?.toMs === atMs) open.toMs = atMs + stepMs;
    else gaps.push({ fromMs: atMs, toMs: atMs + stepMs });
  }
  return { stepMs, xs, columns, gaps, partial: points.some((point) => point.lost > 0), newestMs };
}

function valuesOf(point: TrafficPoint, sec: number): Partial<Record<SeriesName, number | undefined>> {
  return {
    passed: point.passed / sec,
    blocked: blockedOf(point) / sec,
    wouldBlock: point.wouldBlock / sec,
    errors: point.errors / sec,
    p50: point.p50Ms,
    p90: point.p90Ms,
    p99: point.p99Ms,
    active: point.active,
  };
}
