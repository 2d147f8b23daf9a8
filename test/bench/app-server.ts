import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Rules } from '@sluice/core';
import express from 'express';

/**
 * The app under load: bare, without anything of Sluice in its process; or with the whole guard, which is limits by
 * address, a breaker, a rule that only watches; or `loaded`, with all that in its process and in front of no route.
 */
const every = { resource: { match: 'prefix', value: 'GET /' } } as const;
const rules = {
  all: { ...every, mode: 'intercept', kind: 'limit', algorithm: 'tokenBucket', limit: 1e9, intervalMs: 1000 },
  each: {
    ...every,
    mode: 'intercept',
    kind: 'limit',
    algorithm: 'slidingWindow',
    limit: 1e9,
    windowMs: 1000,
    per: { by: 'ip' },
  },
  permits: { ...every, mode: 'intercept', kind: 'limit', algorithm: 'concurrency', max: 1000 },
  breaker: {
    ...every,
    mode: 'intercept',
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 100,
    windowMs: 10_000,
    openMs: 1000,
  },
  watched: {
    ...every,
    mode: 'monitor',
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 100,
    intervalMs: 1000,
  },
} as unknown as Rules;

const app = express();
app.disable('x-powered-by');
if (process.argv[2] !== 'bare') {
  const { guardExpress } = await import('@sluice/client/express');
  const { testSluice } = await import('@sluice/client/testing');
  const sluice = testSluice();
  await sluice.rules(rules);
  if (process.argv[2] === 'guarded') app.use(guardExpress(sluice) as unknown as express.RequestHandler);
}
const books = Array.from({ length: 20 }, (_, id) => ({ id, title: `Book ${id}`, price: 10 + id }));
app.get('/books/:id', (request, response) => {
  response.json(books[Number(request.params.id) % books.length]);
});
const server = createServer(app).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
process.on('disconnect', () => process.exit(0));
