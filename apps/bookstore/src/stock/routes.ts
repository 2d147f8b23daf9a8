import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Shelf, ShelfTerms } from './shelf.ts';

/** What a warehouse works by: its shelves, and how long it takes to go and look. */
export interface WarehouseTerms extends ShelfTerms {
  readonly lookMs: number;
}

const bookId = /^[a-z0-9-]{1,64}$/;

/**
 * The HTTP side of a warehouse. `terms` is read for every request, so a pushed value counts from the next one; `guard`
 * stands in front of all routes.
 */
export function stockApp(
  shelf: Shelf,
  terms: WarehouseTerms,
  now: () => number,
  guard?: RequestHandler,
): Express {
  const app = express();
  app.disable('x-powered-by');
  if (guard) app.use(guard);
  app.use(express.json({ limit: '10kb' }));
  const look = async (): Promise<void> => {
    if (terms.lookMs > 0) await setTimeout(terms.lookMs);
  };

  app.get('/availability', async (request: Request, response: Response) => {
    await look();
    const books = String(request.query.books ?? '')
      .split(',')
      .filter((book) => bookId.test(book))
      .slice(0, 200);
    response.json(Object.fromEntries(books.map((book) => [book, shelf.available(book, terms)])));
  });

  app.post('/reservations', async (request: Request, response: Response) => {
    await look();
    const { book, quantity } = (request.body ?? {}) as { book?: unknown; quantity?: unknown };
    if (typeof book !== 'string' || !bookId.test(book) || !isQuantity(quantity)) {
      response.status(422).json({ error: 'book must be an id and quantity a whole number from 1' });
      return;
    }
    const result = shelf.reserve({ id: randomUUID(), book, quantity }, terms, now());
    if (result.outcome === 'reserved') response.status(201).json(result.reservation);
    else response.status(409).json(result);
  });

  app.post('/reservations/:id/confirm', (request: Request<{ id: string }>, response: Response) => {
    response.sendStatus(shelf.confirm(request.params.id) ? 204 : 404);
  });

  app.delete('/reservations/:id', (request: Request<{ id: string }>, response: Response) => {
    response.sendStatus(shelf.release(request.params.id) ? 204 : 404);
  });

  return app;
}

const isQuantity = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1;
