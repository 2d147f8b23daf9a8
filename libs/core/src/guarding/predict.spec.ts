import { describe, expect, it } from '@jest/globals';
import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule } from '../model/rule.ts';
import { predict } from './predict.ts';
import { replay } from './replay.ts';
import type { ReplayCall } from './replay-run.ts';
import { seededDraw } from './seeded-draw.ts';
import { smallestLimit } from './smallest-limit.ts';

const wallOffsetMs = Date.parse('2026-01-01T00:00:30Z');
const options = { seed: 1, wallOffsetMs };
const bucket = (limit: number, more: object = {}): LimitRule =>
  ({
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 1000,
    resource: { match: 'exact', value: 'pay' },
    mode: 'monitor',
    ...more,
  }) as LimitRule;

/** Two minutes of about 100 calls a second on each of two instances, half of them for another resource. */
function traffic(): ReplayCall[] {
  const draw = seededDraw(3);
  const calls: ReplayCall[] = [];
  for (let atMs = 0; atMs < 120_000; atMs += draw() * 10)
    calls.push({
      atMs,
      resource: draw() < 0.5 ? 'pay' : 'mail',
      type: 'rpc',
      inputs: { origin: draw() < 0.8 ? 'shop' : 'crawler', user: `u${Math.floor(draw() * 5)}` },
      instance: draw() < 0.5 ? 'a' : 'b',
      outcome: draw() < 0.9 ? 'success' : 'error',
      durationMs: draw() < 0.98 ? 10 : 500,
    });
  return calls;
}

describe('predict', () => {
  const calls = traffic();
  const pay = calls.filter(({ resource }) => resource === 'pay');

  it('says what enforcing the rule does then, exactly', () => {
    for (const limit of [1, 20, 45, 60]) {
      const rule = bucket(limit);
      const said = predict(rule, calls, options);
      const { blocked } = replay(
        calls,
        { rule: { ...rule, mode: 'intercept' } },
        { ...options, onDecision: () => undefined },
      );
      expect([said.calls, said.wouldBlock]).toEqual([pay.length, blocked]);
    }
  });

  it('splits it by minute, origin, key and instance, each adding up', () => {
    const said = predict(bucket(5, { per: { by: 'user' } }), calls, options);
    expect(said.wouldBlock).toBeGreaterThan(0);
    for (const parts of [said.byMinute, said.byOrigin, said.byKey, said.byInstance]) {
      expect(parts.reduce((sum, { calls }) => sum + calls, 0)).toBe(said.calls);
      expect(parts.reduce((sum, { wouldBlock }) => sum + wouldBlock, 0)).toBe(said.wouldBlock);
    }
    expect(said.byMinute.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:01:00.000Z',
      '2026-01-01T00:02:00.000Z',
    ]);
    expect(said.byKey.map(({ value }) => value).sort()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
    expect(said.byInstance.map(({ value }) => value).sort()).toEqual(['a', 'b']);
    expect(predict(bucket(5), calls, options).byKey).toEqual([]);
  });

  it('counts as healthy only what succeeded as fast as usual', () => {
    const everything = predict(bucket(1e-9), calls, options);
    const healthy = pay.filter(
      ({ outcome, durationMs }) => outcome === 'success' && durationMs === 10,
    ).length;
    // One call an instance goes, for a bucket holds at least one.
    expect(everything.wouldBlock).toBe(pay.length - 2);
    expect(everything.healthy).toBeGreaterThanOrEqual(healthy - 2);
    expect(everything.healthy).toBeLessThanOrEqual(healthy);
  });

  it('is about the calls that the rule is about', () => {
    const when = { on: 'origin', op: 'equals', value: 'crawler' };
    const crawlers = pay.filter(({ inputs }) => inputs.origin === 'crawler').length;
    expect(predict(bucket(1, { when }), calls, options).calls).toBe(crawlers);
    const none = predict(bucket(1, { resource: { match: 'exact', value: 'x' } }), calls, options);
    expect(none).toMatchObject({ calls: 0, wouldBlock: 0, byMinute: [], byOrigin: [] });
  });

  it('counts all instances together for a limit of the cluster', () => {
    const alone = predict(bucket(40), calls, options).wouldBlock;
    const together = predict(bucket(40, { scope: 'cluster' }), calls, options);
    expect(together.wouldBlock).toBeGreaterThan(alone);
    expect(together.byInstance.map(({ value }) => value).sort()).toEqual(['a', 'b']);
  });

  it('predicts breakers too', () => {
    const breaker = {
      kind: 'breaker',
      strategy: 'errorRatio',
      threshold: 0.05,
      minCalls: 20,
      windowMs: 5000,
      openMs: 1000,
      resource: { match: 'exact', value: 'pay' },
      mode: 'monitor',
    } as Rule;
    expect(predict(breaker, calls, options).wouldBlock).toBeGreaterThan(0);
  });
});

/** A minute of 200 calls a second of one instance, of which it recorded every tenth. */
const tenth = {
  calls: Array.from(
    { length: 1200 },
    (_, i): ReplayCall => ({ atMs: i * 50, resource: 'pay', type: 'rpc', inputs: {}, instance: 'a' }),
  ),
  options: {
    ...options,
    sampledBy: () => 10,
    scaled: (rule: Rule, by: number) => ({ ...rule, limit: (rule as { limit: number }).limit / by }) as Rule,
  },
};

describe('a recording of a part of the calls', () => {
  it.each(['instance', 'cluster'])('counts as much less for a limit of scope %s', (scope) => {
    const rule = bucket(100, { scope });
    expect(predict(rule, tenth.calls, tenth.options).share).toBeCloseTo(0.5, 1);
    const search = smallestLimit(rule, tenth.calls, 0.01, tenth.options);
    let step = search.next();
    while (!step.done) step = search.next();
    expect(step.value!.value).toBeGreaterThan(180);
    expect(step.value!.value).toBeLessThanOrEqual(200);
  });
});
