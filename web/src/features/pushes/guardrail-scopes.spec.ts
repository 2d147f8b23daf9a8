import { describe, expect, it } from '@jest/globals';
import type { GuardrailReading } from '@sluice/protocol';
import { scopesOf } from './guardrail-scopes.ts';

const reading = (
  scope: string,
  measure: GuardrailReading['measure'],
  more: Partial<GuardrailReading> = {},
): GuardrailReading => ({ scope, measure, windows: 0, basis: { cohort: 1, rest: 1 }, ...more });

describe('what the members of a gray do, by resource', () => {
  it('has one row a resource, with every measure of it', () => {
    const [only, ...more] = scopesOf([reading('pay', 'errorRatio', { cohort: 0.1 }), reading('pay', 'p99')]);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ scope: 'pay', of: { errorRatio: { cohort: 0.1 }, p99: { scope: 'pay' } } });
  });

  it('begins with the whole, then what is over most, then what is known', () => {
    const rows = scopesOf([
      reading('unknown', 'errorRatio'),
      reading('fine', 'errorRatio', { cohort: 0 }),
      reading('bad', 'p99', { cohort: 90, windows: 1 }),
      reading('worse', 'p99', { cohort: 90, windows: 2 }),
      reading('', 'errorRatio', { cohort: 0 }),
    ]);
    expect(rows.map(({ scope }) => scope)).toEqual(['', 'worse', 'bad', 'fine', 'unknown']);
    expect(rows.map(({ over }) => over)).toEqual([0, 2, 1, 0, 0]);
  });
});
