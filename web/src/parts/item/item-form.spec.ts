import { describe, expect, it } from '@jest/globals';
import { maskedValue } from '@sluice/core';
import { formOf, itemOf } from './item-form.ts';

const number = { type: 'number', text: '5', min: '', max: '', description: '', secret: false } as const;

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

describe('a secret', () => {
  const masked = { type: 'string' as const, value: maskedValue, secret: true };

  it('shows no mask to edit, and stays as it was when nothing is typed', () => {
    expect(formOf(masked).text).toBe('');
    expect(itemOf(formOf(masked), masked)).toEqual({ item: masked });
  });

  it('is replaced by what is typed, without being read', () => {
    const form = { ...formOf(masked), text: 'new' };
    expect(itemOf(form, masked)).toEqual({ item: { ...masked, value: 'new' } });
    expect(itemOf({ ...form, secret: false }, masked)).toEqual({ item: { type: 'string', value: 'new' } });
  });

  it('is of texts and JSON only', () => {
    const form = { ...formOf(undefined), text: '5', secret: true };
    expect(itemOf(form)).toEqual({ item: { type: 'number', value: 5 } });
    expect(itemOf({ ...form, type: 'json' })).toEqual({ item: { type: 'json', value: 5, secret: true } });
  });
});
