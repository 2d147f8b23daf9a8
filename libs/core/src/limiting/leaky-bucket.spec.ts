import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { LeakyBucket, leakyBucketShape } from './leaky-bucket.ts';
import { TokenBucket, tokenBucketShape } from './token-bucket.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 6 : 1;

const shape = (
  limit: number,
  more: { intervalMs?: number; maxQueueMs?: number; maxQueueLength?: number } = {},
) => leakyBucketShape({ algorithm: 'leakyBucket', limit, intervalMs: 1000, maxQueueMs: 1000, ...more });

/** What `peek` answers, taken if it is a promise. */
function ask(bucket: LeakyBucket, nowMs: number): number {
  const waitMs = bucket.peek({ nowMs });
  if (waitMs < Number.POSITIVE_INFINITY) bucket.commit({ nowMs });
  return waitMs;
}

/** A clock that mostly goes on, sometimes far, sometimes back. */
function walk(draw: () => number, nowMs: number, stepMs: number, farMs: number): number {
  const kind = draw();
  if (kind < 0.7) return nowMs + draw() * stepMs;
  if (kind < 0.72) return nowMs + draw() * farMs;
  return kind < 0.73 ? Math.max(0, nowMs - draw() * 1000) : nowMs;
}

describe('LeakyBucket as a queue', () => {
  it('spaces calls to the millisecond', () => {
    const bucket = new LeakyBucket(shape(10), 0);
    expect([0, 0, 0, 30, 250].map((nowMs) => ask(bucket, nowMs))).toEqual([0, 100, 200, 270, 150]);
    expect(ask(bucket, 10_000)).toBe(0);
    expect(ask(bucket, 10_000)).toBe(100);
  });

  it('makes nobody wait longer than that, nor with more than so many others', () => {
    const byTime = new LeakyBucket(shape(10, { maxQueueMs: 250 }), 0);
    expect([0, 0, 0, 0].map((nowMs) => ask(byTime, nowMs))).toEqual([0, 100, 200, Number.POSITIVE_INFINITY]);
    expect(byTime.retryAfterMs(0)).toBe(300);
    expect(ask(byTime, 50)).toBe(250);
    const byLength = new LeakyBucket(shape(10, { maxQueueLength: 1 }), 0);
    expect([0, 0, 0, 50].map((nowMs) => ask(byLength, nowMs))).toEqual([
      0,
      100,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(byLength.retryAfterMs(50)).toBe(150);
    expect(ask(byLength, 100)).toBe(100);
    const nobody = new LeakyBucket(shape(10, { maxQueueLength: 0 }), 0);
    expect([0, 99, 100].map((nowMs) => ask(nobody, nowMs))).toEqual([0, Number.POSITIVE_INFINITY, 0]);
  });

  it('gives a slot back only to who is last in line', () => {
    const bucket = new LeakyBucket(shape(10), 0);
    expect([0, 0, 0].map((nowMs) => ask(bucket, nowMs))).toEqual([0, 100, 200]);
    bucket.giveBack(10, 0, 100);
    expect(bucket.peek({ nowMs: 10 })).toBe(290);
    bucket.giveBack(10, 0, 200);
    expect(bucket.peek({ nowMs: 10 })).toBe(190);
    expect(bucket.peek({ nowMs: 250 })).toBe(0);
  });

  it('keeps the times that it promised when the limit changes', () => {
    const bucket = new LeakyBucket(shape(10), 0);
    expect([0, 0].map((nowMs) => ask(bucket, nowMs))).toEqual([0, 100]);
    bucket.reshape(shape(2), 50);
    expect([50, 50].map((nowMs) => ask(bucket, nowMs))).toEqual([550, Number.POSITIVE_INFINITY]);
    bucket.reshape(shape(100), 100);
    expect([100, 100].map((nowMs) => ask(bucket, nowMs))).toEqual([510, 520]);
  });

  it('goes on at the new pace at once, however slow it was', () => {
    const bucket = new LeakyBucket(shape(1e-6), 0);
    expect([0, 500].map((nowMs) => ask(bucket, nowMs))).toEqual([0, Number.POSITIVE_INFINITY]);
    bucket.reshape(shape(10), 500);
    const waitMs = ask(bucket, 500);
    expect(waitMs).toBeCloseTo(100, 3);
    bucket.giveBack(550, 500, waitMs);
    expect(ask(bucket, 600)).toBe(0);
  });

  it('lets no more go than the paces add up to, whatever they change to', () => {
    const step = fc.record({
      byMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 500, noNaN: true })),
      limit: fc.double({ min: 0.01, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (all) => {
        // Nobody waits, so that what was promised at another pace doesn't count.
        const bucket = new LeakyBucket(shape(10, { maxQueueLength: 0 }), 0);
        let [nowMs, limit, admitted, refill] = [0, 10, 0, 0];
        for (const { byMs, limit: next } of all) {
          nowMs += byMs;
          refill += (byMs * limit) / 1000;
          if (ask(bucket, nowMs) === 0) admitted += 1;
          bucket.reshape(shape(next, { maxQueueLength: 0 }), nowMs);
          limit = next;
        }
        expect(admitted).toBeLessThanOrEqual(1 + refill + 1e-3);
      }),
      { numRuns: 500 },
    );
  });

  it('is a list of slots, one spacing apart, over random steps and jumps of the clock', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 4, 5, 8, 10, 20, 50, 100),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer(),
        (limit, maxQueueMs, maxQueueLength, seed) => {
          const draw = seededDraw(seed);
          const bucket = new LeakyBucket(shape(limit, { maxQueueMs, maxQueueLength }), 0);
          const spacingMs = 1000 / limit;
          let slots: number[] = [];
          let [nowMs, latestMs] = [0, 0];
          for (let i = 0; i < 1500; i++, steps++) {
            nowMs = Math.floor(walk(draw, nowMs, spacingMs * 1.5, 5000));
            latestMs = Math.max(latestMs, nowMs);
            const last = slots.at(-1) ?? Number.NEGATIVE_INFINITY;
            const slot = Math.max(latestMs, last + spacingMs);
            const waiting = slots.filter((other) => other > latestMs).length;
            const fits = slot === latestMs || (slot - latestMs <= maxQueueMs && waiting < maxQueueLength);
            const expected = fits ? slot - latestMs : Number.POSITIVE_INFINITY;
            if (fits) slots = [...slots.slice(-30), slot];
            const waitMs = ask(bucket, nowMs);
            if (waitMs !== expected && !(Math.abs(waitMs - expected) < 1e-6))
              throw new Error(`step ${i} at ${nowMs}: ${waitMs} instead of ${expected}`);
          }
        },
      ),
      { numRuns: 120 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(180_000 * times);
  });
});

