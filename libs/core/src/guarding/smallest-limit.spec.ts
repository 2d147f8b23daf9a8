import { describe, expect, it } from '@jest/globals';
import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule } from '../model/rule.ts';
import { atOnce } from './in-steps.ts';
import { predict } from './predict.ts';
import type { ReplayCall } from './replay-run.ts';
import { seededDraw } from './seeded-draw.ts';
import { smallestLimit } from './smallest-limit.ts';

const options = { seed: 1, wallOffsetMs: Date.parse('2026-01-01T00:00:30Z') };
const base = { kind: 'limit', resource: { match: 'exact', value: 'pay' }, mode: 'monitor' } as const;
const bucket = (limit: number, more: object = {}): LimitRule =>
  ({ ...base, algorithm: 'tokenBucket', limit, intervalMs: 1000, ...more }) as LimitRule;
const window: LimitRule = { ...base, algorithm: 'slidingWindow', limit: 500, windowMs: 1000 };
const concurrency: LimitRule = { ...base, algorithm: 'concurrency', max: 1 };

/** Two minutes of about 50 calls a second by chance, on two instances. */
const draw = seededDraw(3);
const calls: ReplayCall[] = [];
for (let atMs = 0; atMs < 120_000; atMs += draw() * 40)
  calls.push({
    atMs,
    resource: 'pay',
    type: 'rpc',
    inputs: { user: 'u' },
    instance: draw() < 0.5 ? 'a' : 'b',
    outcome: 'success',
    durationMs: draw() < 0.98 ? 10 : 500,
  });

function search(rule: Rule, share: number, among = calls, by: object = {}) {
  return { found: atOnce(smallestLimit(rule, among, share, { ...options, ...by })) };
}
const shareAt = (rule: Rule): number => predict(rule, calls, options).share;

describe('smallestLimit', () => {
  it.each([0.2, 0.01, 0])('keeps the share at or below %d, and a smaller one does not', (target) => {
    const found = search(bucket(5), target).found!;
    expect(found.field).toBe('limit');
    expect(found.share).toBeLessThanOrEqual(target);
    expect(shareAt(bucket(found.value))).toBe(found.share);
    expect(shareAt(bucket(found.value * 0.97))).toBeGreaterThan(target);
  });

  it('finds how many may be under way', () => {
    const found = search(concurrency, 0.001).found!;
    expect(found.field).toBe('max');
    expect(Number.isInteger(found.value)).toBe(true);
    expect(found.share).toBeLessThanOrEqual(0.001);
    expect(shareAt({ ...concurrency, max: found.value - 1 } as Rule)).toBeGreaterThan(0.001);
  });

  it('knows nothing of what is no limit, nor of no calls', () => {
    expect(search({ ...bucket(1), kind: 'access' } as unknown as Rule, 0.1).found).toBeUndefined();
    expect(search(bucket(1, { resource: { match: 'exact', value: 'x' } }), 0.1).found).toBeUndefined();
  });

  it('ends where any limit does, at one that a rule may have and that can still matter', () => {
    // One call in two minutes: below that nothing changes any more.
    const oneInAll = expect.closeTo(1 / 120, 4);
    expect(search(bucket(5, { burst: 1e6 }), 0.01).found).toMatchObject({ value: oneInAll, share: 0 });
    const spared = bucket(5, { per: { by: 'user', overrides: { u: 1e6 } } });
    expect(search(spared, 0.01).found).toMatchObject({ value: oneInAll, share: 0 });
    expect(search(bucket(5), 1).found).toMatchObject({ value: oneInAll });
    const paced: LimitRule = { ...base, algorithm: 'leakyBucket', limit: 5, intervalMs: 60_000 };
    expect(search(paced, 1).found).toMatchObject({ value: 0.5 });
    const warm: LimitRule = { ...base, algorithm: 'warmUp', limit: 5, warmUpSec: 1 };
    expect(search(warm, 1).found).toMatchObject({ value: oneInAll });
    expect(search(window, 1).found).toMatchObject({ field: 'limit', value: 1 });
    expect(search(concurrency, 1).found).toMatchObject({ field: 'max', value: 1 });
  });

  it('takes no more than twenty replays, wherever it begins and ends', () => {
    const replaysFor = (rule: Rule, target: number, among: ReplayCall[]): number => {
      let asked = 0;
      // Each replay asks for the rule of both instances.
      const scaled = (same: Rule): Rule => {
        asked += 1;
        return same;
      };
      search(rule, target, among, { sampledBy: () => 1, scaled });
      expect(asked).toBeGreaterThan(0);
      return asked / 2;
    };
    const never = bucket(5, { per: { by: 'user', overrides: { u: 0.001 } } });
    for (const rule of [bucket(5), bucket(1e9), bucket(1e-6), window, concurrency, never])
      for (const target of [0, 0.01, 0.5, 1])
        expect(replaysFor(rule, target, calls.slice(0, 1000))).toBeLessThanOrEqual(20);
    expect(search(never, 0.5).found).toBeUndefined();
  });

  it('finds limits that are as much larger as the recording is smaller', () => {
    const by = {
      sampledBy: () => 1000,
      scaled: (rule: Rule, by: number) =>
        ({ ...rule, limit: (rule as { limit: number }).limit / by }) as Rule,
    };
    const day = { ...window, windowMs: 86_400_000, scope: 'cluster' } as Rule;
    expect(search(day, 0, calls, by).found!.value / calls.length).toBeCloseTo(1000, -1);
    // One recorded call is a thousand; of less than that it says nothing.
    expect(search(day, 1, calls, by).found).toMatchObject({ value: 1000 });
  });
});
