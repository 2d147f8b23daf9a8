import { describe, expect, it } from '@jest/globals';
import { valueAt, withValue } from './rule-value.ts';

const draft = { kind: 'breaker', backoff: { multiplier: 2, maxMs: 5 }, mode: 'off' };

describe('fields of a rule that is being written', () => {
  it('are read and written by their paths', () => {
    expect(valueAt(draft, 'backoff.maxMs')).toBe(5);
    expect(valueAt(draft, 'kind.x')).toBeUndefined();
    expect(withValue(draft, 'backoff.maxMs', 7)).toEqual({ ...draft, backoff: { multiplier: 2, maxMs: 7 } });
    expect(withValue({}, 'delay.ms', 1)).toEqual({ delay: { ms: 1 } });
  });

  it('keep their order, and an object that is left empty goes', () => {
    expect(Object.keys(withValue(draft, 'kind', 'limit'))).toEqual(['kind', 'backoff', 'mode']);
    const one = withValue(draft, 'backoff.maxMs', undefined);
    expect(withValue(one, 'backoff.multiplier', undefined)).toEqual({ kind: 'breaker', mode: 'off' });
  });
});
