import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../model/json.ts';
import { canonicalText } from './canonical.ts';
import { applyPatch, mergePatches } from './patch.ts';

describe('applyPatch', () => {
  it('takes away first, then sets, so a key in both is there afterwards', () => {
    const content = { kind: 'rules', items: { a: 1, b: 2 } } as const;
    expect(applyPatch(content, { set: { a: 3, c: 4 }, remove: ['a', 'b', 'missing'] })).toEqual({
      kind: 'rules',
      items: { a: 3, c: 4 },
    });
  });

  it('leaves what it was given as it was', () => {
    const content = { kind: 'rules', items: Object.freeze({ a: 1 }) } as const;
    applyPatch(content, { set: { a: 2 }, remove: [] });
    expect(content.items).toEqual({ a: 1 });
  });

  it('keeps the key __proto__ as data', () => {
    const set = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, { polluted: boolean }>;
    const patched = applyPatch({ kind: 'rules', items: {} }, { set, remove: [] });
    expect(JSON.stringify(patched)).toBe('{"kind":"rules","items":{"__proto__":{"polluted":true}}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses to patch a document by key', () => {
    const document = { kind: 'document', format: 'text', text: 'x' } as const;
    expect(() => applyPatch(document, { set: {}, remove: [] })).toThrow(TypeError);
  });
});

describe('mergePatches', () => {
  it('does in one what two do one after the other, over any content', () => {
    const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'toString');
    const items = fc
      .array(fc.tuple(key, fc.nat(3)), { maxLength: 4 })
      .map((entries): Record<string, Json> => Object.fromEntries(entries));
    const patch = fc.record({ set: items, remove: fc.array(key, { maxLength: 3 }) });
    fc.assert(
      fc.property(items, patch, patch, (all, older, newer) => {
        const content = { kind: 'rules', items: all } as const;
        const twice = applyPatch(applyPatch(content, older), newer);
        expect(canonicalText(applyPatch(content, mergePatches(older, newer)))).toBe(canonicalText(twice));
      }),
    );
  });

  it('names no key both to set and to remove', () => {
    expect(
      mergePatches({ set: { a: 1 }, remove: ['b', 'c'] }, { set: { b: 2 }, remove: ['a', 'b'] }),
    ).toEqual({
      set: { b: 2 },
      remove: ['a', 'c'],
    });
  });
});
