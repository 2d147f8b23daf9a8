import { describe, expect, it } from '@jest/globals';
import { Shelf } from './shelf.ts';

const terms = { shelfSize: 3, maxPerOrder: 2, holdSec: 60 };
const wish = (id: string, quantity = 2) => ({ id, book: 'dune', quantity });

describe('Shelf', () => {
  it('puts copies aside and sells what is confirmed', () => {
    const shelf = new Shelf();
    expect(shelf.reserve(wish('r-1'), terms, 0)).toEqual({
      outcome: 'reserved',
      reservation: { id: 'r-1', book: 'dune', quantity: 2, expiresAtMs: 60_000 },
    });
    expect(shelf.confirm('r-1')).toBe(true);
    expect(shelf.confirm('r-1')).toBe(false);
    expect(shelf.available('dune', terms)).toBe(1);
  });

  it('refuses more than an order may have, and more than there is', () => {
    const shelf = new Shelf();
    expect(shelf.reserve(wish('r-1', 3), terms, 0)).toEqual({ outcome: 'tooMany', maxPerOrder: 2 });
    shelf.reserve(wish('r-2'), terms, 0);
    expect(shelf.reserve(wish('r-3'), terms, 0)).toEqual({ outcome: 'soldOut', available: 1 });
  });

  it('takes copies back when they are released or held too long', () => {
    const shelf = new Shelf();
    shelf.reserve(wish('r-1', 1), terms, 0);
    shelf.reserve(wish('r-2', 1), terms, 30_000);
    expect(shelf.release('r-2')).toBe(true);
    expect(shelf.endHolds(59_999)).toBe(0);
    expect(shelf.endHolds(60_000)).toBe(1);
    expect(shelf.available('dune', terms)).toBe(3);
  });

  it('restocks up to the size of the shelf and never takes away', () => {
    const shelf = new Shelf();
    shelf.reserve(wish('r-1'), terms, 0);
    shelf.restock({ ...terms, shelfSize: 2 });
    expect(shelf.available('dune', terms)).toBe(2);
    shelf.restock({ ...terms, shelfSize: 1 });
    expect(shelf.available('dune', terms)).toBe(2);
  });
});
