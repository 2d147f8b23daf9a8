import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPlainObject, jsonProblem } from './json.ts';

describe('jsonProblem', () => {
  it('finds none in what JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonProblem(value, 1000)).toBeUndefined();
      }),
    );
    expect(jsonProblem(JSON.parse('{"__proto__":{"constructor":[1]}}'), 32)).toBeUndefined();
  });

  it.each([
    ['1e400, as JSON.parse reads it', JSON.parse('1e400')],
    ['NaN', Number.NaN],
    ['undefined', undefined],
    ['a date', new Date(0)],
    ['a set', new Set()],
    ['a bigint', 1n],
    ['a function', () => 1],
  ])('refuses %s, also deep inside', (_, value) => {
    expect(jsonProblem(value, 32)).toBe('type');
    expect(jsonProblem([{ a: value }], 32)).toBe('type');
  });

  it('refuses a hole in an array and an undefined property, which writing would lose', () => {
    expect(jsonProblem(new Array<number>(1), 32)).toBe('type');
    expect(jsonProblem({ a: undefined }, 32)).toBe('type');
  });

  it('stops at the depth that is allowed, and at a cycle', () => {
    expect(jsonProblem([[1]], 2)).toBeUndefined();
    expect(jsonProblem([[1]], 1)).toBe('depth');
    expect(jsonProblem({}, 0)).toBe('depth');
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(jsonProblem(cycle, 32)).toBe('depth');
  });
});

describe('isPlainObject', () => {
  it('takes literals and objects without a prototype, nothing else', () => {
    expect(isPlainObject({})).toBe(true);
    expect(isPlainObject(Object.create(null) as object)).toBe(true);
    expect(isPlainObject(new (class Point {})())).toBe(false);
    expect(isPlainObject(new Date())).toBe(false);
    expect(isPlainObject([])).toBe(false);
  });
});
