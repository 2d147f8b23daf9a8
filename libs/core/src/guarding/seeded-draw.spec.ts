import { describe, expect, it } from '@jest/globals';
import { seededDraw } from './seeded-draw.ts';

describe('seededDraw', () => {
  it('draws the same for the same seed, and other numbers for another', () => {
    const [a, b, c] = [seededDraw(7), seededDraw(7), seededDraw(8)];
    const first = Array.from({ length: 100 }, a);
    expect(Array.from({ length: 100 }, b)).toEqual(first);
    expect(Array.from({ length: 100 }, c)).not.toEqual(first);
  });

  it('spreads evenly over [0, 1)', () => {
    const draw = seededDraw(1);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(draw() * 10)]! += 1;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
