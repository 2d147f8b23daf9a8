import { describe, expect, it } from '@jest/globals';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import type { Block } from './block.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import { Guard } from './guard.ts';
import { otherResources } from './world.ts';

const resource = { match: 'exact', value: 'pay' } as const;
const bucket = (limit: number, more: object = {}): Rule =>
  ({
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 1000,
    resource,
    mode: 'intercept',
    ...more,
  }) as Rule;
const breaker = (more: object = {}): Rule =>
  ({
    kind: 'breaker',
    strategy: 'errorCount',
    threshold: 2,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 1000,
    resource,
    mode: 'intercept',
    ...more,
  }) as Rule;
const access = (more: object): Rule => ({ kind: 'access', resource, mode: 'intercept', ...more }) as Rule;

/** A guard with one gate, and calls that need no more than a time. */
class Bench {
  readonly guard: Guard;
  readonly gate: Gate;
  revision = 0;

  constructor(rules: Rules = {}, maxResources = 2000) {
    this.guard = new Guard({
      name: 'i1',
      nowMs: 0,
      wallOffsetMs: Date.parse('2026-01-01T00:00:00Z'),
      seed: 1,
      maxResources,
    });
    this.load(rules, 0);
    this.gate = this.guard.gate('pay', 'method');
  }

  load(rules: Rules, nowMs: number): void {
    this.guard.load(rules, ++this.revision, nowMs);
  }

  enter(nowMs: number, inputs: CallInputs = {}): Entry | undefined {
    const verdict = this.guard.enter(this.gate, inputs, nowMs);
    return verdict instanceof Entry ? verdict : undefined;
  }

  /** Whether a call passed that then ended at once. */
  call(nowMs: number, inputs: CallInputs = {}, outcome: Outcome = 'success'): boolean {
    const entry = this.enter(nowMs, inputs);
    if (entry) this.guard.exit(entry, outcome, nowMs);
    return entry !== undefined;
  }

  count(nowMs: number, calls: number, inputs: CallInputs = {}): number {
    return Array.from({ length: calls }, () => this.call(nowMs, inputs)).filter(Boolean).length;
  }

  block(nowMs: number, inputs: CallInputs = {}): Block {
    const verdict = this.guard.enter(this.gate, inputs, nowMs);
    if (verdict.verdict !== 'block') throw new Error(`not blocked: ${verdict.verdict}`);
    return verdict;
  }
}

