import { describe, expect, it } from '@jest/globals';
import { PolicySettingsInForce } from './script-policies.ts';

/** What rules count by after all that they were told. */
function bench() {
  const values = new Map<string, number>();
  const policies = new PolicySettingsInForce((id, value) => {
    if (value === undefined) values.delete(id);
    else values.set(id, value);
  });
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
});
