import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { Window } from './window.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 7 : 1;

describe('Window', () => {
  it('holds the calls of the bucket of the present and nine before, over random steps and jumps', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer(),
        (tenth, startMs, seed) => {
          const draw = seededDraw(seed);
          const window = new Window(tenth * 10, startMs);
          let calls: { bucket: number; isBad: boolean }[] = [];
          let [nowMs, latestMs] = [startMs, startMs];
          for (let i = 0; i < 1500; i++, steps++) {
            const kind = draw();
            if (kind < 0.8) nowMs += draw() * tenth;
            else if (kind < 0.82) nowMs += draw() * tenth * 30;
            else if (kind < 0.83) nowMs = Math.max(0, nowMs - draw() * tenth * 5);
            latestMs = Math.max(latestMs, nowMs);
            const bucket = Math.floor(latestMs / tenth);
            const isBad = draw() < 0.3;
            window.add(nowMs, isBad);
            calls = [...calls.filter((call) => call.bucket > bucket - 10), { bucket, isBad }];
            const bad = calls.filter((call) => call.isBad).length;
            if (window.total !== calls.length || window.bad !== bad)
              throw new Error(`step ${i}: ${window.total}/${window.bad} instead of ${calls.length}/${bad}`);
          }
        },
      ),
      { numRuns: 100 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(150_000 * times);
  });

  it('forgets everything in a pause, without a timer', () => {
    const window = new Window(1000, 0);
    for (let i = 0; i < 10; i++) window.add(i * 100, true);
    expect(window.total).toBe(10);
    window.move(1500);
    expect(window.total).toBe(4);
    window.move(1e12);
    expect([window.total, window.bad]).toEqual([0, 0]);
  });

  it('takes what it holds along into another length', () => {
    const window = new Window(1000, 0);
    window.add(0, true);
    window.add(500, false);
    const longer = window.resized(10_000, 900);
    expect([longer.windowMs, longer.total, longer.bad]).toEqual([10_000, 2, 1]);
    longer.move(9_999);
    expect(longer.total).toBe(2);
    longer.move(10_001);
    expect(longer.total).toBe(0);
  });
});
