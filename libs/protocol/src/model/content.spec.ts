import { describe, expect, it } from '@jest/globals';
import { canonicalText, limits } from '@sluice/core';
import fc from 'fast-check';
import { content, item, itemsPatch } from './content.ts';
import { faultsOf } from './faults.ts';

const check = (value: unknown) => {
  const parsed = content.safeParse(value, { reportInput: true });
  return parsed.success ? [] : faultsOf(parsed.error).map((f) => `${f.path}: ${f.problem}: ${f.message}`);
};
const map = (items: unknown): unknown => ({ kind: 'map', items });
const one = (more: object): unknown => map({ a: more });

describe('content', () => {
  it('gives back exactly what it was given', () => {
    const anItem = fc.oneof(
      fc.record({ type: fc.constant('string'), value: fc.string({ unit: 'binary' }) }),
      fc.record({
        type: fc.constant('number'),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      }),
      fc.record({ type: fc.constant('boolean'), value: fc.boolean(), description: fc.string() }),
      fc.record({ type: fc.constant('json'), value: fc.jsonValue({ maxDepth: 5 }) }),
    );
    const key = fc
      .stringMatching(/^[a-z][A-Za-z0-9._-]{0,12}$/)
      .filter((k) => !['constructor', 'prototype'].includes(k));
    fc.assert(
      fc.property(fc.dictionary(key, anItem), (items) => {
        const before = canonicalText(map(items));
        expect(canonicalText(content.parse(map(items)))).toBe(before);
      }),
    );
  });

  it('takes bounds that are kept, their edges included', () => {
    for (const value of [50, 51, 5000])
      expect(check(one({ type: 'number', value, min: 50, max: 5000, description: 'x' }))).toEqual([]);
  });

  it.each<[object, string]>([
    [{ type: 'number', value: 49, min: 50 }, 'items.a.value: range: must be at least 50, got 49'],
    [{ type: 'number', value: 5001, max: 5000 }, 'items.a.value: range: must be at most 5000, got 5001'],
    [{ type: 'number', value: 2, min: 3, max: 1 }, 'items.a.min: range: must not be above max (3 > 1)'],
    [{ type: 'number', value: '5' }, 'items.a.value: type: must be a number, got string'],
    [{ type: 'boolean', value: null }, 'items.a.value: type: must be a boolean, got null'],
    [{ type: 'string', value: 5 }, 'items.a.value: type: must be a string, got number'],
    [{ type: 'string', value: 'x', max: 5 }, 'items.a.max: type: is for numbers only'],
    [{ type: 'json', value: {}, min: 5 }, 'items.a.min: type: is for numbers only'],
    [{ type: 'number' }, 'items.a.value: type: must be JSON: finite numbers, no dates'],
    [{ value: 1 }, 'items.a.type: required: is required'],
    [{ type: 'int', value: 1 }, 'items.a.type: value: must be one of "string", "number", "boolean", "json"'],
    [{ type: 'string', value: 'x', comment: 'y' }, 'items.a.comment: unknown: is not a field here'],
    [
      { type: 'string', value: 'x', description: 'y'.repeat(1001) },
      'items.a.description: range: must have at most 1000 characters',
    ],
    [{ type: 'number', value: 1, min: '0' }, 'items.a.min: type: must be a number, got string'],
  ])('refuses %j', (anItem, fault) => {
    expect(check(one(anItem))).toContain(fault);
  });

  it.each([
    ['1e400, which JSON.parse reads as Infinity', '1e400'],
    ['-1e400', '-1e400'],
    ['1e400 inside a list', '[1,{"x":1e400}]'],
  ])('refuses %s instead of storing null', (_, text) => {
    for (const type of ['number', 'json'])
      expect(check(JSON.parse(`{"kind":"map","items":{"a":{"type":"${type}","value":${text}}}}`))).toContain(
        'items.a.value: type: must be JSON: finite numbers, no dates',
      );
    expect(check(one({ type: 'number', value: Number.NaN }))).not.toEqual([]);
  });

  it('reports every wrong place at once', () => {
    const faults = check({
      kind: 'map',
      items: { a: { type: 'number', value: 'x' }, 'b c': 1, d: {} },
      more: 1,
    });
    expect(faults.map((f) => f.split(':')[0])).toEqual(
      expect.arrayContaining(['items.a.value', 'items.b c', 'items.d.type', 'more']),
    );
  });

  it.each(['__proto__', 'constructor', 'prototype', 'a b', '', '..', 'é', 'x'.repeat(129)])(
    'refuses the key %j by name, in every kind',
    (key) => {
      const items = `{${JSON.stringify(key)}:{"type":"string","value":"x"}}`;
      for (const kind of ['map', 'rules'])
        expect(check(JSON.parse(`{"kind":"${kind}","items":${items}}`))).toEqual(
          expect.arrayContaining([expect.stringMatching(/^items\..*: name: /)]),
        );
    },
  );

  it('keeps __proto__ inside a value as data, and changes no object by it', () => {
    const parsed = content.parse(
      JSON.parse('{"kind":"map","items":{"a":{"type":"json","value":{"__proto__":{"polluted":1}}}}}'),
    );
    expect(canonicalText(parsed)).toContain('{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(check(JSON.parse('{"kind":"map","items":{},"__proto__":{}}'))).toEqual([
      '__proto__: unknown: is not a field here',
    ]);
  });

  it(`takes ${limits.itemsPerNamespace} items and refuses one more`, () => {
    const items = Object.fromEntries(
      Array.from({ length: limits.itemsPerNamespace }, (_, i) => [`k${i}`, { type: 'number', value: i }]),
    );
    expect(check(map(items))).toEqual([]);
    expect(check(map({ ...items, more: { type: 'number', value: 1 } }))).toEqual([
      'items: range: must have at most 10000 items, got 10001',
    ]);
  });

  it('takes a value 32 deep, refuses 33, and survives 100,000', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(check(one({ type: 'json', value: nested(32) }))).toEqual([]);
    for (const depth of [33, 100_000])
      expect(check(one({ type: 'json', value: nested(depth) }))).toEqual([
        'items.a.value: depth: must be at most 32 deep',
      ]);
  });

  it('carries a document byte for byte', () => {
    const text = '\uFEFFa: 1\r\n\tb: \0\n\n';
    expect(content.parse({ kind: 'document', format: 'text', text })).toEqual({
      kind: 'document',
      format: 'text',
      text,
    });
    expect(check({ kind: 'document', format: 'toml', text })).toEqual([
      'format: value: must be one of "json", "yaml", "properties", "text"',
    ]);
    expect(check({ kind: 'document', text })).toEqual(['format: required: is required']);
  });

  it.each([
    [null, ': type: must be an object, got null'],
    ['x', ': type: must be an object, got string'],
    [[], ': type: must be an object, got array'],
    [{}, 'kind: value: must be one of "map", "document", "rules"'],
    [{ kind: 'mop' }, 'kind: value: must be one of "map", "document", "rules"'],
    [{ kind: 'map' }, 'items: required: is required'],
    [{ kind: 'map', items: [] }, 'items: type: must be an object, got array'],
    [{ kind: 'map', items: { a: null } }, 'items.a: type: must be an object, got null'],
  ])('answers %j with a sentence', (value, fault) => {
    expect(check(value)).toContain(fault);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withMap: true, withBigInt: true, withNullPrototype: true }),
        (value) => {
          content.safeParse(value);
          item.safeParse(value);
          content.safeParse(map(value));
          content.safeParse(one({ type: 'json', value }));
        },
      ),
    );
  });
});

describe('itemsPatch', () => {
  it('may set, remove, or do nothing', () => {
    expect(itemsPatch.parse({})).toEqual({ set: {}, remove: [] });
    expect(itemsPatch.parse({ set: { a: 1 }, remove: ['b'] })).toEqual({ set: { a: 1 }, remove: ['b'] });
  });

  it('does not lose a key on the way', () => {
    const parsed = itemsPatch.safeParse(JSON.parse('{"set":{"__proto__":1,"a":2}}'));
    expect(parsed.success ? [] : faultsOf(parsed.error)).toMatchObject([
      { path: 'set.__proto__', problem: 'name' },
    ]);
  });
});
