import { performance } from 'node:perf_hooks';
import { describe, expect, it } from '@jest/globals';
import { readerOf, systemClock } from './clock.ts';

describe('the clock of the system', () => {
  it('tells the same time as performance.now', () => {
    for (let n = 0; n < 1000; n++) {
      const times = [performance.now(), systemClock.monotonic(), performance.now()];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it('takes timers of tests and of a DOM, which are numbers', () => {
    const real = globalThis.setTimeout;
    globalThis.setTimeout = (() => 7) as never;
    try {
      const timer = systemClock.after(10, () => undefined);
      timer.hold?.(true);
      timer.hold?.(false);
      timer.cancel();
    } finally {
      globalThis.setTimeout = real;
    }
  });

  const cases: [string, object][] = [
    ['has no such getter', {}],
    ['has a plain value there', { duration: 3 }],
    ['tells another time', Object.defineProperty({}, 'duration', { get: () => 7 })],
    ['tells no time', Object.defineProperty({}, 'duration', { get: () => undefined })],
  ];
  it.each(cases)('asks performance.now where the process %s', (_, nodeTiming) => {
    let nowMs = 100;
    const read = readerOf({ now: () => nowMs, nodeTiming });
    nowMs = 101;
    expect(read()).toBe(101);
  });
});