describe('LeakyBucket as a meter', () => {
  it('makes nobody wait and decides like a token bucket, through changes of the limit too', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer(),
        (before, after, intervalMs, seed) => {
          const draw = seededDraw(seed);
          const meterShape = (limit: number) => shape(limit, { intervalMs, maxQueueMs: 0 });
          const tokenShape = (limit: number) =>
            tokenBucketShape({ algorithm: 'tokenBucket', limit, intervalMs });
          const meter = new LeakyBucket(meterShape(before), 0);
          const tokens = new TokenBucket(tokenShape(before), 0);
          let nowMs = 0;
          for (let i = 0; i < 1500; i++, steps++) {
            nowMs = walk(draw, nowMs, 4, 2 * intervalMs);
            if (i === 750) {
              meter.reshape(meterShape(after), nowMs);
              tokens.reshape(tokenShape(after), nowMs);
            }
            const waitMs = meter.peek({ nowMs });
            if (waitMs !== tokens.peek({ nowMs })) throw new Error(`step ${i} at ${nowMs}: ${waitMs}`);
            if (waitMs > 0) continue;
            meter.commit({ nowMs });
            tokens.commit({ nowMs });
          }
        },
      ),
      { numRuns: 120 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(180_000 * times);
  });

  it('says when the next may go, and gives back', () => {
    const meter = new LeakyBucket(shape(2, { maxQueueMs: 0 }), 0);
    expect([0, 0, 0].map((nowMs) => ask(meter, nowMs))).toEqual([0, 0, Number.POSITIVE_INFINITY]);
    expect(meter.retryAfterMs(0)).toBe(500);
    expect(meter.used(0)).toBe(2);
    meter.giveBack(0, 0, 0);
    expect(ask(meter, 0)).toBe(0);
  });
});
