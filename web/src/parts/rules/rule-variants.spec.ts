import { describe, expect, it } from '@jest/globals';
import { faultRule, rule } from '@sluice/protocol';
import { asVariant, variantOf, variants } from './rule-variants.ts';

const first = {
  kind: 'limit',
  algorithm: 'slidingWindow',
  resource: { match: 'exact', value: 'GET /books/:id' },
  mode: 'monitor',
  limit: 7,
  windowMs: 1000,
};
const nowMs = Date.parse('2026-01-31T12:00:00Z');

describe('variants of rules', () => {
  it.each(variants)('makes %s a rule that can be published, and knows it again', (variant) => {
    const made = asVariant(first, variant, nowMs);
    expect(variantOf(made)).toBe(variant);
    // Whom access is about has to be said by somebody.
    const whole = made.kind === 'access' ? { ...made, values: ['10.0.0.1'] } : made;
    // Faults are parts of drills; no namespace takes one.
    const shape = made.kind === 'fault' ? faultRule : rule;
    expect(shape.safeParse(whole).error?.issues ?? []).toEqual([]);
    expect(made.resource).toEqual(first.resource);
    expect(made.mode).toBe('monitor');
  });

  it('keeps numbers that both variants have', () => {
    expect(asVariant(first, 'limit.tokenBucket', nowMs)).toMatchObject({ limit: 7, intervalMs: 1000 });
    expect(asVariant(first, 'limit.tokenBucket', nowMs)).not.toHaveProperty('windowMs');
  });

  it('knows none where there is none', () => {
    expect(variantOf({ kind: 'guess' })).toBeUndefined();
  });
});
