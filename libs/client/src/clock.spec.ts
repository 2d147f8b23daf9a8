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
