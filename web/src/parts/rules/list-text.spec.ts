import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scalar } from './condition-test.ts';
import { listOf, listText } from './list-text.ts';

const asTyped = (text: string): string => text;

describe('a list as it is typed', () => {
  it.each([
    ['a, b,c', ['a', 'b', 'c']],
    ['a，b\nc', ['a', 'b', 'c']],
    [' , a ,, ', ['a']],
    ['', []],
    ['"gzip, deflate", br', ['gzip, deflate', 'br']],
    ['say "hi", b', ['say "hi"', 'b']],
    ['"half', ['"half']],
    ['"a" b, c', ['"a" b', 'c']],
    ['"\\q", c', ['"\\q"', 'c']],
    ['"5", 5, true', ['5', 5, true]],
  ])('reads %j as %j', (typed, values) => {
    expect(listOf(typed, typed.includes('5') ? scalar : asTyped)).toEqual(values);
  });

  it('is read as it was written, whatever stands in its entries', () => {
    const anything = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('a, b', '，', '\n', '"', ' a ', '', '\\')),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(', ', '\n'), (values, between) => {
        expect(listOf(listText(values, between), asTyped)).toEqual(values);
      }),
      { numRuns: 5000 },
    );
  });
});
