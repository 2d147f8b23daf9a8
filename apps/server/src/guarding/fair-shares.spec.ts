import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import { callShares, fairShares } from './fair-shares.ts';

const sum = (shares: readonly number[]): number => shares.reduce((total, share) => total + share, 0);

describe('fairShares', () => {
  it('comes to the limit, never to more, and leaves nobody with nothing', () => {
    const draw = seededDraw(11);
    for (let round = 0; round < 500; round++) {
      const limit = draw() * 1000 + 0.001;
      const demands = Array.from({ length: 1 + Math.floor(draw() * 40) }, () =>
        draw() < 0.4 ? 0 : draw() ** 4 * 3000,
      );
      const shares = fairShares(limit, demands);
      expect(sum(shares)).toBeLessThanOrEqual(limit * (1 + 1e-9));
      expect(sum(shares)).toBeGreaterThan(limit * (1 - 1e-9));
      expect(Math.min(...shares)).toBeGreaterThan(0);
      // Who wants more never gets less.
      const byDemand = demands.map((_, i) => i).sort((a, b) => demands[a]! - demands[b]!);
      expect(byDemand.every((i, at) => at === 0 || shares[i]! >= shares[byDemand[at - 1]!]! - 1e-9)).toBe(
        true,
      );
      const calls = callShares(limit, shares, demands);
      expect(sum(calls)).toBeLessThanOrEqual(limit * (1 + 1e-9));
      expect(calls.every((share, i) => share > 0 || (share === 0 && demands[i] === 0))).toBe(true);
      expect(calls.every((share) => share < 1 || Number.isInteger(share))).toBe(true);
      expect(calls.every((share, i) => share > shares[i]! - 1)).toBe(true);
    }
  });

  it('gives who wants little what it wants, and the rest to who wants much', () => {
    const shares = fairShares(100, [900, 10, 10, 0]);
    expect(shares[1]).toBeCloseTo(8.7, 1);
    expect(shares[3]).toBeLessThan(0.5);
    expect(shares[0]).toBeGreaterThan(75);
  });

  it('spreads what nobody wants', () => {
    const shares = fairShares(100, [10, 0]);
    expect(shares[0]).toBeGreaterThan(50);
    expect(shares[1]).toBeGreaterThan(20);
    expect(fairShares(100, [])).toEqual([]);
  });
});

describe('callShares', () => {
  const of = (limit: number, demands: readonly number[]): number[] =>
    callShares(limit, fairShares(limit, demands), demands);

  it('are whole where there is a call for each', () => {
    expect(of(10, [1, 1, 1, 1, 1, 1])).toEqual([2, 2, 2, 2, 1, 1]);
    expect(of(3, [5, 5])).toEqual([2, 1]);
  });

  it('give each a call now and then where there are more instances than calls', () => {
    for (const share of of(2, [1, 1, 1, 1, 1, 1, 1, 1])) expect(share).toBeCloseTo(0.25, 6);
    expect(callShares(1, [0.5, 0.5], [3, 3])).toEqual([0.5, 0.5]);
  });

  it('go to who wants them, and shut nobody out who wants any', () => {
    const [first, ...others] = of(3, [100, 0, 0, 0, 0, 0]);
    expect(first).toBe(3);
    expect(sum(others)).toBeCloseTo(0, 9);
    expect(Math.min(...of(3, [100, 0.1, 0.1, 0.1]))).toBeGreaterThan(0.09);
  });
});
