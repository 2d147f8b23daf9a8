import { describe, expect, it } from '@jest/globals';
import type { TrafficPoint, TrafficTally } from '@sluice/protocol';
import { mergedBreakers, mergedMinute, mergedPoints, mergedTally } from './merged-tally.ts';

const tally = (calls: number, ms?: readonly [number, number, number]): TrafficTally => ({
  passed: calls,
  blocked: { limited: 1 },
  wouldBlock: 2,
  success: calls,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 3,
  ...(ms && { p50Ms: ms[0], p90Ms: ms[1], p99Ms: ms[2] }),
});
const point = (at: string, calls: number): TrafficPoint => ({
  at,
  ...tally(calls),
  instances: 2,
  lost: 1,
  opened: 1,
});

describe('what several nodes tell of the same time', () => {
  it('adds up', () => {
    const sum = { passed: 15, blocked: { limited: 2 }, wouldBlock: 4, success: 15, active: 6 };
    expect(mergedTally([tally(5), tally(10)])).toMatchObject(sum);
  });

  it('is known of since the first of them knows anything', () => {
    const minute = (calls: number, seconds: number) => ({ ...tally(calls), instances: 2, seconds });
    expect(mergedMinute([minute(5, 12), minute(10, 40)])).toMatchObject({
      passed: 15,
      instances: 4,
      seconds: 40,
    });
  });

  it('has quantiles of all calls, by how many there were on each', () => {
    const fast = tally(99_000, [1, 2, 3]);
    const slow = tally(1000, [100, 200, 300]);
    expect(mergedTally([fast])).toEqual(fast);
    expect(mergedTally([fast, fast])).toMatchObject({ p50Ms: 1, p90Ms: 2, p99Ms: 3 });
    expect(mergedTally([fast, slow])).toMatchObject({ p50Ms: 2, p90Ms: 3, p99Ms: 3 });
    expect(mergedTally([tally(1000, [1, 2, 3]), slow])).toMatchObject({ p50Ms: 3, p90Ms: 200, p99Ms: 300 });
    expect(mergedTally([fast, tally(0)])).toMatchObject({ p50Ms: 1, p99Ms: 3 });
    expect(mergedTally([tally(1), tally(2)]).p50Ms).toBeUndefined();
  });

  it('is a step of the chart where any of them knows of it', () => {
    const merged = mergedPoints([[point('a', 1), point('b', 2)], [], [point('b', 3), point('c', 4)]]);
    expect(
      merged.map(({ at, passed, instances, lost, opened }) => [at, passed, instances, lost, opened]),
    ).toEqual([
      ['a', 1, 2, 1, 1],
      ['b', 5, 4, 2, 2],
      ['c', 4, 2, 1, 1],
    ]);
  });

  it('counts breakers by rule and state', () => {
    const open = (instanceId: string) => ({
      rule: 'guard/cut',
      states: { open: 1 } as const,
      instances: [{ instanceId, state: 'open' as const }],
    });
    expect(mergedBreakers([[open('a')], [open('b')], []])).toEqual([
      {
        rule: 'guard/cut',
        states: { open: 2 },
        instances: [
          { instanceId: 'a', state: 'open' },
          { instanceId: 'b', state: 'open' },
        ],
      },
    ]);
  });
});
