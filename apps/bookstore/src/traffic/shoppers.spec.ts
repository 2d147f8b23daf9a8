import { describe, expect, it } from '@jest/globals';
import { nextVisitMs, shopperName } from './shoppers.ts';

describe('shoppers', () => {
  it('come as often as asked for on average', () => {
    const draws = Array.from({ length: 10_000 }, (_, i) => (i + 0.5) / 10_000);
    const meanMs = draws.reduce((sum, draw) => sum + nextVisitMs(20, draw), 0) / draws.length;
    expect(meanMs).toBeGreaterThan(49);
    expect(meanMs).toBeLessThan(51);
  });

  it('are a fixed circle of people', () => {
    expect([shopperName(0), shopperName(0.999)]).toEqual(['shopper-1', 'shopper-200']);
  });
});
