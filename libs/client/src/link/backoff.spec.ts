import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Backoff } from './backoff.ts';

describe('backoff', () => {
  it('stays between 0.5 s and 30 s with full jitter, over a bound that doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 50 }), (draws) => {
        let i = 0;
        const backoff = new Backoff(() => draws[i++] ?? 0);
        draws.forEach((_, attempt) => {
          const ms = backoff.nextMs();
          expect(ms).toBeGreaterThanOrEqual(500);
          expect(ms).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** (attempt + 1)));
        });
      }),
    );
  });

  it('starts anew after success, and waits at least as long as the server asks', () => {
    const backoff = new Backoff(() => 0.999);
    const first = backoff.nextMs();
    for (let i = 0; i < 10; i++) backoff.nextMs();
    expect(backoff.nextMs()).toBeGreaterThan(29_000);
    backoff.reset();
    expect(backoff.nextMs()).toBe(first);
    expect(backoff.nextMs(20_000)).toBeGreaterThanOrEqual(20_500);
  });

  it('asks rarely about what will not heal', () => {
    for (const draw of [0, 0.5, 0.999]) {
      const ms = new Backoff(() => draw).hopelessMs();
      expect(ms).toBeGreaterThanOrEqual(48_000);
      expect(ms).toBeLessThanOrEqual(72_000);
    }
  });
});
