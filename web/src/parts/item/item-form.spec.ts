import { describe, expect, it } from '@jest/globals';
import { formOf, itemOf } from './item-form.ts';

const number = { type: 'number', text: '5', min: '', max: '', description: '' } as const;

describe('itemOf', () => {
  it('brings back every item that was opened, unchanged', () => {
    for (const item of [
      { type: 'number', value: 5, min: 1, max: 9, description: 'how many' },
      { type: 'string', value: '' },
      { type: 'boolean', value: false },
      { type: 'json', value: { a: [1, null, 'x'] } },
    ] as const)
      expect(itemOf(formOf(item))).toEqual({ item });
  });

  it.each([
    [{ ...number, text: 'five' }, { value: 'notNumber' }],
    [{ ...number, text: ' ' }, { value: 'notNumber' }],
    [{ ...number, text: '1e999' }, { value: 'notNumber' }],
    [{ ...number, min: '6' }, { value: 'tooSmall' }],
    [{ ...number, max: '4' }, { value: 'tooLarge' }],
    [
      { ...number, min: '7', max: '3' },
      { min: 'minAboveMax', value: 'tooSmall' },
    ],
    [{ ...number, max: 'many' }, { max: 'notNumber' }],
    [{ ...number, type: 'json', text: '{' } as const, { value: 'notJson' }],
  ])('says what is wrong with %j', (form, faults) => {
    expect(itemOf(form)).toEqual({ faults });
  });
});
