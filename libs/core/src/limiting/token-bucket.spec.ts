import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { TokenBucket, tokenBucketShape } from './token-bucket.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 5 : 1;

const rule = (limit: number, intervalMs = 1000, burst = 0) =>
  ({ algorithm: 'tokenBucket', limit, intervalMs, burst }) as const;

function takeAll(bucket: TokenBucket, nowMs: number): number {
  for (let taken = 0; ; taken++) {
    if (bucket.peek({ nowMs }) > 0) return taken;
    bucket.commit({ nowMs });
  }
}

/** The same in whole numbers: a token is `intervalMs` parts, and each millisecond brings `limit` of them. */
class ExactBucket {
  readonly limit: number;
  readonly intervalMs: number;
  readonly capacity: number;
  parts: number;
  lastMs: number;

  constructor(limit: number, intervalMs: number, burst: number, nowMs: number) {
    this.limit = limit;
    this.intervalMs = intervalMs;
    this.capacity = (limit + burst) * intervalMs;
    this.parts = this.capacity;
    this.lastMs = nowMs;
  }

  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - this.lastMs);
    this.lastMs = Math.max(this.lastMs, nowMs);
    this.parts = Math.min(this.capacity, this.parts + elapsedMs * this.limit);
    if (this.parts < this.intervalMs) return false;
    this.parts -= this.intervalMs;
    return true;
  }
}

describe('TokenBucket', () => {
  it('starts with what it may save, and gets it back evenly', () => {
    const bucket = new TokenBucket(tokenBucketShape(rule(10, 1000, 5)), 0);
    expect(takeAll(bucket, 0)).toBe(15);
    expect(bucket.retryAfterMs(0)).toBe(100);
    expect(takeAll(bucket, 99)).toBe(0);
    expect(takeAll(bucket, 100)).toBe(1);
    expect(takeAll(bucket, 600)).toBe(5);
    expect(takeAll(bucket, 1e9)).toBe(15);
  });

  it('lets a call through now and then when the limit is below one', () => {
    const bucket = new TokenBucket(tokenBucketShape(rule(0.5)), 0);
    expect([0, 1000, 1999, 2000].map((nowMs) => takeAll(bucket, nowMs))).toEqual([1, 0, 0, 1]);
  });

  it('takes nothing by being asked', () => {
    const bucket = new TokenBucket(tokenBucketShape(rule(1)), 0);
    for (let i = 0; i < 10; i++) expect(bucket.peek({ nowMs: 0 })).toBe(0);
    expect(bucket.used(0)).toBe(0);
  });

  it('gives back what a call took that never ran, and no more than it holds', () => {
    const bucket = new TokenBucket(tokenBucketShape(rule(2)), 0);
    bucket.commit({ nowMs: 0 });
    bucket.giveBack(0);
    bucket.giveBack(0);
    expect(takeAll(bucket, 0)).toBe(2);
  });

  it('keeps what was taken when the limit changes', () => {
    const bucket = new TokenBucket(tokenBucketShape(rule(100)), 0);
    bucket.commit({ nowMs: 0 });
    bucket.commit({ nowMs: 0 });
    bucket.reshape(tokenBucketShape(rule(10)), 0);
    expect(takeAll(bucket, 0)).toBe(8);
    bucket.reshape(tokenBucketShape(rule(1000)), 0);
    expect(takeAll(bucket, 0)).toBe(990);
  });

  it('decides as whole numbers do, over random steps and jumps of the clock', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer(),
        fc.integer({ min: 0, max: 1e9 }),
        (limit, intervalMs, burst, seed, startMs) => {
          const draw = seededDraw(seed);
          const bucket = new TokenBucket(tokenBucketShape(rule(limit, intervalMs, burst)), startMs);
          const exact = new ExactBucket(limit, intervalMs, burst, startMs);
          let nowMs = startMs;
          for (let i = 0; i < 1500; i++, steps++) {
            const kind = draw();
            if (kind < 0.5) nowMs += Math.floor(draw() * 3);
            else if (kind < 0.52) nowMs += Math.floor(draw() * 2 * intervalMs);
            else if (kind < 0.53) nowMs = Math.max(0, nowMs - Math.floor(draw() * 5000));
            const goes = bucket.peek({ nowMs }) === 0;
            if (goes) bucket.commit({ nowMs });
            if (goes !== exact.take(nowMs)) throw new Error(`step ${i} at ${nowMs}: ${goes}`);
          }
        },
      ),
      { numRuns: 150 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(225_000 * times);
  });

  it('never lets more go in an interval than it holds and what drips in', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1000, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer(),
        (limit, burst, seed) => {
          const draw = seededDraw(seed);
          const bucket = new TokenBucket(tokenBucketShape(rule(limit, 1000, burst)), 0);
          const passed: number[] = [];
          for (let nowMs = 0; passed.length < 500 && nowMs < 60_000; nowMs += draw() * 5)
            if (bucket.peek({ nowMs }) === 0) {
              bucket.commit({ nowMs });
              passed.push(nowMs);
            }
          passed.forEach((fromMs, i) => {
            const toMs = passed[Math.min(i + 100, passed.length - 1)]!;
            const allowed = Math.max(1, limit + burst) + ((toMs - fromMs) * limit) / 1000;
            expect(Math.min(101, passed.length - i)).toBeLessThanOrEqual(allowed + 1e-3);
          });
        },
      ),
    );
  });

  it('says exactly when the next may go', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (limit, nowMs) => {
          const shape = tokenBucketShape(rule(limit));
          const bucket = new TokenBucket(shape, nowMs);
          takeAll(bucket, nowMs);
          const waitMs = bucket.retryAfterMs(nowMs);
          expect(bucket.peek({ nowMs: nowMs + waitMs + 1e-3 })).toBe(0);
          // A millionth of a token counts as nothing, so the last of the wait may be spared.
          const beforeMs = waitMs - 3e-6 / shape.perMs;
          if (beforeMs > 0) expect(bucket.peek({ nowMs: nowMs + beforeMs })).toBe(Number.POSITIVE_INFINITY);
        },
      ),
      { examples: [[26.999899999999993, 0]] },
    );
  });
});
