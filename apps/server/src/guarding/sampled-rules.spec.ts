import { describe, expect, it } from '@jest/globals';
import { type LimitRule, predict, type ReplayCall, type Rule } from '@sluice/core';
import { sampledRule } from './sampled-rules.ts';

const by = 10;
const bucket = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 10,
  intervalMs: 1000,
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
} as const satisfies LimitRule;

/** A minute of 200 calls a second of one user, whole. */
const all = Array.from(
  { length: 12_000 },
  (_, i): ReplayCall => ({
    atMs: i * 5,
    resource: 'pay',
    type: 'rpc',
    inputs: { user: 'u' },
    instance: 'a',
    outcome: 'success',
    durationMs: 100,
  }),
);
const shareOf = (rule: Rule, calls: readonly ReplayCall[], sampledBy: number): number =>
  predict(rule, calls, { seed: 1, wallOffsetMs: 0, sampledBy: () => sampledBy, scaled: sampledRule }).share;

describe('a rule for a recording of one call in ten', () => {
  it.each<[string, LimitRule]>([
    ['a limit', { ...bucket, limit: 100 }],
    ['what a bucket saves up', { ...bucket, burst: 5000 }],
    ['the limit of a single key', { ...bucket, per: { by: 'user', overrides: { u: 100 } } }],
    [
      'how many of a single key are under way',
      { ...bucket, algorithm: 'concurrency', max: 1, per: { by: 'user', overrides: { u: 10 } } } as LimitRule,
    ],
  ])('blocks as large a share of it as the rule does of all calls, by %s', (_, rule) => {
    const whole = shareOf(rule, all, 1);
    const sample = all.filter((_, i) => i % by === 0);
    expect(whole).toBeGreaterThan(0.4);
    expect(Math.abs(shareOf(rule, sample, by) - whole)).toBeLessThan(0.02);
  });

  it('lets as many less wait, and nobody where nobody may', () => {
    const queue = (length: number): LimitRule =>
      ({ ...bucket, algorithm: 'leakyBucket', maxQueueMs: 500, maxQueueLength: length }) as LimitRule;
    expect(sampledRule(queue(50), by)).toMatchObject({ limit: 1, maxQueueMs: 500, maxQueueLength: 5 });
    expect(sampledRule(queue(2), by)).toMatchObject({ maxQueueLength: 1 });
    expect(sampledRule(queue(0), by)).toMatchObject({ maxQueueLength: 0 });
    const few = { ...bucket, algorithm: 'concurrency', max: 40, queue: 20, maxQueueMs: 100 } as Rule;
    expect(sampledRule(few, by)).toMatchObject({ max: 4, queue: 2, maxQueueMs: 100 });
  });

  it('adds nothing that the rule does not say, and leaves what looks at single calls', () => {
    expect(sampledRule(bucket, by)).toEqual({ ...bucket, limit: 1 });
    const keyed: LimitRule = { ...bucket, per: { by: 'user', maxKeys: 100 } };
    expect(sampledRule(keyed, by)).toEqual({ ...keyed, limit: 1 });
    const { algorithm: _, limit: __, intervalMs: ___, ...base } = bucket;
    const shed: Rule = { ...base, kind: 'degrade', share: 0.5, onBlock: { answer: 'empty' } };
    expect(sampledRule(shed, by)).toBe(shed);
    expect(sampledRule(bucket, 1)).toBe(bucket);
  });
});
