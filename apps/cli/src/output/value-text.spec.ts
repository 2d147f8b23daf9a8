import { describe, expect, it } from '@jest/globals';
import { shortValue, valueText } from './value-text.ts';

describe('a value alone', () => {
  it('is the string itself, and JSON for everything else', () => {
    expect(valueText('a b')).toBe('a b');
    expect(valueText(800)).toBe('800');
    expect(valueText([1, 'a'])).toBe('[1,"a"]');
    expect(valueText(null)).toBe('null');
  });
});

describe('a value in a sentence', () => {
  it('is quoted where it could be misread', () => {
    expect(shortValue('info')).toBe('info');
    expect(shortValue('800')).toBe('"800"');
    expect(shortValue('a b')).toBe('"a b"');
    expect(shortValue('')).toBe('""');
    expect(shortValue('true')).toBe('"true"');
    expect(shortValue(undefined)).toBe('-');
    expect(shortValue('-')).toBe('"-"');
  });

  it('is not longer than a line bears', () => {
    expect(shortValue('x'.repeat(200))).toHaveLength(60);
  });
});
