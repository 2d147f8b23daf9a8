/** One copy or several, put aside for a customer until the hold runs out. */
export interface Reservation {
  readonly id: string;
  readonly book: string;
  readonly quantity: number;
  readonly expiresAtMs: number;
}

export type ReserveOutcome =
  | { readonly outcome: 'reserved'; readonly reservation: Reservation }
  | { readonly outcome: 'tooMany'; readonly maxPerOrder: number }
  | { readonly outcome: 'soldOut'; readonly available: number };

/** What a warehouse works by, read anew every time. */
export interface ShelfTerms {
  readonly shelfSize: number;
  readonly maxPerOrder: number;
  readonly holdSec: number;
}

/**
 * The copies of one warehouse, in memory. A title is put on the shelf when it is asked for the first time. Reserved
 * copies come back by themselves when the hold runs out; sold ones are gone until `restock`.
 */
export class Shelf {
  readonly #copies = new Map<string, number>();
  readonly #reserved = new Map<string, Reservation>();

  available(book: string, terms: ShelfTerms): number {
    const copies = this.#copies.get(book);
    if (copies !== undefined) return copies;
    this.#copies.set(book, terms.shelfSize);
    return terms.shelfSize;
  }

  reserve(
    wish: { readonly id: string; readonly book: string; readonly quantity: number },
    terms: ShelfTerms,
    nowMs: number,
  ): ReserveOutcome {
    if (wish.quantity > terms.maxPerOrder) return { outcome: 'tooMany', maxPerOrder: terms.maxPerOrder };
    const available = this.available(wish.book, terms);
    if (available < wish.quantity) return { outcome: 'soldOut', available };
    const reservation: Reservation = { ...wish, expiresAtMs: nowMs + terms.holdSec * 1000 };
    this.#copies.set(wish.book, available - wish.quantity);
    this.#reserved.set(reservation.id, reservation);
    return { outcome: 'reserved', reservation };
  }

  /** Sold: the copies leave the house. False when there is no such reservation any more. */
  confirm(id: string): boolean {
    return this.#reserved.delete(id);
  }

  /** Not sold after all: the copies go back. */
  release(id: string): boolean {
    const reservation = this.#reserved.get(id);
    if (!reservation) return false;
    this.#reserved.delete(id);
    this.#copies.set(reservation.book, (this.#copies.get(reservation.book) ?? 0) + reservation.quantity);
    return true;
  }

  /** Takes back what was held too long. Returns how many reservations ended. */
  endHolds(nowMs: number): number {
    const over = [...this.#reserved.values()].filter((r) => r.expiresAtMs <= nowMs);
    for (const reservation of over) this.release(reservation.id);
    return over.length;
  }

  /** The publisher delivers: every title is full again. */
  restock(terms: ShelfTerms): void {
    for (const [book, copies] of this.#copies) this.#copies.set(book, Math.max(copies, terms.shelfSize));
  }
}
