/** A book as the catalogue has it; the price is before any discount. */
export interface Book {
  readonly id: string;
  readonly title: string;
  readonly author: string;
  readonly genre: string;
  readonly priceCents: number;
}

/** Reads a catalogue. Throws with the first place that is wrong, so that a bad one is never half used. */
export function readCatalogue(data: unknown): readonly Book[] {
  const books = (data as { books?: unknown } | null)?.books;
  if (!Array.isArray(books)) throw new TypeError('a catalogue is {"books": [...]}');
  const seen = new Set<string>();
  return books.map((entry: Partial<Book> | null, index) => {
    const at = `books[${index}]`;
    const { id, title, author, genre, priceCents } = entry ?? {};
    if (typeof id !== 'string' || !/^[a-z0-9-]{1,64}$/.test(id))
      throw new TypeError(`${at}.id must be 1-64 of a-z 0-9 -`);
    if (seen.has(id)) throw new TypeError(`${at}.id "${id}" is there twice`);
    seen.add(id);
    if (typeof title !== 'string' || typeof author !== 'string' || typeof genre !== 'string')
      throw new TypeError(`${at} needs title, author and genre`);
    if (typeof priceCents !== 'number' || !Number.isInteger(priceCents) || priceCents < 0)
      throw new TypeError(`${at}.priceCents must be a whole number from 0`);
    return { id, title, author, genre, priceCents };
  });
}
