import { describe, expect, it } from '@jest/globals';
import { parseJson } from './json-syntax.ts';

const faultOf = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch (error) {
    const { line, column, reason } = error as { line: number; column: number; reason: { en: string } };
    return `${line}:${column} ${reason.en}`;
  }
};

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    expect(parseJson(' {"a": [1, 2.5e3, "\\u00e9", null, true]} ')).toEqual({
      a: [1, 2500, 'é', null, true],
    });
    expect(parseJson('"[[[[["')).toBe('[[[[[');
    expect(parseJson(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeDefined();
  });

  it.each([
    ['', '1:1 a value is missing'],
    ['{"a": }', '1:7 a value is missing'],
    ['{"a": 1 "b": 2}', '1:9 a comma is missing'],
    ['{"a": 1,\n}', '2:1 a property name in double quotes is missing'],
    ["{'a': 1}", '1:2 this word is not JSON'],
    ['[1, 2', '1:6 a closing ] is missing'],
    ['{"a": "x', '1:7 a string is not closed'],
    ['{} {}', '1:4 the document goes on after its end'],
    ['{"a": nul}', '1:7 this word is not JSON'],
    ['["\\x"]', '1:2 this escape is not one of JSON'],
    ['[1] // done', '1:5 JSON has no comments'],
  ])('%j is refused with %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it.each(['01', '1.', '.5', '+1', '[1,,2]', '\u0001', '"\n"', 'NaN', '1 2', '[', '{"a"', '\u00a0{}'])(
    'refuses %j as JSON.parse does',
    (text) => {
      expect(() => JSON.parse(text)).toThrow();
      expect(faultOf(text)).toMatch(/^1:\d+ ./);
    },
  );
});
