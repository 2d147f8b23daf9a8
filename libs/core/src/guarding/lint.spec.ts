import { describe, expect, it } from '@jest/globals';
import type { Rule, Rules } from '../model/rule.ts';
import { lintRules } from './lint.ts';
import { lintNumbers } from './lint-numbers.ts';

const nowMs = Date.parse('2026-06-01T00:00:00Z');
const resource = { match: 'exact', value: 'pay' } as const;
const base = { resource, mode: 'intercept' } as const;
const bucket = (limit: number, more: object = {}): Rule =>
  ({ ...base, kind: 'limit', algorithm: 'tokenBucket', limit, intervalMs: 1000, ...more }) as Rule;
const breaker = (more: object = {}): Rule =>
  ({
    ...base,
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 5000,
    ...more,
  }) as Rule;
const pay = [{ name: 'pay', type: 'rpc' }] as const;
const lint = (rules: Rules, resources: Parameters<typeof lintRules>[1]['resources'] = pay): string[] =>
  lintRules(rules, { nowMs, resources }).map(({ code, rule, field }) => `${rule} ${code} ${field}`.trim());

describe('lintRules', () => {
  it('has nothing to say of rules as they should be', () => {
    expect(lint({ limit: bucket(100), breaker: breaker() })).toEqual([]);
  });

  it('says where more instances than permits share a limit', () => {
    const of = (max: number, scope: 'cluster' | 'instance', instances?: number) =>
      lintRules(
        { a: { ...base, kind: 'limit', algorithm: 'concurrency', max, scope } as Rule },
        { nowMs, resources: pay, ...(instances !== undefined && { instances }) },
      ).map(({ code, field, text }) => `${code} ${field}: ${text.en}`);
    expect(of(2, 'cluster', 6)).toEqual([
      'moreInstances max: each of the 6 instances lets at least one call in, so up to 6 may be under way together, not 2',
    ]);
    expect([...of(6, 'cluster', 6), ...of(2, 'instance', 6), ...of(2, 'cluster')]).toEqual([]);
  });

  it('says that a key has only a share of a limit of the cluster at each instance', () => {
    const rules = { a: bucket(10, { per: { by: 'user' }, scope: 'cluster' }) };
    const [found] = lintRules(rules, { nowMs, resources: pay });
    expect(found).toMatchObject({ code: 'keyShared', severity: 'hint', rule: 'a', field: 'scope' });
    expect(found!.text.en).toContain('its share of 10');
    expect(found!.text.zh).toContain('10 中属于该实例的份额');
    expect(lint({ a: bucket(10, { per: { by: 'instance' }, scope: 'cluster' }) })).toEqual([]);
    expect(lint({ a: bucket(10, { per: { by: 'user' } }) })).toEqual([]);
  });

  it('asks after names that nobody calls, and suggests the nearest', () => {
    const rules = { a: bucket(1, { resource: { match: 'exact', value: 'Pay' } }) };
    const [found] = lintRules(rules, { nowMs, resources: pay });
    expect(found).toMatchObject({ code: 'noResource', field: 'resource.value' });
    expect(found!.text.en).toContain('did you mean "pay"');
    expect(lint({ a: bucket(1, { resource: { match: 'prefix', value: 'x' } }) })).toEqual([
      'a noResource resource.value',
    ]);
    expect(lint({ a: bucket(1, { resource: { ...resource, type: 'web' } }) })).toEqual([
      'a noResource resource.type',
    ]);
  });

  it('says nothing of names while nobody knows any', () => {
    expect(lint({ a: bucket(1, { resource: { match: 'exact', value: 'other' } }) }, [])).toEqual([]);
  });

  it.each([
    ['windowMs', breaker({ windowMs: 10 })],
    ['openMs', breaker({ openMs: 5 })],
    ['intervalMs', bucket(10, { intervalMs: 1 })],
    ['slowMs', breaker({ strategy: 'slowCallRatio', slowMs: 2 })],
    ['onBlock.maxAgeMs', bucket(10, { onBlock: { answer: 'lastGood', maxAgeMs: 30 } })],
  ])('takes few milliseconds in %s for seconds', (field, rule) => {
    expect(lint({ a: rule })).toEqual([`a secondsMeant ${field}`]);
  });

  it('finds what never fires', () => {
    const until = '2026-05-31T00:00:00Z';
    expect(lint({ a: bucket(1, { effective: { until } }) })).toEqual(['a expired effective.until']);
    expect(lint({ a: breaker({ forced: { state: 'open', until } }) })).toEqual(['a expired forced.until']);
    const never = { and: ['a', 'b'].map((value) => ({ on: 'origin', op: 'equals', value })) };
    expect(lint({ a: bucket(1, { when: never }) })).toEqual(['a neverFires when']);
    const degrade = { ...base, kind: 'degrade', share: 0, onBlock: { answer: 'empty' } } as Rule;
    expect(lint({ a: degrade })).toEqual(['a neverFires share']);
  });

  it('finds the rule that hides another, and not the other way round', () => {
    expect(lint({ a: bucket(10), b: bucket(100) })).toEqual(['b shadowed']);
    expect(lint({ a: bucket(100), b: bucket(10) })).toEqual(['a shadowed']);
    expect(lint({ a: bucket(10, { mode: 'monitor' }), b: bucket(100) })).toEqual([]);
    expect(lint({ a: bucket(10, { per: { by: 'user' } }), b: bucket(100) })).toEqual([]);
    expect(lint({ a: bucket(10, { burst: 500 }), b: bucket(100) })).toEqual([]);
    const everything = { match: 'prefix', value: '' } as const;
    const off = { ...base, resource: everything, kind: 'degrade', onBlock: { answer: 'empty' } } as Rule;
    expect(lint({ a: off, b: breaker() })).toEqual(['b shadowed']);
  });

  it('tells of the later one of two that say the same', () => {
    expect(lint({ a: bucket(10), b: bucket(10, { description: 'again' }) })).toEqual(['b duplicate']);
    const other = { onBlock: { answer: 'empty' }, priority: -1 };
    expect(lint({ a: bucket(10), b: bucket(10, other) })).toEqual(['a shadowed']);
  });

  it('looks at each of many rules about as often as at one of few', () => {
    let looks = 0;
    const many = (count: number): Rules =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => {
          const rule = bucket(i + 1, { resource: { match: 'exact', value: `r${i}` } });
          return [
            `a${i}`,
            Object.defineProperty({ ...rule }, 'limit', { enumerable: true, get: () => ++looks }),
          ];
        }),
      );
    expect(lint(many(2), [])).toEqual([]);
    const each = looks / 2;
    looks = 0;
    expect(lint(many(200), [])).toEqual([]);
    expect(looks / 200).toBeLessThanOrEqual(each);
  });

  it('compares a rule by name with those of the name and with patterns, one by pattern with patterns', () => {
    const of = (match: string, value: string, more: object = {}): Rule =>
      bucket(10, { resource: { match, value }, ...more });
    const pattern = { a: of('glob', '**'), b: of('prefix', 'p', { limit: 20 }), c: of('exact', 'pay') };
    expect(lint(pattern)).toEqual(['b shadowed', 'c shadowed']);
    const many = { a: of('exact', 'x'), b: of('exact', 'y'), c: of('exact', 'x'), d: of('glob', 'x') };
    expect(lint(many, [])).toEqual(['c duplicate']);
    expect(lint({ a: of('exact', 'x', { mode: 'off' }), b: of('exact', 'x') }, [])).toEqual([]);
  });

  it('suggests names for the first hundred rules that have none', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [
        `a${1000 + i}`,
        bucket(i + 1, { resource: { match: 'exact', value: 'Pay' }, per: { by: 'tag', name: `t${i}` } }),
      ]),
    );
    const found = lintRules(rules, { nowMs, resources: pay });
    expect(found.filter(({ code }) => code === 'noResource')).toHaveLength(120);
    expect(found.filter(({ text }) => text.en.includes('did you mean "pay"?'))).toHaveLength(100);
  });

  it('finds limits of addresses that are none', () => {
    const of = (by: string) =>
      lint({ a: bucket(9, { per: { by, overrides: { '10.0.0.1': 1, '10.0.0.0/8': 2, '::1': 3, x: 4 } } }) });
    expect(of('ip')).toEqual(['a neverFires per.overrides.10.0.0.0/8', 'a neverFires per.overrides.x']);
    expect(of('user')).toEqual([]);
  });

  it('misses the script that an answer names', () => {
    const onBlock = { answer: 'script', ruleId: 'soft' };
    expect(lint({ 'guard/a': bucket(1, { onBlock }) })).toEqual(['guard/a noScript onBlock.ruleId']);
    const soft = { ...base, kind: 'script', role: 'fallback', source: 'x' } as Rule;
    expect(lint({ 'guard/a': bucket(1, { onBlock }), 'guard/soft': soft })).toEqual([]);
  });
});

describe('lintNumbers', () => {
  it('explains what a check refuses', () => {
    const of = (rule: unknown): string[] =>
      lintNumbers('a', rule).map(({ code, field }) => `${code} ${field}`);
    expect(of({ kind: 'breaker', strategy: 'errorRatio', threshold: 50 })).toEqual([
      'ratioAboveOne threshold',
    ]);
    expect(of({ kind: 'limit', limit: 0 })).toEqual(['zeroLimit limit']);
    expect(of({ kind: 'limit', limit: 1, per: { by: 'user', overrides: { 'a.b': 0 } } })).toEqual([
      'zeroLimit per.overrides.a.b',
    ]);
    expect(of({ kind: 'fault', perMillion: 5 })).toEqual(['tinyShare perMillion']);
    for (const nonsense of [null, 1, 'x', [], { kind: {} }, { kind: 'limit', per: 1 }])
      expect(of(nonsense)).toEqual([]);
  });
});
