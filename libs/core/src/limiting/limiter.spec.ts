import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Concurrency } from './concurrency.ts';
import { LeakyBucket } from './leaky-bucket.ts';
import type { Limiter } from './limiter.ts';
import { SlidingWindow } from './sliding-window.ts';
import { TokenBucket } from './token-bucket.ts';
import { WarmUp } from './warm-up.ts';

const makers: Readonly<Record<string, () => Limiter>> = {
  'token bucket': () => new TokenBucket({ capacity: 3, perMs: 0.02 }, 0),
  'leaky bucket': () =>
    new LeakyBucket({ spacingMs: 20, capacityMs: 60, maxQueueMs: 50, maxQueueLength: 2 }, 0),
  'sliding window': () => new SlidingWindow({ limit: 3, windowMs: 100 }, 0),
  concurrency: () => new Concurrency({ max: 3, queue: 2, maxQueueMs: 50 }),
  'warm-up': () =>
    new WarmUp(
      { stableMs: 20, maxStored: 5, warmStored: 2, slopeMs: 10, restPerMs: 0.02, capacityMs: 1000 },
      0,
    ),
};

describe('taking in one step', () => {
  it.each(Object.entries(makers))('is asking and taking in two, of a %s', (_, make) => {
    // How far the clock goes, back too, and whether something is given back in between.
    const step = fc.record({
      byMs: fc.oneof(fc.double({ min: -5, max: 60, noNaN: true }), fc.constant(0)),
      givesBack: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [one, two] = [make(), make()];
        let nowMs = 0;
        let taken = 0;
        for (const { byMs, givesBack } of steps) {
          nowMs += byMs;
          const mayGo = two.peek({ nowMs }) === 0;
          if (mayGo) two.commit({ nowMs });
          expect(one.take({ nowMs })).toBe(mayGo);
          if (mayGo) taken += 1;
          if (givesBack && taken > 0) {
            taken -= 1;
            one.giveBack(nowMs, nowMs, 0);
            two.giveBack(nowMs, nowMs, 0);
          }
          expect([one.used(nowMs), one.retryAfterMs(nowMs)]).toEqual([
            two.used(nowMs),
            two.retryAfterMs(nowMs),
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('giving back in the same moment', () => {
  it.each(['token bucket', 'sliding window', 'concurrency'] as const)('leaves a %s as it was', (name) => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ byMs: fc.double({ min: 0, max: 60, noNaN: true }), stays: fc.boolean() }), {
          maxLength: 60,
        }),
        (steps) => {
          const [asked, other] = [makers[name]!(), makers[name]!()];
          let nowMs = 0;
          for (const { byMs, stays } of steps) {
            nowMs += byMs;
            const mayGo = asked.take({ nowMs });
            expect(other.peek({ nowMs }) === 0).toBe(mayGo);
            if (mayGo && stays) other.commit({ nowMs });
            else if (mayGo) asked.giveBack(nowMs, nowMs, 0);
            // A bucket adds up in more steps what dripped in.
            expect(asked.used(nowMs)).toBeCloseTo(other.used(nowMs), 9);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
