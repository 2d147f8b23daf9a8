import { describe, expect, it } from '@jest/globals';
import { checkProperties } from './properties-syntax.ts';

describe('checkProperties', () => {
  it.each([
    '',
    'a=1',
    '# \\u12 in a comment\na=1',
    'a=\\u00e9',
    'a=C:\\\\users',
    'a = x \\\n  y',
    'just words',
  ])('takes %j', (text) => {
    expect(() => checkProperties(text)).not.toThrow();
  });

  it.each([
    ['a=\\u12', 1, 3],
    ['a=1\r\nb=x\\uZZZZ', 2, 4],
    ['a=x\\\n# \\u1 goes on', 2, 3],
  ])('refuses %j at its place', (text, line, column) => {
    expect(() => checkProperties(text)).toThrow(expect.objectContaining({ line, column }));
  });
});
