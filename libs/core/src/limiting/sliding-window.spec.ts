import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { SlidingWindow } from './sliding-window.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 6 : 1;

function take(window: SlidingWindow, nowMs: number): boolean {
  if (window.peek({ nowMs }) > 0) return false;
  window.commit({ nowMs });
  return true;
}

/** The most calls that any stretch of `windowMs` holds, both ends included. */
function worst(passed: readonly number[], windowMs: number): number {
  let [most, from] = [0, 0];
  passed.forEach((atMs, i) => {
    while (atMs - passed[from]! > windowMs) from++;
    most = Math.max(most, i - from + 1);
  });
  return most;
}

type Step = (draw: () => number, windowMs: number, limit: number) => number;
/** How far calls lie apart: crowds, calls a window apart, a steady stream, and anything, back in time too. */
const steps: readonly Step[] = [
  (draw, windowMs) => (draw() < 0.8 ? 0 : (draw() * windowMs) / 2),
  (draw, windowMs, limit) => windowMs * (draw() < 0.5 ? 1 / limit : 0.999 + draw() / 500),
  (_, windowMs, limit) => windowMs / (2 * limit),
  (draw, windowMs) => draw() * windowMs * (draw() < 0.1 ? 3 : 0.3) - (draw() < 0.05 ? windowMs / 4 : 0),
];

