import { describe, expect, it } from '@jest/globals';
import type { Rules } from '../model/rule.ts';
import { replay } from './replay.ts';
import { type ReplayCall, ReplayRun, type ReplayVerdict } from './replay-run.ts';
import { seededDraw } from './seeded-draw.ts';

const everything = { match: 'prefix', value: '' } as const;
const rules: Rules = {
  window: {
    kind: 'limit',
    algorithm: 'slidingWindow',
    limit: 3,
    windowMs: 1000,
    per: { by: 'ip' },
    resource: everything,
    mode: 'intercept',
  },
  paced: {
    kind: 'limit',
    algorithm: 'leakyBucket',
    limit: 20,
    intervalMs: 1000,
    maxQueueMs: 400,
    resource: everything,
    mode: 'intercept',
  },
  few: { kind: 'limit', algorithm: 'concurrency', max: 2, resource: everything, mode: 'monitor' },
};

const callAt = (atMs: number, ip: string, durationMs?: number): ReplayCall => ({
  atMs,
  resource: 'GET /',
  type: 'web',
  inputs: { ip },
  mayWait: true,
  outcome: 'success',
  ...(durationMs !== undefined && { durationMs }),
});

describe('a replay that is brought its calls one by one', () => {
  it('decides like one that has them all', () => {
    const draw = seededDraw(7);
    const calls: ReplayCall[] = [];
    for (let atMs = 0; calls.length < 2000; atMs += draw() * 80)
      calls.push(callAt(atMs, `10.0.0.${Math.floor(draw() * 9)}`, draw() * 300));
    const told = (): [ReplayVerdict, string][] => [];
    const [one, all] = [told(), told()];
    const options = { rules, seed: 1, wallOffsetMs: 0 };
    const run = new ReplayRun<number>({
      ...options,
      onDecision: (tag, verdict, ids) => {
        one[tag] = [verdict, ids.join()];
      },
    });
    calls.forEach((call, index) => {
      run.take(call, index);
    });
    const totals = run.end();
    const expected = replay(calls, rules, {
      ...options,
      onDecision: (index, verdict, ids) => {
        all[index] = [verdict, ids.join()];
      },
    });
    expect(totals).toEqual(expected);
    expect(one).toEqual(all);
    expect(totals.blocked).toBeGreaterThan(100);
    expect(totals.wouldBlock).toBeGreaterThan(100);
  });

  it('counts a call that comes late as if it came now', () => {
    const refused: string[] = [];
    const run = new ReplayRun<string>({
      rules: { window: rules.window! },
      seed: 1,
      wallOffsetMs: 0,
      onDecision: (tag, verdict) => void (verdict === 'block' && refused.push(tag)),
    });
    for (const [tag, atMs] of Object.entries({ a: 5000, b: 100, c: 5000, d: 4000, e: 6200 }))
      run.take(callAt(atMs, '::1'), tag);
    expect(run.end()).toEqual({ passed: 4, blocked: 1, wouldBlock: 0, estimated: 4 });
    expect(refused).toEqual(['d']);
  });
});
