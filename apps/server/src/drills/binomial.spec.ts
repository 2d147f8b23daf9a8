import { describe, expect, it } from '@jest/globals';
import { binomialBounds } from './binomial.ts';

/** A small generator, so that the same draws come every time. */
function* draws(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe('binomialBounds', () => {
  it('is certain where nothing is left to chance', () => {
    expect(binomialBounds(0, 0.5)).toEqual({ low: 0, high: 0 });
    expect(binomialBounds(100, 1)).toEqual({ low: 100, high: 100 });
    expect(binomialBounds(100, 0)).toEqual({ low: 0, high: 0 });
  });

  it('knows small cases by heart', () => {
    // Of 10 throws of a coin, 0 or 10 heads come once in 512: inside; nothing lies outside of 99.9 %.
    expect(binomialBounds(10, 0.5)).toEqual({ low: 0, high: 10 });
    // Of 100: 34 to 66.
    expect(binomialBounds(100, 0.5)).toEqual({ low: 34, high: 66 });
    expect(binomialBounds(1000, 0.001)).toEqual({ low: 0, high: 6 });
  });

  it('is the same from both sides, and where it goes over into a normal curve', () => {
    const { low, high } = binomialBounds(1000, 0.3);
    expect(binomialBounds(1000, 0.7)).toEqual({ low: 1000 - high, high: 1000 - low });
    const [below, above] = [binomialBounds(6600, 0.3), binomialBounds(6700, 0.3)];
    expect(above.low - below.low).toBeGreaterThan(0);
    expect(above.low - below.low).toBeLessThan(60);
    expect(above.high - below.high).toBeLessThan(60);
  });

  it('holds nearly every draw', () => {
    const random = draws(7);
    let outside = 0;
    for (let round = 0; round < 2000; round++) {
      let hits = 0;
      for (let i = 0; i < 200; i++) if ((random.next().value as number) < 0.2) hits++;
      const { low, high } = binomialBounds(200, 0.2);
      if (hits < low || hits > high) outside++;
    }
    expect(outside).toBeLessThan(12);
  });
});
