import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { WarmUp, warmUpShape } from './warm-up.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 9 : 1;

const rule = (limit: number, warmUpSec = 10, coldFactor = 3) =>
  ({ algorithm: 'warmUp', limit, warmUpSec, coldFactor }) as const;

/** Calls let go in each second, when there is one more call every `everyMs`. */
function perSecond(limiter: WarmUp, fromMs: number, seconds: number, everyMs = 1): number[] {
  const counts = new Array<number>(seconds).fill(0);
  for (let nowMs = fromMs; nowMs < fromMs + seconds * 1000; nowMs += everyMs)
    if (limiter.peek({ nowMs }) === 0) {
      limiter.commit({ nowMs });
      counts[Math.floor((nowMs - fromMs) / 1000)]! += 1;
    }
  return counts;
}

/** The definition, told in steps of a millisecond. */
class SteppedWarmUp {
  readonly stableMs: number;
  readonly coldMs: number;
  readonly warmUpMs: number;
  readonly warm: number;
  readonly max: number;
  stored: number;
  backlogMs = 0;

  constructor(limit: number, warmUpSec: number, coldFactor: number) {
    this.stableMs = 1000 / limit;
    this.coldMs = this.stableMs * coldFactor;
    this.warmUpMs = warmUpSec * 1000;
    this.warm = (warmUpSec * limit) / 2;
    this.max = this.warm + (2 * this.warmUpMs) / (this.stableMs + this.coldMs);
    this.stored = this.max;
  }

  tick(): void {
    const restMs = Math.max(0, 1 - this.backlogMs);
    this.backlogMs = Math.max(0, this.backlogMs - 1);
    this.stored = Math.min(this.max, this.stored + (restMs * this.max) / this.warmUpMs);
  }

  get spacingMs(): number {
    const share = Math.max(0, (this.stored - this.warm) / (this.max - this.warm));
    return this.stableMs + share * (this.coldMs - this.stableMs);
  }

  /** How far the next call would reach beyond what is allowed; at most 0 when it may go. */
  get excessMs(): number {
    return this.backlogMs + this.spacingMs - Math.max(1000, this.spacingMs);
  }

  take(): void {
    this.backlogMs += this.spacingMs;
    this.stored = Math.max(0, this.stored - 1);
  }
}

/** A clock that mostly goes on, sometimes far, sometimes back. */
function walk(draw: () => number, nowMs: number): number {
  const kind = draw();
  if (kind < 0.6) return nowMs + Math.floor(draw() * 6);
  if (kind < 0.61) return nowMs + Math.floor(draw() * 8000);
  return kind > 0.99 ? Math.max(0, nowMs - 50) : nowMs;
}

describe('WarmUp', () => {
  it('lets a part of the limit go after a rest, and all of it once it is warm', () => {
    const limiter = new WarmUp(warmUpShape(rule(300)), 0);
    expect(limiter.rate(0)).toBeCloseTo(100, 6);
    const counts = perSecond(limiter, 0, 20);
    // The first second also sees what a rest saved: one second's worth.
    expect(counts[0]).toBeGreaterThanOrEqual(195);
    expect(counts[0]).toBeLessThanOrEqual(220);
    for (let i = 2; i < 10; i++) expect(counts[i]!).toBeGreaterThanOrEqual(counts[i - 1]!);
    for (const count of counts.slice(11)) expect(Math.abs(count - 300)).toBeLessThanOrEqual(1);
    expect(limiter.rate(20_000)).toBe(300);
  });

  it('takes as long as it says, within the second that a rest saves', () => {
    for (const [limit, warmUpSec, coldFactor] of [
      [300, 10, 3],
      [100, 30, 3],
      [1000, 5, 2],
      [200, 20, 10],
    ] as const) {
      const limiter = new WarmUp(warmUpShape(rule(limit, warmUpSec, coldFactor)), 0);
      let nowMs = 0;
      for (; limiter.rate(nowMs) < limit; nowMs++)
        if (limiter.peek({ nowMs }) === 0) limiter.commit({ nowMs });
      expect(Math.abs(nowMs / 1000 - warmUpSec)).toBeLessThanOrEqual(1.1);
    }
  });

  it('cools down while it rests, and stays cold under little load', () => {
    const limiter = new WarmUp(warmUpShape(rule(300)), 0);
    perSecond(limiter, 0, 20);
    expect(limiter.rate(22_000)).toBe(300);
    expect(limiter.rate(31_001)).toBeCloseTo(100, 6);
    const idle = new WarmUp(warmUpShape(rule(300)), 0);
    expect(perSecond(idle, 0, 60, 20).every((count) => count === 50)).toBe(true);
    expect(idle.rate(60_000)).toBeLessThan(120);
  });

  it('never blocks for ever, not even with the smallest numbers', () => {
    for (const [limit, warmUpSec, coldFactor] of [
      [1, 1, 3],
      [0.1, 1, 3],
      [0.001, 1, 100],
      [5, 1, 1],
      [1e9, 3600, 100],
    ] as const) {
      const limiter = new WarmUp(warmUpShape(rule(limit, warmUpSec, coldFactor)), 0);
      let nowMs = 0;
      for (let i = 0; i < 100; i++) {
        nowMs += limiter.retryAfterMs(nowMs);
        expect(limiter.peek({ nowMs: nowMs + 1e-3 })).toBe(0);
        limiter.commit({ nowMs: nowMs + 1e-3 });
      }
      expect(Number.isFinite(nowMs)).toBe(true);
    }
  });

  it('keeps how warm it is and what it let go when the limit changes', () => {
    const limiter = new WarmUp(warmUpShape(rule(300)), 0);
    perSecond(limiter, 0, 5);
    const [rate, used] = [limiter.rate(5000), limiter.used(5000)];
    limiter.reshape(warmUpShape(rule(600)), 5000);
    expect(limiter.rate(5000)).toBeCloseTo(2 * rate, 6);
    expect(limiter.used(5000)).toBeCloseTo(used, 6);
    limiter.giveBack(5000);
    expect(limiter.used(5000)).toBeLessThan(used);
  });

  it('is its definition in steps of a millisecond, over random steps', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer(),
        (limit, warmUpSec, coldFactor, seed) => {
          const draw = seededDraw(seed);
          const limiter = new WarmUp(warmUpShape(rule(limit, warmUpSec, coldFactor)), 0);
          const stepped = new SteppedWarmUp(limit, warmUpSec, coldFactor);
          let [nowMs, latestMs] = [0, 0];
          for (let i = 0; i < 1500; i++, steps++) {
            nowMs = walk(draw, nowMs);
            for (; latestMs < nowMs; latestMs++) stepped.tick();
            const goes = limiter.peek({ nowMs }) === 0;
            // Where the two are a rounding apart, either answer is right.
            if (Math.abs(stepped.excessMs) > 1e-4 * stepped.spacingMs && goes !== stepped.excessMs < 0)
              throw new Error(`step ${i} at ${nowMs}: ${goes}, ${stepped.excessMs}`);
            if (!goes) continue;
            limiter.commit({ nowMs });
            stepped.take();
          }
        },
      ),
      { numRuns: 80 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(120_000 * times);
  });
});
