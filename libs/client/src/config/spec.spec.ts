import { describe, expect, it } from '@jest/globals';
import { bool, json, num, str } from './spec.ts';

describe('what the code expects of a key', () => {
  it('a number in its bounds, both included', () => {
    const spec = num(800, { min: 50, max: 5000 });
    expect([50, 5000, 800.5].every((v) => spec.accepts(v))).toBe(true);
    expect([49, 5001, '800', null, true, Number.NaN, undefined].some((v) => spec.accepts(v))).toBe(false);
    expect(spec.expects).toBe('number 50..5000');
    expect(num(1, { min: 0 }).expects).toBe('number from 0');
    expect(num(1, { max: 3 }).expects).toBe('number up to 3');
    expect(num(1, { integer: true }).accepts(1.5)).toBe(false);
  });

  it('a string, perhaps out of a few', () => {
    expect(str('x').accepts('anything')).toBe(true);
    expect(str('x').accepts(1)).toBe(false);
    const spec = str('a', { oneOf: ['a', 'b'] });
    expect(spec.accepts('b')).toBe(true);
    expect(spec.accepts('c')).toBe(false);
    expect(spec.expects).toBe('one of "a", "b"');
  });

  it('a boolean, and nothing that only looks like one', () => {
    expect(bool(true).accepts(false)).toBe(true);
    expect([0, 1, 'true', null].some((v) => bool(true).accepts(v))).toBe(false);
  });

  it('JSON, held to a check when there is one, which may throw', () => {
    expect([null, 1, 'a', [], {}].every((v) => json<unknown>(null).accepts(v))).toBe(true);
    const strings = json<string[]>([], {
      check: (v) => (v as string[]).every((s) => typeof s === 'string'),
    });
    expect(strings.accepts(['a'])).toBe(true);
    expect(strings.accepts([1])).toBe(false);
    expect(strings.accepts(null)).toBe(false);
  });

  it('freezes defaults, which all readers share', () => {
    const spec = json({ list: [1] });
    expect(Object.isFrozen(spec.default.list)).toBe(true);
  });

  it('refuses a default that breaks its own bounds, and repeats it', () => {
    expect(() => num(10, { min: 50 })).toThrow(
      'The default 10 is not what it asks for itself: number from 50',
    );
    expect(() => num('800' as unknown as number)).toThrow(RangeError);
  });
});
