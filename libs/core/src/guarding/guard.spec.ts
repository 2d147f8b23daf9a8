import { describe, expect, it } from '@jest/globals';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import type { Block } from './block.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import { Guard } from './guard.ts';
import type { BreakerEvent } from './world.ts';

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
  readonly events: BreakerEvent[] = [];
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
      onBreaker: (event) => this.events.push(event),
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
  it('lets everything pass without a rule, and counts it', () => {
    const bench = new Bench();
    expect(bench.count(0, 10)).toBe(10);
    expect(bench.gate.state.counters.take()).toMatchObject({ passed: 10, success: 10, active: 0 });
  });

  it('asks access, then degrade, then system, then limits, then breakers', () => {
    const rules: Record<string, Rule> = {
      e: breaker({ forced: { state: 'open', until: '2026-01-02T00:00:00Z' } }),
      d2: { kind: 'limit', algorithm: 'concurrency', max: 1, resource, mode: 'intercept' },
      d1: bucket(1, { priority: 9 }),
      c: { kind: 'system', signal: 'cpu', threshold: 0.5, resource, mode: 'intercept' },
      b: { kind: 'degrade', resource, mode: 'intercept', onBlock: { answer: 'empty' } },
      a: access({ effect: 'deny', by: 'origin', values: ['bad'] }),
    };
    const bench = new Bench(rules);
    bench.guard.read({ cpu: 0.5 });
    const codes = ['a', 'b', 'c', 'e'].map((id) => {
      const { code, ruleId } = bench.block(0, { origin: 'bad' });
      delete rules[id];
      bench.load(rules, 0);
      return [ruleId, code];
    });
    expect(codes).toEqual([
      ['a', 'denied'],
      ['b', 'degraded'],
      ['c', 'overloaded'],
      ['e', 'breakerOpen'],
    ]);
    expect(bench.enter(0)).toBeDefined();
    expect(bench.block(0).ruleId).toBe('d1');
    delete rules.d1;
    bench.load(rules, 0);
    expect(bench.block(0).ruleId).toBe('d2');
  });

  it('asks rules of a kind by priority, then by id', () => {
    const spent = { value: 'pay', match: 'exact' } as const;
    const bench = new Bench({
      b: bucket(1),
      a: bucket(1, { priority: 1 }),
      c: bucket(1, { resource: spent }),
    });
    bench.call(0);
    expect(bench.block(0).ruleId).toBe('b');
  });

  it('says why a call was refused, and remembers it for a while', () => {
    const onBlock = { answer: 'value', value: 1 } as const;
    const bench = new Bench({ a: bucket(2, { onBlock, per: { by: 'user', overrides: { vip: 1 } } }) });
    bench.count(0, 2, { user: 'vip' });
    const block = bench.block(100, { user: 'vip' });
    expect(block).toEqual({
      verdict: 'block',
      code: 'limited',
      resource: 'pay',
      type: 'method',
      ruleId: 'a',
      kind: 'limit',
      revision: 1,
      decisionId: expect.stringMatching(/^i1-[0-9a-z]+$/),
      atMs: 100,
      retryAfterMs: 900,
      value: 0.9,
      threshold: 1,
      key: 'vip',
      onBlock,
    });
    expect(bench.guard.explain(block.decisionId)).toBe(block);
    for (let i = 0; i < 1000; i++) bench.block(100, { user: 'vip' });
    expect(bench.guard.explain(block.decisionId)).toBeUndefined();
    for (const id of ['', 'i1-', 'i1-zzz', 'i2-1', 'nonsense'])
      expect(bench.guard.explain(id)).toBeUndefined();
  });

  it('tells nobody to wait longer than the rule counts', () => {
    const wallMs = Date.parse('2026-01-01T00:00:00Z');
    const effective = { until: '2026-01-01T00:00:10Z' };
    const guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: wallMs, seed: 1 });
    const daily = { intervalMs: 86_400_000 };
    guard.load({ a: bucket(1, { ...daily, effective }) }, 1, 0);
    const gate = guard.gate('pay', 'method');
    guard.enter(gate, {}, 0);
    expect(guard.enter(gate, {}, 4000)).toMatchObject({ ruleId: 'a', retryAfterMs: 6000 });
    expect(guard.enter(gate, {}, 10_000)).toMatchObject({ verdict: 'pass' });
    guard.load({ a: bucket(1, daily) }, 2, 10_000);
    expect(guard.enter(gate, {}, 10_000)).toMatchObject({ retryAfterMs: 86_390_000 });
  });

  it('counts an address as one, whichever kind of socket it came through', () => {
    const overrides = { '10.0.0.1': 2, '2001:DB8:0::7': 3 };
    const bench = new Bench({
      a: bucket(1, { per: { by: 'ip', overrides } }),
      b: access({ effect: 'deny', by: 'ip', values: ['10.9.0.0/16'] }),
    });
    const tries = (...addresses: string[]): string[] =>
      addresses.map((ip) => bench.guard.enter(bench.gate, { ip }, 0).verdict);
    expect(tries('::ffff:10.0.0.1', '10.0.0.1', '::ffff:10.0.0.1')).toEqual(['pass', 'pass', 'block']);
    expect(tries('10.0.0.2', '::ffff:10.0.0.2')).toEqual(['pass', 'block']);
    expect(tries(...Array<string>(4).fill('2001:db8::7'))).toEqual(['pass', 'pass', 'pass', 'block']);
    expect(tries('::ffff:10.9.0.1')).toEqual(['block']);
  });

  it('counts keys by themselves, and calls without one together', () => {
    const bench = new Bench({
      a: bucket(1, { per: { by: 'header', name: 'x-user', overrides: { vip: 3 } } }),
    });
    const as = (user: string) => ({ headers: { 'x-user': user } });
    expect(['a', 'b', 'vip'].map((user) => bench.count(0, 5, as(user)))).toEqual([1, 1, 3]);
    expect(bench.count(0, 5)).toBe(1);
    expect(bench.count(0, 5, { headers: {} })).toBe(0);
  });

  it('asks a rule only about calls that it is about, at its time', () => {
    const bench = new Bench({
      a: bucket(1, { when: { on: 'origin', op: 'equals', value: 'web' } }),
      b: access({
        effect: 'deny',
        by: 'tag',
        tag: 'zone',
        values: ['x'],
        effective: { from: '2026-01-01T00:00:10Z', until: '2026-01-01T00:00:20Z' },
      }),
    });
    expect(bench.count(0, 5, { origin: 'web' })).toBe(1);
    expect(bench.count(0, 5)).toBe(5);
    const inZone = { tags: { zone: 'x' } };
    expect([9_999, 10_000, 19_999, 20_000].map((nowMs) => bench.call(nowMs, inZone))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    bench.guard.setWallOffset(Date.parse('2025-12-31T23:59:45Z'), 20_000);
    expect([24_999, 25_000].map((nowMs) => bench.call(nowMs, inZone))).toEqual([true, false]);
  });

  it('lets who is listed in and everybody else not', () => {
    const bench = new Bench({ a: access({ effect: 'allow', by: 'ip', values: ['10.0.0.0/8'] }) });
    expect([{ ip: '10.1.2.3' }, { ip: '11.1.2.3' }, {}].map((inputs) => bench.call(0, inputs))).toEqual([
      true,
      false,
      false,
    ]);
    bench.load({ a: access({ effect: 'deny', by: 'origin', values: ['web'] }) }, 0);
    expect([{ origin: 'web' }, { origin: 'app' }, {}].map((inputs) => bench.call(0, inputs))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('sheds more the further a signal is above its threshold', () => {
    const rule = { kind: 'system', signal: 'eventLoopLagMs', threshold: 100, fullAt: 200, resource } as const;
    const bench = new Bench({ a: { ...rule, mode: 'intercept' } });
    const shares = [undefined, 99, 125, 175, 200].map((eventLoopLagMs) => {
      bench.guard.read(eventLoopLagMs === undefined ? {} : { eventLoopLagMs });
      return bench.count(0, 4000) / 4000;
    });
    expect([shares[0], shares[1], shares[4]]).toEqual([1, 1, 0]);
    expect(shares[2]).toBeCloseTo(0.75, 1);
    expect(shares[3]).toBeCloseTo(0.25, 1);
    expect(bench.block(0)).toMatchObject({
      code: 'overloaded',
      value: 200,
      threshold: 100,
      retryAfterMs: 1000,
    });
  });

  it('degrades a share of calls, until its time is over', () => {
    const bench = new Bench({
      a: {
        kind: 'degrade',
        share: 0.25,
        resource,
        mode: 'intercept',
        effective: { until: '2026-01-01T00:00:10Z' },
        onBlock: { answer: 'empty' },
      },
    });
    expect(bench.count(0, 4000) / 4000).toBeCloseTo(0.75, 1);
    expect(bench.count(10_000, 1000)).toBe(1000);
  });

  it('leaves chance to each rule by itself', () => {
    const half: Rule = {
      kind: 'degrade',
      share: 0.5,
      resource,
      mode: 'intercept',
      onBlock: { answer: 'empty' },
    };
    const bench = new Bench({ a: half, b: half });
    expect(bench.count(0, 4000) / 4000).toBeCloseTo(0.25, 1);
  });

  it('ends a call once, whatever way out comes first', () => {
    const bench = new Bench({
      a: { kind: 'limit', algorithm: 'concurrency', max: 2, resource, mode: 'intercept' },
    });
    const [a, b] = [bench.enter(0)!, bench.enter(0)!];
    expect(bench.enter(0)).toBeUndefined();
    expect([bench.guard.exit(a, 'error', 5), bench.guard.exit(a, 'success', 6)]).toEqual([true, false]);
    expect(bench.enter(0)).toBeDefined();
    expect(bench.enter(0)).toBeUndefined();
    expect(bench.guard.exit(b, 'abort', 5)).toBe(true);
    expect(bench.gate.state.counters.take()).toMatchObject({ passed: 3, error: 1, abort: 1, active: 1 });
  });

  it('opens a breaker on errors and tells of it', () => {
    const bench = new Bench({ a: breaker({ probes: 1 }) });
    bench.call(0, {}, 'error');
    bench.call(0, {}, 'error');
    expect(bench.block(400)).toMatchObject({
      code: 'breakerOpen',
      state: 'open',
      retryAfterMs: 600,
      value: 2,
      threshold: 2,
    });
    expect(bench.call(1000)).toBe(true);
    expect(bench.events).toMatchObject([
      { ruleId: 'a', resource: 'pay', type: 'method', from: 'closed', to: 'open', reason: 'threshold' },
      { from: 'open', to: 'halfOpen' },
      { from: 'halfOpen', to: 'closed' },
    ]);
  });

  it('explains a refusal by the threshold that holds, and by the errors that opened the breaker', () => {
    const bench = new Bench({ a: breaker({ threshold: 100 }) });
    bench.guard.adjust('a', 2, 0);
    bench.call(0, {}, 'error');
    bench.call(0, {}, 'error');
    expect(bench.block(1)).toMatchObject({ value: 2, threshold: 2 });
    const row = new Bench({ a: breaker({ strategy: 'consecutiveErrors', threshold: 3, probes: 2 }) });
    for (let i = 0; i < 3; i++) row.call(0, {}, 'error');
    expect(row.block(1)).toMatchObject({ value: 3, threshold: 3, state: 'open' });
    for (let i = 0; i < 2; i++) expect(row.call(1000)).toBe(true);
    row.call(1001, {}, 'error');
    expect([...row.guard.resources()][0]!.breakers(1001)).toEqual([
      { ruleId: 'a', state: 'closed', value: 1 },
    ]);
  });

  it('holds no probe permit for a call that another rule refuses', () => {
    const bench = new Bench({ a: breaker({ probes: 1 }), b: bucket(3) });
    bench.call(0, {}, 'error');
    bench.call(0, {}, 'error');
    bench.call(0);
    bench.load(
      { a: breaker({ probes: 1 }), b: bucket(3), c: access({ effect: 'deny', by: 'origin', values: ['x'] }) },
      0,
    );
    for (let i = 0; i < 5; i++) expect(bench.call(1000 + i, { origin: 'x' })).toBe(false);
    expect(bench.call(1010)).toBe(true);
    expect(bench.events.at(-1)).toMatchObject({ to: 'closed' });
  });

  it('treats a reading that goes back as no time passed', () => {
    const bench = new Bench({ a: bucket(1) });
    expect([10_000, 0, 5000, 10_999, 11_000].map((nowMs) => bench.call(nowMs))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });
});