describe('SlidingWindow', () => {
  it('never holds more than its limit, wherever the window begins', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.integer(),
        (limit, windowMs, startMs, seed) => {
          const draw = seededDraw(seed);
          const window = new SlidingWindow({ limit, windowMs }, startMs);
          const passed: number[] = [];
          let nowMs = startMs;
          for (let i = 0; i < 1500; i++, steps++) {
            const kind = draw();
            if (kind < 0.8) nowMs += (draw() * windowMs) / limit;
            else if (kind < 0.9) nowMs += windowMs * (0.9 + draw() / 5);
            if (take(window, nowMs)) passed.push(nowMs);
          }
          if (worst(passed, windowMs) > limit) throw new Error(`${worst(passed, windowMs)} of ${limit}`);
        },
      ),
      { numRuns: 150 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(225_000 * times);
  });

  it('never does so in short traces of any kind, from the first call on', () => {
    const traces = process.env.SLUICE_LONG_TESTS ? 1_000_000 : 20_000;
    const draw = seededDraw(7);
    let refused = 0;
    for (let trace = 0; trace < traces; trace++) {
      const limit = 1 + Math.floor(draw() * 6);
      const windowMs = 1 + Math.floor(draw() * 1000);
      const startMs = draw() < 0.5 ? 0 : draw() * 1e12;
      const window = new SlidingWindow({ limit, windowMs }, startMs);
      const passed: number[] = [];
      const step = steps[Math.floor(draw() * steps.length)]!;
      let nowMs = startMs;
      for (let i = 0; i < 30; i++) {
        nowMs += step(draw, windowMs, limit);
        // A clock that goes back counts as one that stands still.
        const countedMs = Math.max(nowMs, passed.at(-1) ?? startMs);
        if (take(window, nowMs)) passed.push(countedMs);
        else refused++;
      }
      if (worst(passed, windowMs) > limit)
        throw new Error(`trace ${trace}: ${worst(passed, windowMs)} of ${limit} in ${windowMs} ms`);
    }
    expect(refused).toBeGreaterThan(traces);
  });

  it('counts the calls of the bucket of the present and ten before, over random steps and jumps', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer(),
        (limit, tenth, seed) => {
          const draw = seededDraw(seed);
          const windowMs = tenth * 10;
          const widthMs = tenth * (1 + 1e-6);
          const window = new SlidingWindow({ limit, windowMs }, 0);
          let passed: number[] = [];
          let [nowMs, latestMs] = [0, 0];
          for (let i = 0; i < 1500; i++, steps++) {
            const kind = draw();
            if (kind < 0.8) nowMs += (draw() * windowMs) / limit;
            else if (kind < 0.82) nowMs += windowMs * 2 * draw();
            else if (kind < 0.84) nowMs = Math.max(0, nowMs - windowMs * draw());
            latestMs = Math.max(latestMs, nowMs);
            const first = Math.floor(latestMs / widthMs) - 10;
            passed = passed.filter((atMs) => Math.floor(atMs / widthMs) >= first);
            const goes = take(window, nowMs);
            if (goes !== passed.length < limit) throw new Error(`step ${i} at ${nowMs}: ${goes}`);
            if (goes) passed.push(latestMs);
          }
        },
      ),
      { numRuns: 120 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(180_000 * times);
  });

  it('lets at least ten elevenths of the limit go in a steady stream', () => {
    const window = new SlidingWindow({ limit: 100, windowMs: 1000 }, 0);
    let passed = 0;
    for (let nowMs = 0; nowMs < 110_000; nowMs++) if (take(window, nowMs)) passed++;
    expect(passed).toBeGreaterThanOrEqual(9_990);
    expect(passed).toBeLessThanOrEqual(11_000);
  });

  it('says when the next may go: not before, and then indeed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (limit, seed) => {
        const draw = seededDraw(seed);
        const window = new SlidingWindow({ limit, windowMs: 1000 }, 0);
        let nowMs = 0;
        while (take(window, nowMs)) nowMs += draw() * 100;
        const waitMs = window.retryAfterMs(nowMs);
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(1101);
        expect(window.peek({ nowMs: nowMs + waitMs - 0.01 })).toBe(Number.POSITIVE_INFINITY);
        expect(window.peek({ nowMs: nowMs + waitMs })).toBe(0);
      }),
      // The sum of these moments was a rounding short of the end of a bucket.
      { examples: [[19, 1_763_549_208]] },
    );
  });

  it('gives back the call of its bucket, as long as that is looked at', () => {
    const window = new SlidingWindow({ limit: 1, windowMs: 1000 }, 0);
    expect(take(window, 50)).toBe(true);
    window.giveBack(400, 50);
    expect(take(window, 400)).toBe(true);
    window.giveBack(5000, 400);
    expect(window.used(5000)).toBe(0);
    expect(take(window, 5000)).toBe(true);
    expect(take(window, 5000)).toBe(false);
  });

  it('keeps what it counted when the limit changes', () => {
    const window = new SlidingWindow({ limit: 100, windowMs: 1000 }, 0);
    take(window, 0);
    take(window, 0);
    window.reshape({ limit: 10, windowMs: 1000 }, 0);
    expect(Array.from({ length: 20 }, () => take(window, 0)).filter(Boolean)).toHaveLength(8);
  });

  it('keeps its promise through a change of the window, from the first moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer(),
        (limit, before, after, seed) => {
          const draw = seededDraw(seed);
          const window = new SlidingWindow({ limit, windowMs: before }, 0);
          const passed: number[] = [];
          let nowMs = 0;
          for (let i = 0; i < 300; i++) {
            nowMs += (draw() * before) / limit;
            if (take(window, nowMs)) passed.push(nowMs);
          }
          window.reshape({ limit, windowMs: after }, nowMs);
          for (let i = 0; i < 300; i++) {
            nowMs += (draw() * after) / limit;
            if (take(window, nowMs)) passed.push(nowMs);
          }
          // What a shorter window had forgotten, a longer one can't know; all that it knows it counts.
          expect(worst(passed, Math.min(before, after))).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('lets one call go in as many windows as a limit below 1 says, and none under 0', () => {
    const window = new SlidingWindow({ limit: 0.4, windowMs: 1000 }, 0);
    expect([0, 1101, 2499, 2500, 4999, 5000].map((nowMs) => take(window, nowMs))).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
    expect([window.retryAfterMs(6200), window.used(6200), window.isIdle(6200)]).toEqual([1300, 1, false]);
    expect([window.used(7500), window.isIdle(7500)]).toEqual([0, true]);
    take(window, 7500);
    window.giveBack(7600, 7500);
    expect(take(window, 7600)).toBe(true);
    window.reshape({ limit: 0, windowMs: 1000 }, 7600);
    expect([8000, 1e9].map((nowMs) => take(window, nowMs))).toEqual([false, false]);
    expect(window.retryAfterMs(8000)).toBeCloseTo(1e12, 0);
    window.reshape({ limit: 1, windowMs: 1000 }, 1e9);
    expect(take(window, 1e9)).toBe(true);
  });

  it('keeps its promise while the limit moves about, above and below 1, and shuts nobody out', () => {
    const limits = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0.05, max: 1, noNaN: true }));
    const step = fc.record({ byMs: fc.double({ min: 0, max: 800, noNaN: true }), limit: limits });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.boolean(), (all, often) => {
        const window = new SlidingWindow({ limit: 5, windowMs: 1000 }, 0);
        const passed: number[] = [];
        let [nowMs, sinceMs, current] = [0, 0, 5];
        all.forEach(({ byMs, limit }, i) => {
          nowMs += byMs;
          if (take(window, nowMs)) {
            const widthMs = 1000 / Math.min(1, current) - 1e-6;
            // Of a call before the limit went below 1 it knows only what its window held.
            const known = passed.filter((atMs) => atMs > nowMs - widthMs && atMs >= sinceMs - 1000);
            expect(known.length + 1).toBeLessThanOrEqual(Math.max(1, current));
            passed.push(nowMs);
          }
          if (!often && i % 10 !== 0) return;
          if (current >= 1) sinceMs = nowMs;
          current = limit;
          window.reshape({ limit, windowMs: 1000 }, nowMs);
        });
        const waitMs = window.retryAfterMs(nowMs);
        expect(waitMs).toBeLessThanOrEqual(Math.max(1101, 1000 / current) + 1e-6);
        expect(take(window, nowMs + waitMs)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
