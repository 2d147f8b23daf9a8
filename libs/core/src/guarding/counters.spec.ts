import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Counters, latencyBoundMs } from './counters.ts';

const bucketOf = (durationMs: number): number => {
  const counters = new Counters();
  counters.enter();
  counters.exit('success', { startMs: 0 }, { nowMs: durationMs });
  return counters.take().latency.indexOf(1);
};

describe('Counters', () => {
  it('puts a duration where its bound is at most a quarter above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2_000_000, noNaN: true }), (durationMs) => {
        const bucket = bucketOf(durationMs);
        expect(durationMs).toBeLessThan(latencyBoundMs(bucket));
        if (durationMs >= 0.004) expect(latencyBoundMs(bucket)).toBeLessThanOrEqual(durationMs * 1.26);
        if (bucket > 0) expect(durationMs + 1e-9).toBeGreaterThanOrEqual(latencyBoundMs(bucket - 1));
      }),
      { numRuns: 2000 },
    );
    expect(bucketOf(1e12)).toBe(bucketOf(2_147_483));
    expect(bucketOf(-1)).toBe(0);
  });

  it.each(['waited', 'gaveUp', 'degraded'] as const)('are not idle with something of %s to tell', (what) => {
    const counters = new Counters();
    counters[what] += 1;
    expect(counters.isIdle).toBe(false);
    expect([counters.take()[what], counters.isIdle]).toEqual([1, true]);
  });

  it('tells each rule what it would have refused, however the calls take turns', () => {
    const counters = new Counters();
    const [both, one] = [['r', 's'], ['s']];
    for (const ruleIds of [both, both, one, one, one, both, one]) counters.watched(ruleIds);
    const { wouldBlock, rules } = counters.take();
    expect(wouldBlock).toBe(7);
    expect([...rules]).toEqual([
      ['r', { blocked: 0, wouldBlock: 3 }],
      ['s', { blocked: 0, wouldBlock: 7 }],
    ]);
    counters.watched(one);
    counters.block('limited', 'q');
    expect([...counters.take().rules]).toEqual([
      ['s', { blocked: 0, wouldBlock: 1 }],
      ['q', { blocked: 1, wouldBlock: 0 }],
    ]);
    expect([...counters.take().rules]).toEqual([]);
  });

  it('counts every way in and out once, and begins anew when it is taken', () => {
    const counters = new Counters();
    expect(counters.isIdle).toBe(true);
    for (let i = 0; i < 4; i++) counters.enter();
    counters.exit('success', { startMs: 0 }, { nowMs: 1 });
    counters.exit('error', { startMs: 0 }, { nowMs: 1 });
    counters.exit('abort', { startMs: 0 }, { nowMs: 1 });
    counters.block('limited', 'r');
    expect(counters.take()).toMatchObject({
      passed: 4,
      success: 1,
      error: 1,
      abort: 1,
      active: 1,
      blocked: { limited: 1, breakerOpen: 0 },
    });
    const after = counters.take();
    expect([after.passed, after.blocked.limited, after.active]).toEqual([0, 0, 1]);
    expect(after.latency.every((count) => count === 0)).toBe(true);
    expect(counters.isIdle).toBe(true);
    counters.watched(['r', 's']);
    expect([counters.isIdle, [...counters.take().rules]]).toEqual([
      false,
      [
        ['r', { blocked: 0, wouldBlock: 1 }],
        ['s', { blocked: 0, wouldBlock: 1 }],
      ],
    ]);
  });
});
