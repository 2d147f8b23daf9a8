import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '../guarding/seeded-draw.ts';
import type { Delay } from '../model/fault-rule.ts';
import { delayTimeMs } from './delay-time.ts';

/** Of many delays, sorted. */
function drawn(delay: Delay, calls = 40_000): number[] {
  const draw = seededDraw(7);
  return Array.from({ length: calls }, () => delayTimeMs(delay, draw())).sort((a, b) => a - b);
}
const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)]!;
const mean = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length;

/** Of a lognormal distribution with mean 100 and deviation 50: exp(mu + z * sigma). */
const sigma = Math.sqrt(Math.log(1.25));
const mu = Math.log(100) - sigma ** 2 / 2;

describe('a delay', () => {
  it.each<readonly [string, Delay, number, number]>([
    ['fixed', { distribution: 'fixed', ms: 80 }, 80, 80],
    ['uniform', { distribution: 'uniform', minMs: 100, maxMs: 300 }, 200, 298],
    ['normal', { distribution: 'normal', meanMs: 200, stdDevMs: 40, maxMs: 1000 }, 200, 200 + 2.3263 * 40],
    [
      'lognormal',
      { distribution: 'lognormal', meanMs: 100, stdDevMs: 50, maxMs: 5000 },
      Math.exp(mu),
      Math.exp(mu + 2.3263 * sigma),
    ],
    [
      'percentiles',
      {
        distribution: 'percentiles',
        points: [
          [0, 10],
          [50, 20],
          [99, 500],
          [100, 2000],
        ],
      },
      20,
      500,
    ],
  ])('that is %s has the median and the 99th percentile of its distribution', (_, delay, p50, p99) => {
    const all = drawn(delay);
    expect(Math.abs(at(all, 0.5) - p50) / p50).toBeLessThan(0.03);
    expect(Math.abs(at(all, 0.99) - p99) / p99).toBeLessThan(0.05);
  });

  it('has the mean that its rule names', () => {
    expect(mean(drawn({ distribution: 'lognormal', meanMs: 100, stdDevMs: 50, maxMs: 9000 }))).toBeCloseTo(
      100,
      -1,
    );
    expect(mean(drawn({ distribution: 'normal', meanMs: 200, stdDevMs: 40, maxMs: 9000 }))).toBeCloseTo(
      200,
      -1,
    );
  });

  it('is never negative and never longer than its longest, at every chance', () => {
    const delays: Delay[] = [
      { distribution: 'normal', meanMs: 10, stdDevMs: 500, maxMs: 120 },
      { distribution: 'lognormal', meanMs: 10, stdDevMs: 500, maxMs: 120 },
      { distribution: 'lognormal', meanMs: 0, stdDevMs: 5, maxMs: 120 },
      { distribution: 'uniform', minMs: 3, maxMs: 120 },
      { distribution: 'percentiles', points: [[50, 120]] },
    ];
    for (const delay of delays)
      for (const chance of [0, 1e-9, 0.02, 0.5, 0.98, 1 - 2 ** -32]) {
        const ms = delayTimeMs(delay, chance);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(120);
      }
  });

  it('by percentiles stays level below the first point and above the last', () => {
    const delay: Delay = {
      distribution: 'percentiles',
      points: [
        [10, 5],
        [90, 50],
      ],
    };
    expect([0.01, 0.1, 0.5, 0.9, 0.999].map((chance) => delayTimeMs(delay, chance))).toEqual([
      5, 5, 27.5, 50, 50,
    ]);
  });
});
