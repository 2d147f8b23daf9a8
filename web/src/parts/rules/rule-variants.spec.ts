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

  it('takes no answer along that nobody chose: who passes by degrade does not make refused callers get nothing', () => {
    const degrade = asVariant(first, 'degrade', nowMs);
    expect(degrade.onBlock).toEqual({ answer: 'empty' });
    expect(asVariant(degrade, 'access.origin', nowMs)).not.toHaveProperty('onBlock');
    expect(asVariant(first, 'access.origin', nowMs)).not.toHaveProperty('onBlock');
  });

  it('keeps an answer that somebody chose, also by degrade', () => {
    const onBlock = { answer: 'http', status: 503 };
    const degrade = asVariant({ ...first, onBlock }, 'degrade', nowMs);
    expect(degrade.onBlock).toEqual(onBlock);
    expect(asVariant(degrade, 'limit.warmUp', nowMs).onBlock).toEqual(onBlock);
  });

  it('keeps what every variant of a kind may say', () => {
    const said = {
      probes: 7,
      maxHalfOpenMs: 9000,
      backoff: { multiplier: 2, maxMs: 60_000 },
      forced: { state: 'open', until: '2026-01-31T13:00:00Z' },
    };
    const breaker = { ...asVariant(first, 'breaker.errorRatio', nowMs), ...said };
    expect(asVariant(breaker, 'breaker.errorCount', nowMs)).toMatchObject(said);
    expect(asVariant(breaker, 'limit.warmUp', nowMs)).not.toHaveProperty('forced');
    const script = {
      ...asVariant(first, 'script.decide', nowMs),
      inputs: ['origin'],
      timeoutMs: 9,
      onError: 'block',
    };
    expect(asVariant(script, 'script.policy', nowMs)).toMatchObject({
      inputs: ['origin'],
      timeoutMs: 9,
      onError: 'block',
    });
  });

  it('comes back as what it was, with what was changed meanwhile', () => {
    const script = {
      ...asVariant(first, 'script.decide', nowMs),
      source: 'function decide() { return true }',
    };
    const policy = { ...asVariant(script, 'script.policy', nowMs), mode: 'off', timeoutMs: 7 };
    expect(asVariant(policy, 'script.decide', nowMs, script)).toEqual({
      ...script,
      mode: 'off',
      timeoutMs: 7,
    });
  });

  it('knows none where there is none', () => {
    expect(variantOf({ kind: 'guess' })).toBeUndefined();
  });
});
