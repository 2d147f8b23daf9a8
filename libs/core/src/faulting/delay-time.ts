import type { Delay } from '../model/fault-rule.ts';

/**
 * How long a delay is for a chance in [0, 1): the inverse of its distribution, so that the middle chance gives the
 * median. `normal` and `lognormal` are cut at 0 and at `maxMs`; mean and deviation are those of the delay itself.
 */
export function delayTimeMs(delay: Delay, chance: number): number {
  switch (delay.distribution) {
    case 'fixed':
      return delay.ms;
    case 'uniform':
      return delay.minMs + chance * (delay.maxMs - delay.minMs);
    case 'normal': {
      const { meanMs, stdDevMs, maxMs } = delay;
      return Math.min(maxMs, Math.max(0, meanMs + stdDevMs * normalQuantile(chance)));
    }
    case 'lognormal': {
      const { meanMs, stdDevMs, maxMs } = delay;
      if (meanMs === 0) return 0;
      const variance = Math.log(1 + (stdDevMs / meanMs) ** 2);
      const logMs = Math.log(meanMs) - variance / 2 + Math.sqrt(variance) * normalQuantile(chance);
      return Math.min(maxMs, Math.exp(logMs));
    }
    case 'percentiles':
      return betweenPoints(delay.points, chance * 100);
  }
}

/** Straight lines between the points; below the first and above the last it stays level. */
function betweenPoints(points: readonly (readonly [number, number])[], percentile: number): number {
  const above = points.findIndex(([at]) => at >= percentile);
  if (above < 0) return points.at(-1)![1];
  const [toAt, toMs] = points[above]!;
  if (above === 0) return toMs;
  const [fromAt, fromMs] = points[above - 1]!;
  return fromMs + ((percentile - fromAt) / (toAt - fromAt)) * (toMs - fromMs);
}

const central = {
  over: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  under: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
    -1.328068155288572e1, 1,
  ],
} as const;
const tail = {
  over: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  under: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
} as const;
/** Beyond, a number is as unlikely as any that a drill will ever draw. */
const furthest = 1e-12;
const tailFrom = 0.02425;

/** The inverse of the normal distribution, by the rational approximation of Peter Acklam: off by less than 2e-9. */
function normalQuantile(chance: number): number {
  const p = Math.min(1 - furthest, Math.max(furthest, chance));
  if (p > 1 - tailFrom) return -normalQuantile(1 - p);
  if (p < tailFrom) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(tail.over, q) / polynomial(tail.under, q);
  }
  const q = p - 0.5;
  return (polynomial(central.over, q * q) * q) / polynomial(central.under, q * q);
}

/** The highest power first. */
const polynomial = (factors: readonly number[], x: number): number =>
  factors.reduce((sum, factor) => sum * x + factor, 0);
