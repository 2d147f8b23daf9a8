import { Injectable, Logger } from '@nestjs/common';
import type { DocumentView, Sluice } from '@sluice/client';
import { InjectSluice } from '@sluice/nest';
import { type Book, readCatalogue } from './book.ts';
import { houseCatalogue } from './house-catalogue.ts';

/** The books on sale, by the document `catalogue`, and the line above them, by the document `banner`. */
@Injectable()
export class Catalogue {
  readonly #log = new Logger('catalogue');
  readonly #banner: DocumentView<unknown>;
  #books: ReadonlyMap<string, Book>;

  constructor(@InjectSluice() sluice: Sluice) {
    this.#banner = sluice.document<unknown>('banner', { format: 'text', text: 'Welcome to the bookstore.' });
    const document = sluice.document<unknown>('catalogue', {
      format: 'json',
      text: JSON.stringify({ books: houseCatalogue }),
    });
    this.#books = byId(houseCatalogue);
    try {
      this.#books = byId(readCatalogue(document.data));
    } catch (error) {
      this.#log.error(`the catalogue cannot be used, selling the house catalogue: ${String(error)}`);
    }
    // Throws for a catalogue that cannot be used: the old one stays on sale, and the console shows who refused.
    document.on('change', ({ data }) => {
      this.#books = byId(readCatalogue(data));
      this.#log.log(`${this.#books.size} books are on sale`);
    });
  }

  get banner(): string {
    return this.#banner.text;
  }

  get books(): readonly Book[] {
    return [...this.#books.values()];
  }

  find(id: string): Book | undefined {
    return this.#books.get(id);
  }

  /** Other books of the same genre, the same ones every time. */
  beside(book: Book, count: number): readonly Book[] {
    return this.books.filter((other) => other.genre === book.genre && other.id !== book.id).slice(0, count);
  }
}

const byId = (books: readonly Book[]): ReadonlyMap<string, Book> =>
  new Map(books.map((book) => [book.id, book]));
