import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import { fairShares, wholeShares } from './fair-shares.ts';

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
      const whole = wholeShares(limit, shares);
      expect(sum(whole)).toBeLessThanOrEqual(Math.floor(limit));
      expect(whole.every(Number.isInteger)).toBe(true);
    }
  });

  it('gives who wants little what it wants, and the rest to who wants much', () => {
    const shares = fairShares(100, [900, 10, 10, 0]);
    expect(shares[1]).toBeCloseTo(9.4, 1);
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
