import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../model/json.ts';
import { canonicalText, sameData } from './canonical.ts';

const anyJson = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

/** The same data with the keys of every object in another order. */
function shuffled(value: Json, draw: () => number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry: Json) => shuffled(entry, draw));
  const entries = Object.entries(value as Record<string, Json>).map(
    ([key, entry]) => [draw(), key, shuffled(entry, draw)] as const,
  );
  return Object.fromEntries(entries.sort((a, b) => a[0] - b[0]).map(([, key, entry]) => [key, entry]));
}

describe('canonicalText', () => {
  it('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(anyJson, fc.infiniteStream(fc.double({ noNaN: true })), (value, draws) => {
        const other = shuffled(value, () => draws.next().value as number);
        expect(canonicalText(other)).toBe(canonicalText(value));
      }),
    );
  });

  it('is JSON that says the same data again', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalText(value);
        expect(canonicalText(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('differs when the data differs', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        const [plainA, plainB] = [a, b].map((v): unknown => JSON.parse(JSON.stringify(v)));
        expect(canonicalText(a) === canonicalText(b)).toBe(isDeepStrictEqual(plainA, plainB));
      }),
    );
  });

  it('has one text for a set of keys whose names a program could trip over', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"x":1},"a":2,"toString":3,"10":4,"9":5,"B":6}') as Json;
    expect(canonicalText(value)).toBe('{"10":4,"9":5,"B":6,"__proto__":{"x":1},"a":2,"b":1,"toString":3}');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('sorts keys by UTF-16 code unit, so that every language can do the same', () => {
    // U+FFFD is one unit above the surrogates that write U+10000, though its code point is lower.
    expect(canonicalText({ '\uFFFD': 1, '\u{10000}': 2, é: 3, z: 4 })).toBe(
      '{"z":4,"é":3,"\u{10000}":2,"\uFFFD":1}',
    );
  });

  it.each([
    [-0, '0'],
    [1e21, '1e+21'],
    [0.1 + 0.2, '0.30000000000000004'],
    ['\u2028"\\\n\0', '"\u2028\\"\\\\\\n\\u0000"'],
    ['\ud800', '"\\ud800"'],
    [[], '[]'],
    [{}, '{}'],
    [null, 'null'],
  ])('writes %p as %s', (value, text) => {
    expect(canonicalText(value)).toBe(text);
  });

  it('takes an undefined property for an absent one', () => {
    expect(canonicalText({ a: 1, b: undefined })).toBe('{"a":1}');
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 10n],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array<number>(2)],
  ])('refuses %s, also deep inside', (_, value) => {
    expect(() => canonicalText(value)).toThrow(TypeError);
    expect(() => canonicalText({ a: [value] })).toThrow(TypeError);
  });
});

describe('sameData', () => {
  it('compares what is said, not how it was built', () => {
    expect(sameData({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(sameData([1, 2], [2, 1])).toBe(false);
    expect(sameData(undefined, null)).toBe(false);
    expect(sameData(undefined, undefined)).toBe(true);
    expect(sameData('1', 1)).toBe(false);
  });
});
