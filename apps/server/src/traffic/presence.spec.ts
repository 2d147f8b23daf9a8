import { describe, expect, it } from '@jest/globals';
import { Coverage } from './coverage.ts';
import { Presence } from './presence.ts';

const beginMs = 1_700_000_000_000;

/** How many are known of in each of the first seconds. */
const known = (coverage: Coverage, seconds: number): number[] =>
  Array.from({ length: seconds }, (_, n) => {
    const fromMs = beginMs + n * 1000;
    return coverage.of(fromMs, fromMs + 1000).instances;
  });

describe('what is known of an instance', () => {
  it('are the seconds between its signs, and nothing after the last one', () => {
    const coverage = new Coverage();
    const presence = new Presence(coverage, beginMs);
    presence.sign(beginMs + 2100);
    expect(known(coverage, 4)).toEqual([1, 1, 0, 0]);
    presence.sign(beginMs + 7000);
    expect(known(coverage, 9)).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it('has a gap where it was silent for too long, but for what it tells of later', () => {
    const coverage = new Coverage();
    const presence = new Presence(coverage, beginMs);
    presence.sign(beginMs + 1000);
    presence.sign(beginMs + 11_000);
    presence.told(beginMs + 3000);
    presence.told(beginMs + 3000);
    presence.sign(beginMs + 13_000);
    expect(known(coverage, 14)).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0]);
  });

  it('counts each second once, and instances apart', () => {
    const coverage = new Coverage();
    const [one, other] = [new Presence(coverage, beginMs), new Presence(coverage, beginMs + 1000)];
    one.told(beginMs);
    one.told(beginMs + 1000);
    one.sign(beginMs + 2500);
    other.told(beginMs - 1000);
    other.sign(beginMs + 2500);
    one.told(beginMs + 1000);
    expect(known(coverage, 3)).toEqual([1, 2, 0]);
  });
});
