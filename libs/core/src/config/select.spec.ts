import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LabelTerm, selects } from './select.ts';

const instance = { instanceId: 'orders-1', labels: { zone: 'a', version: '2.3' } };
const byLabels = (...all: LabelTerm[]) => selects({ who: 'labels', all }, instance);

describe('selects', () => {
  it('picks everyone, or the instances that were named', () => {
    expect(selects({ who: 'everyone' }, instance)).toBe(true);
    expect(selects({ who: 'instances', ids: ['orders-2', 'orders-1'] }, instance)).toBe(true);
    expect(selects({ who: 'instances', ids: ['orders-10'] }, instance)).toBe(false);
    expect(selects({ who: 'instances', ids: [] }, instance)).toBe(false);
  });

  it.each<[LabelTerm, boolean]>([
    [{ label: 'zone', op: 'in', values: ['a', 'b'] }, true],
    [{ label: 'zone', op: 'in', values: ['b'] }, false],
    [{ label: 'zone', op: 'in', values: [] }, false],
    [{ label: 'zone', op: 'in' }, false],
    [{ label: 'zone', op: 'notIn', values: ['b'] }, true],
    [{ label: 'zone', op: 'notIn', values: ['a'] }, false],
    [{ label: 'zone', op: 'exists' }, true],
    [{ label: 'zone', op: 'absent' }, false],
    [{ label: 'missing', op: 'in', values: ['a'] }, false],
    [{ label: 'missing', op: 'notIn', values: ['a'] }, true],
    [{ label: 'missing', op: 'exists' }, false],
    [{ label: 'missing', op: 'absent' }, true],
    // What every object inherits is no label.
    [{ label: 'constructor', op: 'exists' }, false],
    [{ label: '__proto__', op: 'absent' }, true],
  ])('%j is %p', (term, expected) => {
    expect(byLabels(term)).toBe(expected);
  });

  it('asks for all terms at once; no term excludes nobody', () => {
    const yes: LabelTerm = { label: 'zone', op: 'exists' };
    const no: LabelTerm = { label: 'zone', op: 'absent' };
    expect(byLabels()).toBe(true);
    expect(byLabels(yes, yes)).toBe(true);
    expect(byLabels(yes, no)).toBe(false);
  });

  it('picks by a term exactly those that its opposite leaves', () => {
    const word = fc.constantFrom('a', 'b', 'zone', 'version', '__proto__');
    fc.assert(
      fc.property(
        word,
        fc.array(word, { maxLength: 3 }),
        fc.dictionary(word, word),
        (label, values, labels) => {
          const picks = (op: LabelTerm['op']): boolean =>
            selects({ who: 'labels', all: [{ label, op, values }] }, { instanceId: 'i', labels });
          expect(picks('in')).toBe(!picks('notIn'));
          expect(picks('exists')).toBe(!picks('absent'));
        },
      ),
    );
  });
});
