import { describe, expect, it } from '@jest/globals';
import { numberText } from './number-text.ts';

describe('a number as people type it', () => {
  it.each([
    ['100', '100'],
    ['1.5', '1.5'],
    ['-5', '-5'],
    ['1e3', '1e3'],
    ['1,5', '1.5'],
    ['12,50', '12.50'],
    ['1,204', '1204'],
    ['1,204,000.5', '1204000.5'],
    ['1 000', '1000'],
    ['1\u00A0000', '1000'],
    ['１２', '12'],
    ['１，５', '1.5'],
    ['1。5', '1.5'],
    ['−3', '-3'],
    ['50 %', '50'],
  ])('reads %j as %s', (typed, text) => {
    expect(numberText(typed)).toBe(text);
  });

  it.each(['abc', '0x10', '1.5.5', '1.000,5', '1,2,3', '12px', 'Infinity'])('takes %j for none', (typed) => {
    expect(numberText(typed)).toBe('');
  });

  it.each(['', '-', '1e', '1e-', '.', '1.'])('waits for the rest of %j', (typed) => {
    expect(numberText(typed)).toBe(typed);
  });
});
