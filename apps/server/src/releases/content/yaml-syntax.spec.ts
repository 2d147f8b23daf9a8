import { describe, expect, it } from '@jest/globals';
import { parseYaml } from './yaml-syntax.ts';

const faultOf = (text: string): string => {
  try {
    return JSON.stringify(parseYaml(text));
  } catch (error) {
    const { line, column, reason } = error as {
      line: number;
      column: number;
      reason: { en: string; zh: string };
    };
    expect(reason.zh).not.toBe('');
    return `${line}:${column} ${reason.en}`;
  }
};

describe('parseYaml', () => {
  it('reads one document or several, with anchors and merge keys', () => {
    expect(parseYaml('')).toEqual([null]);
    expect(parseYaml('a: 1\r\nb: [x, y]\r\n')).toEqual([{ a: 1, b: ['x', 'y'] }]);
    expect(parseYaml('a: 1\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parseYaml('base: &b {x: 1}\none: {<<: *b, y: 2}\n')).toEqual([
      { base: { x: 1 }, one: { x: 1, y: 2 } },
    ]);
  });

  it('keeps a key that JavaScript treats specially as data', () => {
    const [data] = parseYaml('__proto__: {polluted: true}\n');
    expect(Object.hasOwn(data as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a: 1\n b: 2\n', /^1:4 /],
    ['a: [1, 2\n', /^2:1 /],
    ['a: "x\n', /^2:1 /],
    ['a:\n\tb: 1\n', /^2:1 Tabs are not allowed/],
    ['a: 1\nb: 2\n"a": 3\n', /^3:1 the key "a" is there twice$/],
    ['- x\n- y: 1\n  y: 2\n', /^3:3 the key "y" is there twice$/],
    ['a: *b\nb: &b 1\n', /^1:4 the alias \*b has no anchor &b before it$/],
    ['a: 1\n---\nb: {\n', /^4:1 /],
    ['a: &a [*a]\n', /^1:1 it nests deeper than 32$/],
    [`a: ${'['.repeat(32)}${']'.repeat(32)}\n`, /^1:\d+ it nests deeper than 32$/],
  ])('refuses %j at its place', (text, fault) => {
    expect(faultOf(text)).toMatch(fault);
  });

  it('refuses aliases that expand to too much, in little time', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [below, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => pair.split('')))
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${below}`).join(',')}]`);
    expect(faultOf(bomb.join('\n'))).toMatch(/too much/);
    const wide = `a: &a [${Array(5_000).fill('1').join(',')}]\nb: [${Array(5_000).fill('*a').join(',')}]\n`;
    expect(faultOf(wide)).toMatch(/too much|more than a million/);
  });
});
