import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { Concurrency, concurrencyShape, type Waiter } from './concurrency.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 12 : 1;

const shape = (max: number, queue = 0, maxQueueMs = 100) =>
  concurrencyShape({ algorithm: 'concurrency', max, queue, maxQueueMs });

class Caller implements Waiter {
  permits = 0;
  granted(): void {
    this.permits += 1;
  }
}

describe('Concurrency', () => {
  it('lets so many go at a time, queues so many, and refuses the rest', () => {
    const limit = new Concurrency(shape(2, 1));
    limit.commit();
    expect(limit.peek()).toBe(0);
    limit.commit();
    expect(limit.peek()).toBe(100);
    const caller = new Caller();
    limit.join(caller);
    expect(limit.peek()).toBe(Number.POSITIVE_INFINITY);
    limit.release();
    expect([caller.permits, limit.inUse, limit.waiting]).toEqual([1, 2, 0]);
    limit.release();
    limit.release();
    expect([limit.inUse, limit.isIdle()]).toEqual([0, true]);
  });

  it('serves in the order of arrival, and lets nobody in between', () => {
    const limit = new Concurrency(shape(1, 3));
    limit.commit();
    const callers = [new Caller(), new Caller(), new Caller()];
    for (const caller of callers) limit.join(caller);
    limit.release();
    expect(callers.map((c) => c.permits)).toEqual([1, 0, 0]);
    expect(limit.peek()).toBeGreaterThan(0);
    expect(limit.leave(callers[1]!)).toBe(true);
    expect(limit.leave(callers[0]!)).toBe(false);
    limit.release();
    expect(callers.map((c) => c.permits)).toEqual([1, 0, 1]);
  });

  it('keeps permits through a change, and gives new ones to who waits', () => {
    const limit = new Concurrency(shape(3, 5));
    for (let i = 0; i < 3; i++) limit.commit();
    limit.reshape(shape(1, 5));
    const callers = [new Caller(), new Caller(), new Caller()];
    for (const caller of callers) limit.join(caller);
    limit.release();
    limit.release();
    expect([limit.inUse, callers.map((c) => c.permits)]).toEqual([1, [0, 0, 0]]);
    limit.release();
    expect([limit.inUse, callers.map((c) => c.permits)]).toEqual([1, [1, 0, 0]]);
    limit.reshape(shape(3, 5));
    expect([limit.inUse, callers.map((c) => c.permits)]).toEqual([3, [1, 1, 1]]);
  });

  it('counts whole permits, rounded down, so that nobody comes in before who waits', () => {
    const limit = new Concurrency(shape(2.5, 5));
    expect([limit.take(), limit.take(), limit.take()]).toEqual([true, true, false]);
    const caller = new Caller();
    limit.join(caller);
    limit.release();
    expect([caller.permits, limit.peek()]).toEqual([1, 100]);
    // Ten times a tenth of three is a rounding short of it.
    const summed = new Concurrency(shape(3 - 1e-9));
    expect([1, 2, 3, 4].map(() => summed.take())).toEqual([true, true, true, false]);
  });

  it('lets nobody in under a max of 0, and who waits goes when it grows', () => {
    const limit = new Concurrency(shape(0, 2));
    expect([limit.take(), limit.peek()]).toEqual([false, 100]);
    expect(new Concurrency(shape(0)).peek()).toBe(Number.POSITIVE_INFINITY);
    const callers = [new Caller(), new Caller()];
    for (const caller of callers) limit.join(caller);
    limit.reshape(shape(1, 2));
    limit.reshape(shape(0, 2));
    limit.release();
    expect([limit.inUse, callers.map((c) => c.permits)]).toEqual([0, [1, 0]]);
    limit.reshape(shape(0.9, 2));
    expect(limit.inUse).toBe(0);
    limit.reshape(shape(1, 2));
    expect(callers.map((c) => c.permits)).toEqual([1, 1]);
  });

  it('comes back to nothing in use, whatever comes, waits, leaves and ends in whatever order', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer(),
        (max, queue, seed) => {
          const crowd = new Crowd(max, queue, seededDraw(seed));
          for (let i = 0; i < 1500; i++, steps++) crowd.step();
          expect(crowd.leaveAll().isIdle()).toBe(true);
        },
      ),
      { numRuns: 60 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(90_000 * times);
  });
});

/** Callers that come, wait, go away and end at random, and who of them must have a permit. */
class Crowd {
  readonly limit: Concurrency;
  readonly max: number;
  readonly queue: number;
  readonly draw: () => number;
  readonly running: Caller[] = [];
  readonly waiting: Caller[] = [];

  constructor(max: number, queue: number, draw: () => number) {
    this.limit = new Concurrency(shape(max, queue));
    this.max = max;
    this.queue = queue;
    this.draw = draw;
  }

  step(): void {
    const kind = this.draw();
    if (kind < 0.5) this.come();
    else if (kind < 0.95) this.end();
    else if (this.waiting.length > 0) this.limit.leave(this.one(this.waiting));
    if (this.limit.inUse !== this.running.length || this.limit.waiting !== this.waiting.length)
      throw new Error(`${this.limit.inUse} in use, ${this.running.length} running`);
  }

  leaveAll(): Concurrency {
    while (this.waiting.length > 0) this.limit.leave(this.one(this.waiting));
    while (this.running.length > 0) this.end();
    return this.limit;
  }

  come(): void {
    const isFree = this.running.length < this.max;
    const expected = isFree ? 0 : this.waiting.length < this.queue ? 100 : Number.POSITIVE_INFINITY;
    expect(this.limit.peek()).toBe(expected);
    const caller = new Caller();
    if (isFree) {
      this.limit.commit();
      this.running.push(caller);
    } else if (expected === 100) {
      this.limit.join(caller);
      this.waiting.push(caller);
    }
  }

  /** One call ends, and whoever waits longest has its permit. */
  end(): void {
    if (this.running.length === 0) return;
    this.one(this.running);
    this.limit.release();
    const next = this.waiting.shift();
    if (!next) return;
    expect(next.permits).toBe(1);
    this.running.push(next);
  }

  one(callers: Caller[]): Caller {
    return callers.splice(Math.floor(this.draw() * callers.length), 1)[0]!;
  }
}
