import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Content, RulesContent } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { sameData } from './canonical.ts';
import { type ContentDiff, diffContent, type ItemChange, isSame, threeWayDiff } from './diff.ts';
import { applyPatch } from './patch.ts';

// Few keys, so that two contents share some; and names that a plain object could mistake for its own.
const key = fc.constantFrom('a', 'b', 'c', 'timeoutMs', '__proto__', 'constructor', 'toString');
const value = fc.oneof(
  fc.constantFrom<Json>(null, 0, 1, '', 'x', false),
  fc.jsonValue() as fc.Arbitrary<Json>,
);
const content = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([k]) => k, maxLength: 7 })
  .map((entries): RulesContent => ({ kind: 'rules', items: Object.fromEntries(entries) }));

const changesOf = (diff: ContentDiff): readonly ItemChange[] => (diff.of === 'items' ? diff.changes : []);
const itemsOf = (c: RulesContent, k: string): Json | undefined =>
  Object.hasOwn(c.items, k) ? c.items[k] : undefined;

function apply(before: Content, diff: ContentDiff): Content {
  const changes = changesOf(diff);
  return applyPatch(before, {
    set: Object.fromEntries(changes.filter((c) => c.change !== 'removed').map((c) => [c.key, c.after!])),
    remove: changes.filter((c) => c.change === 'removed').map((c) => c.key),
  });
}

describe('diffContent', () => {
  it('says what turns before into after', () => {
    fc.assert(
      fc.property(content, content, (before, after) => {
        const turned = apply(before, diffContent(before, after)) as RulesContent;
        expect(sameData(turned.items, after.items)).toBe(true);
      }),
    );
  });

  it('says the opposite when both sides are swapped', () => {
    const opposite = { added: 'removed', removed: 'added', changed: 'changed' } as const;
    fc.assert(
      fc.property(content, content, (before, after) => {
        const forth = changesOf(diffContent(before, after));
        const back = changesOf(diffContent(after, before));
        expect(back).toEqual(
          forth.map((c) => ({
            key: c.key,
            change: opposite[c.change],
            ...('after' in c && { before: c.after }),
            ...('before' in c && { after: c.before }),
          })),
        );
      }),
    );
  });

  it('says nothing for equal contents, and only then', () => {
    fc.assert(
      fc.property(content, content, (a, b) => {
        expect(isSame(diffContent(a, a))).toBe(true);
        expect(isSame(diffContent(a, b))).toBe(sameData(a.items, b.items));
      }),
    );
  });

  it('lists keys in one order, each once', () => {
    fc.assert(
      fc.property(content, content, (a, b) => {
        const keys = changesOf(diffContent(a, b)).map((c) => c.key);
        expect(keys).toEqual([...new Set(keys)].sort());
      }),
    );
  });

  it('takes an absent content for one that holds nothing', () => {
    const after: Content = { kind: 'map', items: { a: { type: 'number', value: 1 } } };
    expect(diffContent(undefined, after)).toEqual({
      of: 'items',
      changes: [{ key: 'a', change: 'added', after: { type: 'number', value: 1 } }],
    });
    expect(isSame(diffContent(undefined, undefined))).toBe(true);
  });

  it('compares documents as texts, to the last byte', () => {
    const document = (text: string): Content => ({ kind: 'document', format: 'yaml', text });
    expect(diffContent(document('a: 1\n'), document('a: 1'))).toEqual({
      of: 'text',
      same: false,
      before: 'a: 1\n',
      after: 'a: 1',
    });
    expect(isSame(diffContent(document('a'), document('a')))).toBe(true);
    expect(isSame(diffContent(undefined, document('a')))).toBe(false);
  });
});

describe('threeWayDiff', () => {
  const entriesOf = (base: Content, yours: Content, theirs: Content) => {
    const diff = threeWayDiff(base, yours, theirs);
    return diff.of === 'items' ? diff.entries : [];
  };

  it('names every key that somebody moved, and no other', () => {
    fc.assert(
      fc.property(content, content, content, (base, yours, theirs) => {
        const moved = new Set(
          [...changesOf(diffContent(base, yours)), ...changesOf(diffContent(base, theirs))].map((c) => c.key),
        );
        expect(entriesOf(base, yours, theirs).map((e) => e.key)).toEqual([...moved].sort());
      }),
    );
  });

  it('calls it a conflict when both moved a key apart, and sees the same whoever asks', () => {
    fc.assert(
      fc.property(content, content, content, (base, yours, theirs) => {
        const mine = entriesOf(base, yours, theirs);
        const other = entriesOf(base, theirs, yours);
        expect(other.map((e) => [e.key, e.conflict])).toEqual(mine.map((e) => [e.key, e.conflict]));
        for (const entry of mine) {
          const [b, y, t] = [base, yours, theirs].map((c) => itemsOf(c, entry.key));
          expect(entry.conflict).toBe(!sameData(b, y) && !sameData(b, t) && !sameData(y, t));
        }
      }),
    );
  });

  it('has no conflict when one side did nothing, or both did the same', () => {
    fc.assert(
      fc.property(content, content, (base, moved) => {
        for (const [yours, theirs] of [
          [moved, base],
          [base, moved],
          [moved, moved],
        ] as const)
          expect(entriesOf(base, yours, theirs).some((e) => e.conflict)).toBe(false);
      }),
    );
  });

  it('tells a removed key from one whose value is null', () => {
    const base: Content = { kind: 'rules', items: { a: 1 } };
    const [entry] = entriesOf(base, { kind: 'rules', items: {} }, { kind: 'rules', items: { a: null } });
    expect(entry).toEqual({ key: 'a', base: 1, theirs: null, conflict: true });
  });

  it('gives the three texts of a document', () => {
    const document = (text: string): Content => ({ kind: 'document', format: 'text', text });
    expect(threeWayDiff(undefined, document('y'), document('t'))).toEqual({
      of: 'text',
      base: '',
      yours: 'y',
      theirs: 't',
    });
  });
});
