import { describe, expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import { givenOnly, inheritedRows } from './inherited-rows.ts';

const map = (items: object): Content => ({ kind: 'map', items }) as Content;
const near = { app: 'orders', namespace: 'net', release: 2, keys: ['b'] };
const far = { app: 'platform', namespace: 'common', release: 7, keys: ['a', 'b', 'c'] };

describe('inherited keys', () => {
  it('say where they come from and what the draft does with them', () => {
    const inherited = { content: map({ c: 3, a: 1, b: 2 }), chain: [near, far] };
    const rows = inheritedRows(inherited as never, map({ b: 9, c: { removed: true }, own: 1 }));
    expect(rows.map(({ key, from, here }) => [key, from.app, here])).toEqual([
      ['a', 'platform', 'inherited'],
      ['b', 'orders', 'overridden'],
      ['c', 'platform', 'removed'],
    ]);
  });

  it('are not among the items that give a value once they are taken away', () => {
    expect(givenOnly({ a: { removed: true }, b: 1 } as Record<string, unknown>)).toEqual({ b: 1 });
  });
});
