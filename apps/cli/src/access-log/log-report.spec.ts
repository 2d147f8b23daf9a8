import { expect, it } from '@jest/globals';
import type { Rules } from '@sluice/core';
import type { LogEntry } from './log-line.ts';
import { LogTally } from './log-report.ts';
import { leftWarnings } from './log-warnings.ts';

const beginMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const entry = (minute: number, ip = '192.0.2.1'): LogEntry =>
  ({ atMs: beginMs + minute * minuteMs, ip }) as LogEntry;

it('knows the worst minutes of a log of months, at its end too', () => {
  const tally = new LogTally({} as Rules, 'ip');
  for (let minute = 0; minute < 220_000; minute++) {
    const isHit = minute % 20_000 === 19_999;
    tally.add(entry(minute), '/', isHit ? 'block' : 'pass', []);
    if (minute === 219_999) tally.add(entry(minute), '/', 'block', []);
  }
  const report = tally.report();
  expect(report).toMatchObject({ calls: 220_001, wouldBlock: 12, minutes: 220_000, minutesHit: 11 });
  expect(report.left).toEqual({ minutes: 0, keys: 0, resources: 0 });
  expect(report.byMinute).toHaveLength(100_000);
  expect(report.byMinute.filter(({ wouldBlock }) => wouldBlock > 0)).toHaveLength(11);
  expect(report.byMinute.at(-1)).toEqual({
    at: new Date(beginMs + 219_999 * minuteMs).toISOString(),
    calls: 2,
    wouldBlock: 2,
  });
});

it('counts what is too much to be told apart', () => {
  const tally = new LogTally({} as Rules, 'ip');
  for (let n = 0; n < 100_003; n++) tally.add(entry(n * 1440, `ip${n}`), `/${n % 10}`, 'block', []);
  const report = tally.report();
  expect(report).toMatchObject({ calls: 100_003, wouldBlock: 100_003, minutes: 4000, keysHit: 100_000 });
  expect(report.left).toEqual({ minutes: 96_003, keys: 3, resources: 0 });
  expect(leftWarnings(report.left).map(({ en }) => en.slice(0, 24))).toEqual([
    '96003 requests are of da',
    '3 requests have a key th',
  ]);
});
