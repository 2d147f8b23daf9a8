import { describe, expect, it } from '@jest/globals';
import { type Content, type ThreeWayDiff, threeWayDiff } from '@sluice/core';
import { mergeItems, openConflicts } from './merge.ts';

type Items = Extract<ThreeWayDiff, { of: 'items' }>;
const map = (values: Record<string, number>): Content => ({
  kind: 'map',
  items: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { type: 'number', value }])),
});
const base = map({ a: 1, b: 1, c: 1, d: 1 });
const yours = map({ a: 2, b: 1, c: 2, d: 1, mine: 9 });
const theirs = map({ a: 1, b: 3, c: 3, new: 7 });
const diff = threeWayDiff(base, yours, theirs) as Items;

describe('mergeItems', () => {
  it('asks only where both changed the same key to different things', () => {
    expect(openConflicts(diff, {})).toEqual(['c']);
    expect(openConflicts(diff, { c: 'theirs' })).toEqual([]);
  });

  it("takes both sides' own changes and the choice for the rest", () => {
    expect(mergeItems(yours, diff, { c: 'theirs' })).toEqual(map({ a: 2, b: 3, c: 3, mine: 9, new: 7 }));
    expect(mergeItems(yours, diff, { c: 'yours' })).toEqual(map({ a: 2, b: 3, c: 2, mine: 9, new: 7 }));
  });
});