describe('Guard', () => {
  it('matches by name and type', () => {
    const bench = new Bench({
      a: bucket(1, { resource: { match: 'prefix', value: 'GET /books' } }),
      b: bucket(2, { resource: { match: 'glob', value: 'rpc:*.debit', type: 'rpc' } }),
    });
    const passes = (name: string, type: 'web' | 'rpc') => {
      const gate = bench.guard.gate(name, type);
      return Array.from({ length: 5 }, () => bench.guard.enter(gate, {}, 0)).filter(
        (v) => v.verdict === 'pass',
      ).length;
    };
    expect(passes('GET /books/:id', 'web')).toBe(1);
    expect(passes('GET /books', 'web')).toBe(1);
    expect(passes('GET /book', 'web')).toBe(5);
    expect(passes('rpc:accounts.debit', 'rpc')).toBe(2);
    expect(passes('rpc:accounts.debit', 'web')).toBe(5);
  });

  it('gives names of their own to so many resources, and guards the rest together', () => {
    const overflow: string[] = [];
    const guard = new Guard({
      name: 'i',
      nowMs: 0,
      wallOffsetMs: 0,
      seed: 1,
      maxResources: 3,
      onOverflow: (name) => overflow.push(name),
    });
    guard.load(
      {
        a: bucket(1, { resource: { match: 'glob', value: 'r*' } }),
        b: bucket(2, { resource: { match: 'exact', value: 'named' } }),
        c: access({
          resource: { match: 'prefix', value: 'r9' },
          effect: 'deny',
          by: 'origin',
          values: ['x'],
        }),
      },
      1,
      0,
    );
    const passes = (name: string, inputs: CallInputs = {}) =>
      guard.enter(guard.gate(name, 'web'), inputs, 0).verdict === 'pass';
    expect(['r1', 'r2', 'r3', 'r4', 'r5', 'q', 'r1'].map((name) => passes(name))).toEqual([
      true,
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect([passes('r9', { origin: 'x' }), passes('q', { origin: 'x' })]).toEqual([false, true]);
    expect(['named', 'named', 'named'].map((name) => passes(name))).toEqual([true, true, false]);
    expect(overflow).toEqual(['r4']);
    expect(guard.gate('r1', 'web')).toBe(guard.gate('r1', 'web'));
    expect([...guard.resources()].map(({ name }) => name)).toEqual([
      'r1',
      'r2',
      'r3',
      'named',
      otherResources,
    ]);
  });

  it('obeys a share instead of the limit, and keeps of what is left as much as fits', () => {
    const bench = new Bench({ a: bucket(100, { scope: 'cluster' }), b: breaker() });
    bench.count(0, 2);
    bench.guard.adjust('a', 10, 0);
    expect(bench.count(0, 20)).toBe(10);
    expect(bench.block(0).threshold).toBe(10);
    bench.guard.adjust('a', undefined, 0);
    expect(bench.count(0, 200)).toBe(0);
    expect(bench.count(100, 200)).toBe(10);
    bench.guard.adjust('a', 0, 10_000);
    expect(bench.count(1e9, 5)).toBe(0);
    bench.guard.adjust('gone', 1, 0);
    bench.load({}, 2e9);
    bench.load({ a: bucket(100) }, 2e9);
    expect(bench.count(2e9, 200)).toBe(100);
    bench.load({ b: breaker() }, 2e9);
    bench.guard.adjust('b', 4, 2e9);
    for (let i = 0; i < 3; i++) bench.call(2e9, {}, 'error');
    expect(bench.call(2e9, {}, 'error')).toBe(true);
    expect(bench.call(2e9)).toBe(false);
  });

  it.each([
    ['token bucket', { burst: 100 }],
    ['queue', { algorithm: 'leakyBucket', maxQueueMs: 500 }],
    ['meter', { algorithm: 'leakyBucket', maxQueueMs: 0 }],
    ['sliding window', { algorithm: 'slidingWindow', windowMs: 1000 }],
    ['warm-up', { algorithm: 'warmUp', warmUpSec: 2 }],
  ])('lets nothing through a %s that was set to 0, and says when in numbers', (_, more) => {
    const filter = access({ by: 'origin', effect: 'deny', values: ['x'] });
    for (const per of [{}, { per: { by: 'user', overrides: { vip: 20 } } }])
      for (const others of [{}, { filter }] as Rules[]) {
        const bench = new Bench({ a: bucket(10, { ...more, ...per }), ...others });
        bench.call(0, { user: 'ann' });
        for (const nothing of [0, 5e-324]) {
          bench.guard.adjust('a', nothing, 1000);
          for (const user of ['ann', 'bob', 'vip'])
            for (const nowMs of [1000, 1001, 60_000, 1e6]) {
              expect(bench.guard.enter(bench.gate, { user }, nowMs, true).verdict).toBe('block');
              expect(bench.block(nowMs, { user })).toMatchObject({ value: expect.any(Number), threshold: 0 });
              expect(bench.block(nowMs, { user }).retryAfterMs).toBeGreaterThan(1e9);
              expect(bench.block(nowMs, { user }).retryAfterMs).toBeLessThan(Number.POSITIVE_INFINITY);
            }
        }
        bench.guard.adjust('a', undefined, 1e6);
        // What was not taken is there again.
        expect(bench.call(1e6, { user: 'ann' })).toBe(true);
        expect(bench.count(1e6, 200, { user: 'ann' })).toBeLessThanOrEqual(109);
      }
  });

  it('makes no calls of a limit that a policy lowers and lets go again', () => {
    for (const more of [{}, { algorithm: 'leakyBucket', maxQueueMs: 0 }]) {
      const bench = new Bench({ a: bucket(100, more) });
      expect(bench.count(0, 200)).toBe(100);
      for (const limit of [10, undefined, 0, undefined, 99.5, 3, undefined]) {
        bench.guard.adjust('a', limit, 0);
        expect(bench.count(0, 200)).toBe(0);
      }
      expect(bench.count(100, 200)).toBe(10);
    }
  });

  it('divides the burst with the limit, and makes none of a raise', () => {
    const bench = new Bench({ a: bucket(10, { burst: 100, scope: 'cluster' }) });
    bench.guard.adjust('a', 5, 0);
    expect(bench.count(0, 200)).toBe(55);
    bench.guard.adjust('a', 20, 0);
    expect([bench.count(0, 200), bench.count(1e9, 200)]).toEqual([0, 120]);
  });

  it('lets no call begin under a max of 0, of a key that it doesn’t know either', () => {
    const max = { kind: 'limit', algorithm: 'concurrency', max: 2, resource, mode: 'intercept' };
    const filter = access({ by: 'origin', effect: 'deny', values: ['x'] });
    // Once with all rules asked in one go, once weighed one by one.
    for (const per of [{}, { per: { by: 'user' } }])
      for (const more of [{}, { filter }] as Rules[]) {
        const bench = new Bench({ a: { ...max, ...per } as Rule, ...more });
        bench.guard.adjust('a', 0, 0);
        expect(bench.block(0)).toMatchObject({ code: 'limited', ruleId: 'a' });
        bench.guard.adjust('a', undefined, 0);
        expect(bench.call(0)).toBe(true);
      }
  });

  it('shapes a state that several names share once, whenever they come', () => {
    const bench = new Bench({}, 0);
    const forced = { state: 'open', until: '2026-01-01T00:00:10Z' };
    bench.load({ a: breaker({ resource: { match: 'prefix', value: '' }, forced, probes: 1 }) }, 5000);
    const passes = (name: string, nowMs: number) => {
      const verdict = bench.guard.enter(bench.guard.gate(name, 'web'), {}, nowMs);
      if (verdict instanceof Entry) bench.guard.exit(verdict, 'success', nowMs);
      return verdict.verdict;
    };
    expect([passes('x', 6000), passes('y', 9999), passes('x', 10_000)]).toEqual(['block', 'block', 'pass']);
    expect([passes('y', 20_000), passes('z', 20_000)]).toEqual(['pass', 'pass']);
    const state = [...bench.guard.resources()].at(-1)!;
    expect(state.breakers(20_000)).toEqual([{ ruleId: 'a', state: 'closed', value: 0 }]);
  });
});
