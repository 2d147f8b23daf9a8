import { describe, expect, it } from '@jest/globals';
import { Coverage } from './coverage.ts';
import { type Heard, heardColumns, heardIn, instancesTogether } from './heard.ts';
import { fieldCount } from './tally-fields.ts';

const beginMs = Date.parse('2026-01-01T00:00:00Z');
const minuteMs = 60_000;
/** So many instances, heard in each second of these. */
const heard = (...told: readonly [instances: number, from: number, to: number][]): Heard => {
  const coverage = new Coverage();
  for (const [instances, from, to] of told)
    for (let second = from; second < to; second++)
      for (let n = 0; n < instances; n++) coverage.heard(beginMs / 1000 + second);
  return coverage.of(beginMs, beginMs + minuteMs);
};

describe('instances that several nodes knew of', () => {
  it('add up where they were known of at the same time, also in a minute that runs', () => {
    expect(instancesTogether([heard([3, 0, 60]), heard([2, 0, 60])])).toBe(5);
    expect(instancesTogether([heard([3, 0, 7]), heard([2, 0, 7])])).toBe(5);
    expect(instancesTogether([heard([3, 0, 60])])).toBe(3);
  });

  it('are as many as before when their server starts anew', () => {
    expect(instancesTogether([heard([3, 0, 20]), heard([3, 24, 60])])).toBe(3);
    expect(instancesTogether([heard([3, 0, 21]), heard([3, 20, 60])])).toBe(3);
    expect(instancesTogether([heard([3, 0, 20]), heard([3, 24, 60]), heard([2, 0, 60])])).toBe(5);
  });

  it('are as many as before when some go from node to node', () => {
    expect(instancesTogether([heard([3, 0, 30], [1, 30, 60]), heard([1, 0, 30], [3, 30, 60])])).toBe(4);
  });

  it('are at least as many as one of them knew of', () => {
    expect(instancesTogether([heard([9, 0, 10]), heard([1, 50, 60])])).toBe(9);
    expect(instancesTogether([heard(), heard([2, 0, 60])])).toBe(2);
  });

  it('add up in rows of an earlier version, which do not tell when', () => {
    const row = (instances: number): Heard =>
      heardIn([...new Array<number>(fieldCount).fill(0), instances, 1]);
    expect(row(3)).toMatchObject({ instances: 3, lost: 1, seconds: 0 });
    expect(instancesTogether([row(3), heard([2, 0, 60])])).toBe(5);
  });

  it('are the same after they were written and read', () => {
    const told = heard([3, 4, 20], [1, 20, 41]);
    expect(told).toEqual({ instances: 3, lost: 0, seconds: 69, fromSecond: 4, toSecond: 41 });
    expect(heardIn([...new Array<number>(fieldCount).fill(0), ...heardColumns(told)])).toEqual(told);
  });
});
