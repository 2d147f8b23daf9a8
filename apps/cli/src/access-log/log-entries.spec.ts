import { describe, expect, it } from '@jest/globals';
import { InOrder } from './in-order.ts';
import { LogEntries } from './log-entries.ts';
import type { LogEntry } from './log-line.ts';

const line = (second: number, ip: string): string =>
  `${ip} - - [17/May/2015:10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "GET / HTTP/1.1" 200 5\n`;

/** What a log comes to when it arrives in pieces of so many bytes. */
function taken(text: string, size: number): { ips: string[]; entries: LogEntries } {
  const ips: string[] = [];
  const entries = new LogEntries({ format: 'common', withCaller: false }, ({ ip }) => ips.push(ip));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) entries.take(bytes.subarray(at, at + size));
  entries.end();
  return { ips, entries };
}

describe('a log', () => {
  it.each([1, 7, 64, 100_000])('is the same in pieces of %i bytes', (size) => {
    const text = `${line(1, 'a')}\n${line(2, 'b')}wrong\r\n${line(3, 'c').trimEnd()}`;
    const { ips, entries } = taken(text, size);
    expect(ips).toEqual(['a', 'b', 'c']);
    expect(entries).toMatchObject({ lines: 5, badLines: 1 });
    expect(entries.firstBad).toMatchObject([{ line: 4, text: expect.stringMatching(/^wrong/) }]);
  });

  it('goes on over bad lines, and keeps the first five', () => {
    const { ips, entries } = taken(`${'?\n'.repeat(9)}${line(1, 'a')}`, 5);
    expect(ips).toEqual(['a']);
    expect(entries.badLines).toBe(9);
    expect(entries.firstBad.map((bad) => bad.line)).toEqual([1, 2, 3, 4, 5]);
  });

  it('passes over a line without end, and finds the next', () => {
    const { ips, entries } = taken(`${'x'.repeat(3 << 20)}\n${line(1, 'a')}`, 1 << 19);
    expect(ips).toEqual(['a']);
    expect(entries).toMatchObject({ badLines: 1, lines: 2, firstBad: [{ line: 1 }] });
  });
});

describe('the order of time', () => {
  const at = (second: number, ip: string) => ({ atMs: second * 1000, ip }) as LogEntry;
  const ordered = (entries: readonly LogEntry[]) => {
    const ips: string[] = [];
    const order = new InOrder(({ ip }) => ips.push(ip));
    for (const entry of entries) order.take(entry);
    order.end();
    return { ips: ips.join(''), late: order.late };
  };

  it('is found again within two minutes, and lines of one second stay as they are', () => {
    expect(ordered([at(10, 'b'), at(5, 'a'), at(10, 'c'), at(100, 'e'), at(99, 'd')])).toEqual({
      ips: 'abcde',
      late: 0,
    });
  });

  it('is not waited for longer: what comes later is passed on where it stands, and counted', () => {
    expect(ordered([at(10, 'a'), at(500, 'b'), at(9, 'x'), at(501, 'c')])).toEqual({ ips: 'axbc', late: 1 });
  });

  it('holds back only so many', () => {
    const many = Array.from({ length: 250_000 }, (_, i) => at(i % 100, ''));
    let passed = 0;
    const order = new InOrder(() => {
      passed += 1;
    });
    for (const entry of many) order.take(entry);
    expect(passed).toBeGreaterThan(50_000);
    order.end();
    expect(passed).toBe(250_000);
  });
});
