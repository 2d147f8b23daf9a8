import { describe, expect, it } from '@jest/globals';
import { readCatalogue } from './book.ts';
import { houseCatalogue } from './house-catalogue.ts';

const book = houseCatalogue[0];

describe('readCatalogue', () => {
  it('reads what the shop sells by itself', () => {
    expect(readCatalogue({ books: houseCatalogue })).toEqual(houseCatalogue);
  });

  it.each([
    [undefined, 'a catalogue is {"books": [...]}'],
    [{ books: {} }, 'a catalogue is {"books": [...]}'],
    [{ books: [null] }, 'books[0].id must be'],
    [{ books: [{ ...book, id: 'Moby Dick' }] }, 'books[0].id must be'],
    [{ books: [book, book] }, 'books[1].id "moby-dick" is there twice'],
    [{ books: [{ ...book, author: 7 }] }, 'books[0] needs title, author and genre'],
    [{ books: [{ ...book, priceCents: 9.5 }] }, 'books[0].priceCents must be a whole number'],
  ])('refuses %j', (data, message) => {
    expect(() => readCatalogue(data)).toThrow(message);
  });
});
