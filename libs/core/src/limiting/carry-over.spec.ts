import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Keeps } from './carry-over.ts';
import { LeakyBucket, leakyBucketShape } from './leaky-bucket.ts';
import type { Limiter } from './limiter.ts';
import { TokenBucket, tokenBucketShape } from './token-bucket.ts';
import { WarmUp, warmUpShape } from './warm-up.ts';

const intervalMs = 1000;
const coldFactor = 3;

interface Reshaped extends Limiter {
  limitTo(limit: number, nowMs: number, keeps: Keeps): void;
}

function reshaped<S, L extends Limiter & { reshape(shape: S, nowMs: number, keeps: Keeps): void }>(
  limiter: L,
  shapeOf: (limit: number) => S,
): Reshaped {
  return Object.assign(limiter, {
    limitTo: (limit: number, nowMs: number, keeps: Keeps) => limiter.reshape(shapeOf(limit), nowMs, keeps),
  });
}

const makers: Readonly<Record<string, (limit: number) => Reshaped>> = {
  'token bucket': (limit) => {
    const shapeOf = (each: number) => tokenBucketShape({ algorithm: 'tokenBucket', limit: each, intervalMs });
    return reshaped(new TokenBucket(shapeOf(limit), 0), shapeOf);
  },
  meter: (limit) => {
    const shapeOf = (each: number) =>
      leakyBucketShape({ algorithm: 'leakyBucket', limit: each, intervalMs, maxQueueMs: 0 });
    return reshaped(new LeakyBucket(shapeOf(limit), 0), shapeOf);
  },
  'warm-up': (limit) => {
    const shapeOf = (each: number) =>
      warmUpShape({ algorithm: 'warmUp', limit: each, warmUpSec: 2, coldFactor });
    return reshaped(new WarmUp(shapeOf(limit), 0), shapeOf);
  },
};

/** The most that it can hold, in calls. */
const capacityOf = (limit: number): number => Math.max(coldFactor, limit);

function takeAll(limiter: Limiter, nowMs: number, atMost = Number.POSITIVE_INFINITY): number {
  let taken = 0;
  while (taken < atMost && limiter.take({ nowMs })) taken++;
  return taken;
}

const limits = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0.01, max: 3, noNaN: true }));
/** Time that goes by, calls that come then, and the limit from then on. */
const steps = fc.array(
  fc.record({
    byMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3000, noNaN: true })),
    calls: fc.oneof(fc.constant(0), fc.constant(1000), fc.integer({ min: 0, max: 20 })),
    limit: limits,
  }),
  { maxLength: 40 },
);

/** What is let through over all the steps, and what dripped in meanwhile. */
function admittedAndRefill(
  limiter: Reshaped,
  first: number,
  all: readonly { byMs: number; calls: number; limit: number }[],
  keeps: Keeps,
): [admitted: number, refill: number] {
  let [limit, nowMs, admitted, refill] = [first, 0, 0, 0];
  for (const { byMs, calls, limit: next } of all) {
    nowMs += byMs;
    refill += (byMs * limit) / intervalMs;
    admitted += takeAll(limiter, nowMs, calls);
    limiter.limitTo(next, nowMs, keeps);
    limit = next;
  }
  return [admitted + takeAll(limiter, nowMs), refill];
}

describe.each(Object.entries(makers))('a share that moves about, of a %s', (_, make) => {
  it('lets no more through than it held at first and what dripped in', () => {
    fc.assert(
      fc.property(limits, steps, (first, all) => {
        const [admitted, refill] = admittedAndRefill(make(first), first, all, 'left');
        expect(admitted).toBeLessThanOrEqual(capacityOf(first) + refill + 1e-3);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what is left as far as it fits, and fills up to the new limit', () => {
    const limiter = make(10);
    const held = takeAll(make(10), 0);
    limiter.limitTo(1000, 0, 'left');
    limiter.limitTo(100, 0, 'left');
    expect(takeAll(limiter, 0)).toBe(held);
    limiter.limitTo(10, 0, 'left');
    limiter.limitTo(100, 0, 'left');
    expect(takeAll(limiter, 0)).toBe(0);
    expect(takeAll(limiter, 60_000)).toBe(takeAll(make(100), 0));
  });
});

describe.each(Object.entries(makers))('a limit that changes, of a %s', (_, make) => {
  it('lets no more through than the largest that it could hold and what dripped in', () => {
    fc.assert(
      fc.property(limits, steps, (first, all) => {
        const [admitted, refill] = admittedAndRefill(make(first), first, all, 'taken');
        const largest = Math.max(...[first, ...all.map(({ limit }) => limit)].map(capacityOf));
        expect(admitted).toBeLessThanOrEqual(largest + refill + 1e-3);
      }),
      { numRuns: 500 },
    );
  });

  it('remembers what was taken, however often it is lowered and raised again', () => {
    const limiter = make(100);
    const held = takeAll(limiter, 0);
    expect(held).toBeGreaterThan(30);
    for (let swing = 0; swing < 20; swing++) {
      limiter.limitTo(10, 0, 'taken');
      expect(takeAll(limiter, 0)).toBe(0);
      limiter.limitTo(100, 0, 'taken');
      expect(takeAll(limiter, 0)).toBe(0);
    }
    expect(limiter.isIdle(0)).toBe(false);
  });

  it('forgets it by what drips in while there is no room for it', () => {
    const [limiter, unused] = [make(100), make(100)];
    takeAll(limiter, 0);
    limiter.limitTo(10, 0, 'taken');
    unused.limitTo(10, 0, 'taken');
    const nowMs = 60_000;
    expect(limiter.isIdle(nowMs)).toBe(true);
    for (const each of [limiter, unused]) each.limitTo(100, nowMs, 'taken');
    expect(takeAll(limiter, nowMs)).toBe(takeAll(unused, nowMs));
  });

  it('has what is left of it after a raise that is larger', () => {
    const [limiter, straight] = [make(100), make(100)];
    for (const each of [limiter, straight]) takeAll(each, 0);
    limiter.limitTo(10, 0, 'taken');
    for (const each of [limiter, straight]) each.limitTo(200, 0, 'taken');
    const [left, leftStraight] = [takeAll(limiter, 0), takeAll(straight, 0)];
    expect(left).toBeGreaterThan(30);
    expect(Math.abs(left - leftStraight)).toBeLessThanOrEqual(1);
  });
});
