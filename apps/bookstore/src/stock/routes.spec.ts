import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stockApp } from './routes.ts';
import { Shelf } from './shelf.ts';

describe('the warehouse over HTTP', () => {
  const terms = { shelfSize: 3, maxPerOrder: 2, holdSec: 60, lookMs: 0 };
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = stockApp(new Shelf(), terms, () => 0).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const post = (path: string, body?: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('puts aside, sells and takes back', async () => {
    const answer = await post('/reservations', { book: 'dune', quantity: 2 });
    expect(answer.status).toBe(201);
    const { id } = (await answer.json()) as { id: string };
    expect(await (await fetch(`${url}/availability?books=dune,emma,NO!`)).json()).toEqual({
      dune: 1,
      emma: 3,
    });
    expect((await fetch(`${url}/reservations/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await post(`/reservations/${id}/confirm`)).status).toBe(404);
  });

  it('says why it refuses', async () => {
    const tooMany = await post('/reservations', { book: 'emma', quantity: 3 });
    expect([tooMany.status, await tooMany.json()]).toEqual([409, { outcome: 'tooMany', maxPerOrder: 2 }]);
    for (const body of [{ book: 'E M', quantity: 1 }, { book: 'emma', quantity: 0 }, {}])
      expect((await post('/reservations', body)).status).toBe(422);
  });
});
