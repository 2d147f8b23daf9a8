import { describe, expect, it } from '@jest/globals';
import type { Rule } from '@sluice/core';
import { misfitOf, PolicySettingsInForce } from './script-policies.ts';

/** What rules count by after all that they were told. */
function bench(rules: Readonly<Record<string, Rule>> = {}) {
  const values = new Map<string, number>();
  const adjust = (id: string, value: number | undefined): void => {
    if (value === undefined) values.delete(id);
    else values.set(id, value);
  };
  const policies = new PolicySettingsInForce(adjust, (id) => rules[id]);
  const now = () => Object.fromEntries(values);
  return { policies, now };
}

describe('policies', () => {
  it('set rules of their own namespace by key, and others by their whole id', () => {
    const { policies, now } = bench();
    policies.set('a/p', { settings: { pay: { limit: 5 }, 'b/ask': { threshold: 0.5 } }, blocks: false });
    expect(now()).toEqual({ 'a/pay': 5, 'b/ask': 0.5 });
  });

  it('give rules back what they no longer set', () => {
    const { policies, now } = bench();
    policies.set('a/p', { settings: { pay: { limit: 5 }, ask: { max: 2 } }, blocks: false });
    policies.set('a/p', { settings: { ask: { max: 3 } }, blocks: false });
    expect(now()).toEqual({ 'a/ask': 3 });
    policies.set('a/p', undefined);
    expect(now()).toEqual({});
  });

  it('agree where two set the same rule: the last by id counts, and the other when that one ends', () => {
    const { policies, now } = bench();
    policies.set('a/q', { settings: { pay: { limit: 7 } }, blocks: false });
    policies.set('a/p', { settings: { pay: { limit: 5 } }, blocks: false });
    expect(now()).toEqual({ 'a/pay': 7 });
    policies.forget('a/q');
    expect(now()).toEqual({ 'a/pay': 5 });
  });

  it('that have failed and are to block let nothing through what they had set', () => {
    const { policies, now } = bench();
    policies.set('a/p', { settings: {}, blocks: true });
    expect(now()).toEqual({});
    policies.set('a/p', { settings: { pay: { limit: 5 } }, blocks: false });
    policies.set('a/p', { settings: {}, blocks: true });
    expect(now()).toEqual({ 'a/pay': 0 });
  });

  it('set nothing that would mean something else to its rule', () => {
    const ruleOf = (id: string) => rules[id];
    const rules: Record<string, Rule> = {
      'a/pay': { kind: 'limit', algorithm: 'tokenBucket' } as Rule,
      'a/jobs': { kind: 'limit', algorithm: 'concurrency' } as Rule,
      'a/ratio': { kind: 'breaker', strategy: 'errorRatio' } as Rule,
      'a/count': { kind: 'breaker', strategy: 'errorCount' } as Rule,
      'a/load': { kind: 'system' } as Rule,
    };
    const fine = {
      pay: { limit: 5 },
      jobs: { max: 5 },
      ratio: { threshold: 1 },
      count: { threshold: 50 },
      gone: { limit: 1 },
    };
    expect(misfitOf('a/p', fine, ruleOf)).toBeUndefined();
    expect(misfitOf('a/p', { ...fine, ratio: { threshold: 50 } }, ruleOf)).toBe(
      'a/ratio: {"threshold":50}, it takes { threshold } from 0 to 1',
    );
    expect(misfitOf('a/p', { pay: { threshold: 0.5 } }, ruleOf)).toContain('it takes { limit }');
    expect(misfitOf('a/p', { 'a/jobs': { threshold: 5 } }, ruleOf)).toContain('it takes { max }');
    expect(misfitOf('a/p', { count: { limit: 5 } }, ruleOf)).toContain('it takes { threshold }');
    expect(misfitOf('a/p', { load: { limit: 5 } }, ruleOf)).toContain('it takes nothing');
    const { policies, now } = bench(rules);
    policies.set('a/p', { settings: { pay: { limit: 5 } }, blocks: false });
    expect(now()).toEqual({ 'a/pay': 5 });
    rules['a/pay'] = rules['a/ratio']!;
    policies.again();
    expect(now()).toEqual({});
  });
});
