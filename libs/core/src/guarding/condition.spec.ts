import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallInputs } from '../model/call.ts';
import type { Condition } from '../model/condition.ts';
import { conditionOf } from './condition.ts';

const call: CallInputs = {
  origin: 'web-shop',
  headers: { 'x-tier': 'free', 'x-many': ['a', 'b'], 'x-size': '12', 'x-empty': '' },
  query: { page: '3' },
  tags: { zone: 'eu-west' },
  args: [{ user: { id: 7, name: 'Ada', roles: ['admin'] } }, true, 'text'],
};
const holds = (condition: Condition, inputs: CallInputs = call): boolean => conditionOf(condition)(inputs);

describe('conditionOf', () => {
  it.each<[Condition, boolean]>([
    [{ on: 'origin', op: 'equals', value: 'web-shop' }, true],
    [{ on: 'origin', op: 'prefix', value: 'web-' }, true],
    [{ on: 'header', name: 'x-tier', op: 'in', values: ['free', 'trial'] }, true],
    [{ on: 'header', name: 'x-many', op: 'equals', value: 'a' }, true],
    [{ on: 'header', name: 'x-size', op: 'atLeast', value: 12 }, true],
    [{ on: 'header', name: 'x-size', op: 'atMost', value: 11 }, false],
    [{ on: 'header', name: 'x-tier', op: 'atLeast', value: 0 }, false],
    [{ on: 'header', name: 'x-empty', op: 'atLeast', value: 0 }, false],
    [{ on: 'header', name: 'x-size', op: 'equals', value: 12 }, true],
    [{ on: 'query', name: 'page', op: 'exists', value: true }, true],
    [{ on: 'query', name: 'size', op: 'exists', value: false }, true],
    [{ on: 'tag', name: 'zone', op: 'glob', value: 'eu-*' }, true],
    [{ on: 'argument', index: 0, path: 'user.id', op: 'equals', value: 7 }, true],
    [{ on: 'argument', index: 0, path: 'user.roles', op: 'exists', value: true }, false],
    [{ on: 'argument', index: 0, path: 'user.constructor', op: 'exists', value: true }, false],
    [{ on: 'argument', index: 1, op: 'equals', value: true }, true],
    [{ on: 'argument', index: 2, path: 'length', op: 'exists', value: true }, false],
    [{ on: 'argument', index: 9, op: 'equals', value: 1 }, false],
    [{ on: 'header', name: 'toString', op: 'exists', value: true }, false],
  ])('%j: %p', (condition, expected) => {
    expect(holds(condition)).toBe(expected);
  });

  it('fails every test but "exists: false" on a call that says nothing', () => {
    expect(holds({ on: 'origin', op: 'equals', value: 'undefined' }, {})).toBe(false);
    expect(holds({ on: 'tag', name: 'a', op: 'exists', value: false }, {})).toBe(true);
    expect(holds({ on: 'argument', index: 0, path: 'a.b', op: 'prefix', value: '' }, {})).toBe(false);
  });

  it('joins as logic does', () => {
    const leaf = fc.boolean().map((value): Condition => ({ on: 'origin', op: 'exists', value }));
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((and): Condition => ({ and })),
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((or): Condition => ({ or })),
        tie('condition').map((not): Condition => ({ not })),
      ),
    }));
    const truth = (c: Condition): boolean => {
      if ('and' in c) return c.and.map(truth).every(Boolean);
      if ('or' in c) return c.or.map(truth).some(Boolean);
      return 'not' in c ? !truth(c.not) : c.op === 'exists' && c.value;
    };
    fc.assert(fc.property(condition, (c) => expect(holds(c)).toBe(truth(c))));
  });
});
