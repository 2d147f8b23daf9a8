import { describe, expect, it } from '@jest/globals';
import { Lull } from './lull.ts';

describe('Lull', () => {
  it('is there once after a burst, and not while it lasts', () => {
    const lull = new Lull();
    expect(lull.isTime(0)).toBe(false);
    for (let nowMs = 1000; nowMs <= 1600; nowMs += 50) {
      lull.came(nowMs);
      expect(lull.isTime(nowMs)).toBe(false);
    }
    expect(lull.isTime(1799)).toBe(false);
    expect(lull.isTime(1800)).toBe(true);
    expect(lull.isTime(9000)).toBe(false);
  });

  it('comes once a second where the burst never ends', () => {
    const lull = new Lull();
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 10) {
      lull.came(nowMs);
      if (lull.isTime(nowMs)) times.push(nowMs);
    }
    expect(times).toEqual([1000, 2010, 3020, 4030]);
  });
});
