import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardExpress } from '@sluice/client/express';
import type { TestSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import express5 from 'express';
import express4 from 'express4';
import { until } from '../../support/until.ts';
import { broken, drillOf, oneCall, shopClient } from './shop.ts';

const versions = [
  ['5', express5],
  ['4', express4],
] as const;

describe.each(versions)('guardExpress in Express %s', (_, express) => {
  let sluice: TestSluice;
  let app: express5.Express;
  let server: Server;
  let url: string;
  const served: string[] = [];

  beforeEach(async () => {
    served.length = 0;
    sluice = shopClient();
    app = express();
    app.use(
      guardExpress(sluice, {
        caller: (request) => {
          const user = request.headers['x-user'];
          return typeof user === 'string' ? { user } : undefined;
        },
      }) as express5.RequestHandler,
    );
    app.get('/books/:id', (request, response) => {
      served.push(request.params.id);
      response.json({ id: request.params.id });
    });
    const loans = express.Router({ mergeParams: true });
    loans
      .route('/:loan')
      .get((_, response) => void response.json({}))
      .post((_, response) => void response.status(503).end());
    const shop = express.Router();
    shop.use('/:shop/loans', loans);
    app.use('/shops', shop);
    app.get('/nested', (_, response) => void response.json(sluice.context()));
    app.get('/slow', () => undefined);
    app.get('/throws', () => {
      throw new Error('out of paper');
    });
    app.use(((error, _request, response, _next) => {
      response.status(500).send(String(error));
    }) as express5.ErrorRequestHandler);
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await sluice.close();
  });

  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);

  it('guards a route under its method and pattern', async () => {
    await sluice.rules(oneCall('GET /books/:id'));
    expect((await get('/books/1')).status).toBe(200);
    const refused = await get('/books/2');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'limited', decisionId: expect.any(String) });
    expect(served).toEqual(['1']);
    await sluice.rules({});
    expect((await get('/books/3')).status).toBe(200);
  });

  it('gives the last good answer where a rule says so, whoever had asked for it', async () => {
    await sluice.rules(oneCall('GET /books/:id', { answer: 'lastGood' }));
    expect(await (await get('/books/1')).json()).toEqual({ id: '1' });
    const again = await get('/books/2');
    expect(again.status).toBe(200);
    expect(again.headers.get('content-type')).toContain('application/json');
    expect(await again.json()).toEqual({ id: '1' });
    expect(served).toEqual(['1']);
    app.get('/part', (_, response) => void response.status(206).json({}));
    await sluice.rules(oneCall('GET /part', { answer: 'lastGood' }));
    expect([(await get('/part')).status, (await get('/part')).status]).toEqual([206, 429]);
    app.get('/asked', (_, response) => void response.json({}));
    await sluice.rules(oneCall('GET /asked', { answer: 'lastGood' }));
    const headers = { range: 'bytes=0-9' };
    expect([(await get('/asked', { headers })).status, (await get('/asked')).status]).toEqual([200, 429]);
    await sluice.rules(oneCall('POST /shops/:shop/loans/:loan', { answer: 'lastGood' }));
    expect((await get('/shops/1/loans/2', { method: 'POST' })).status).toBe(503);
    expect((await get('/shops/1/loans/2', { method: 'POST' })).status).toBe(429);
  });

  it('tells callers apart by the address that the app trusts, also when it begins to trust one while it serves', async () => {
    const oneEach = { one: { ...oneCall('GET /books/:id').one, per: { by: 'ip' } } } as Rules;
    const from = async (address: string): Promise<number> =>
      (await get('/books/1', { headers: { 'x-forwarded-for': address } })).status;
    for (let turn = 0; turn < 2; turn++) {
      app.set('trust proxy', false);
      // Without a rule in between nothing that was counted is left.
      await sluice.rules({});
      await sluice.rules(oneEach);
      expect([await from('10.0.0.1'), await from('10.0.0.2')]).toEqual([200, 429]);
      app.set('trust proxy', true);
      expect([await from('10.0.0.1'), await from('10.0.0.2')]).toEqual([200, 200]);
      expect([await from('10.0.0.1'), await from('10.0.0.2')]).toEqual([429, 429]);
    }
  });

  it('names the routes of mounted routers by the patterns of their mounts', async () => {
    await sluice.rules(oneCall('GET /shops/:shop/loans/:loan'));
    expect((await get('/shops/7/loans/1')).status).toBe(200);
    expect((await get('/shops/8/loans/2')).status).toBe(429);
    expect((await get('/shops/8/loans/2', { method: 'POST' })).status).toBe(503);
  });

  it('guards a route that is added while requests come', async () => {
    await sluice.rules(oneCall('GET /late/:id'));
    expect((await get('/books/1')).status).toBe(200);
    expect((await get('/late/1')).status).toBe(404);
    app.get('/late/:id', (_, response) => void response.json({}));
    expect((await get('/late/1')).status).toBe(200);
    expect((await get('/late/2')).status).toBe(429);
    expect((await get('/books/2')).status).toBe(200);
  });

  it('names the routes of an app that guards itself by where it is mounted, also when that comes late', async () => {
    await sluice.rules(oneCall('GET /early/:id'));
    const inner = express();
    inner.use(guardExpress(sluice) as express5.RequestHandler);
    inner.get('/:id', (_, response) => void response.json({}));
    app.use('/early', inner);
    expect((await get('/early/1')).status).toBe(200);
    expect((await get('/early/1')).status).toBe(429);

    const alone = express();
    alone.use(guardExpress(sluice) as express5.RequestHandler);
    alone.get('/:id', (_, response) => void response.json({}));
    const other = createServer(alone).listen(0, '127.0.0.1');
    await once(other, 'listening');
    for (let n = 0; n < 2; n++)
      expect((await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/1`)).status).toBe(200);
    other.close();
    await sluice.rules(oneCall('GET /late/:id'));
    app.use('/late', alone);
    expect((await get('/late/1')).status).toBe(200);
    expect((await get('/late/1')).status).toBe(429);
  });

  it('names the routes of an app that a plain router or a function calls by where that is, each time', async () => {
    const inner = express();
    inner.use(guardExpress(sluice) as express5.RequestHandler);
    inner.get('/:id', (_, response) => void response.json({}));
    const outer = express();
    const router = express.Router();
    router.use('/routed', inner);
    outer.use(router);
    outer.use('/called', (request, response, next) => inner(request, response, next));
    const other = createServer(outer).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const base = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    for (const place of ['routed', 'called']) {
      // Not the first that comes through: what holds for one must hold for all.
      expect((await fetch(`${base}/${place}/1`)).status).toBe(200);
      await sluice.rules(oneCall(`GET /${place}/:id`));
      expect((await fetch(`${base}/${place}/1`)).status).toBe(200);
      expect((await fetch(`${base}/${place}/1`)).status).toBe(429);
      await sluice.rules({});
    }
    other.closeAllConnections();
    other.close();
  });

  it('leaves what comes after a mounted app to the app that it is mounted in', async () => {
    const inner = express();
    inner.use(guardExpress(sluice) as express5.RequestHandler);
    inner.get('/of-its-own', (_, response) => void response.json({}));
    app.use('/inner', inner);
    app.get('/inner/late', (_, response) => void response.json({}));
    expect((await get('/inner/of-its-own')).status).toBe(200);
    await sluice.rules(oneCall('GET /inner/late'));
    expect((await get('/inner/late')).status).toBe(200);
    expect((await get('/inner/late')).status).toBe(429);
    expect((await get('/inner/none')).status).toBe(404);
  });

  it('names routes by where they are, wherever it is mounted itself', async () => {
    const guard = () => guardExpress(sluice) as express5.RequestHandler;
    const underPath = express();
    underPath.use('/books', guard());
    underPath.get('/books/:id', (_, response) => void response.json({}));
    const inRouter = express();
    const loans = express.Router();
    loans.use(guard());
    loans.get('/:loan', (_, response) => void response.json({}));
    inRouter.use('/shops/:shop', loans);
    for (const [guarded, path, name] of [
      [underPath, '/books/1', 'GET /books/:id'],
      [inRouter, '/shops/7/1', 'GET /shops/:shop/:loan'],
    ] as const) {
      const other = createServer(guarded).listen(0, '127.0.0.1');
      await once(other, 'listening');
      const again = `http://127.0.0.1:${(other.address() as AddressInfo).port}${path}`;
      expect((await fetch(again)).status).toBe(200);
      await sluice.rules(oneCall(name));
      expect([(await fetch(again)).status, (await fetch(again)).status]).toEqual([200, 429]);
      await sluice.rules({});
      other.closeAllConnections();
      other.close();
    }
  });

  it.each(['before', 'after'])(
    'guards a router once that has a guard of its own, with that of the app %s it',
    async (place) => {
      const guard = () => guardExpress(sluice) as express5.RequestHandler;
      const twice = express();
      const loans = express.Router();
      loans.use(guard());
      loans.get('/:loan', (_, response) => void response.json({}));
      if (place === 'before') twice.use(guard());
      twice.use('/shops/:shop', loans);
      if (place === 'after') twice.use(guard());
      twice.get('/books', (_, response) => void response.json({}));
      const other = createServer(twice).listen(0, '127.0.0.1');
      await once(other, 'listening');
      const status = async (path: string): Promise<number> =>
        (await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}${path}`)).status;
      for (const [path, name] of [
        ['/shops/7/1', 'GET /shops/:shop/:loan'],
        ['/books', 'GET /books'],
      ] as const) {
        expect(await status(path)).toBe(200);
        await sluice.rules(oneCall(name));
        // Counted twice, the first would be refused already.
        expect([await status(path), await status(path)]).toEqual([200, 429]);
        await sluice.rules({});
      }
      other.closeAllConnections();
      other.close();
    },
  );

  it('hands on what a router before it and an error before it have done', async () => {
    const late = express();
    late.use((request, _response, next) => next(request.url === '/bad' ? new Error('bad') : undefined));
    late.use(guardExpress(sluice) as express5.RequestHandler);
    late.get('/good', (_, response) => void response.json({}));
    late.use(((error: Error, _request, response, _next) => {
      response.status(400).send(error.message);
    }) as express5.ErrorRequestHandler);
    const other = createServer(late).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const base = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await sluice.rules(oneCall('GET /good'));
    const statuses = [];
    for (const path of ['/bad', '/good', '/bad', '/good', '/none'])
      statuses.push((await fetch(`${base}${path}`)).status);
    expect(statuses).toEqual([400, 200, 400, 429, 404]);
    other.closeAllConnections();
    other.close();
  });

  it('keeps an answer without giving its response methods of its own, and uses those that it has', async () => {
    const shapes: boolean[] = [];
    app.get('/shape', (_, response) => {
      shapes.push(Object.hasOwn(response, 'end') || Object.hasOwn(response, 'write'));
      response.json({ kept: true });
    });
    const reversing: express5.RequestHandler = (_, response, next) => {
      const { end } = response;
      // As compression does: what comes below is not what the route has written.
      response.end = ((body: string) =>
        end.call(response, [...body].reverse().join(''), 'utf8')) as typeof end;
      next();
    };
    const turned = express();
    turned.use(reversing, guardExpress(sluice) as express5.RequestHandler);
    turned.get('/turned', (_, response) => void response.type('text').end('abc'));
    app.use(turned);
    await sluice.rules(oneCall('GET /shape', { answer: 'lastGood' }));
    for (let n = 0; n < 2; n++) expect(await (await get('/shape')).json()).toEqual({ kept: true });
    expect(shapes).toEqual([false]);
    await sluice.rules(oneCall('GET /turned', { answer: 'lastGood' }));
    const texts = [await (await get('/turned')).text(), await (await get('/turned')).text()];
    expect(texts).toEqual(['cba', 'cba']);
  });

  it('follows the rule in what a refused caller gets, without a restart', async () => {
    await sluice.rules(oneCall('GET /books/:id', { answer: 'value', value: { sold: 'out' } }));
    await get('/books/1');
    expect(await (await get('/books/1')).json()).toEqual({ sold: 'out' });
    await sluice.rules(oneCall('GET /books/:id', { answer: 'empty' }));
    expect((await get('/books/1')).status).toBe(204);
    await sluice.rules(
      oneCall('GET /books/:id', { answer: 'http', status: 418, body: 'tea', contentType: 'text/plain' }),
    );
    const tea = await get('/books/1');
    expect([tea.status, await tea.text()]).toEqual([418, 'tea']);
    sluice.fallback('leaflet', () => ({ title: 'a leaflet' }));
    await sluice.rules(oneCall('GET /books/:id', { answer: 'fallback', name: 'leaflet' }));
    expect(await (await get('/books/1')).json()).toEqual({ title: 'a leaflet' });
    await sluice.rules(oneCall('GET /books/:id', { answer: 'error', message: 'not today' }));
    expect(await (await get('/books/1')).json()).toMatchObject({ code: 'limited', message: 'not today' });
  });

  it('counts by what rules look at', async () => {
    const rules = oneCall('GET /books/:id');
    await sluice.rules({ one: { ...rules.one!, per: { by: 'user' } } as never });
    expect((await get('/books/1', { headers: { 'x-user': 'ann' } })).status).toBe(200);
    expect((await get('/books/1', { headers: { 'x-user': 'bob' } })).status).toBe(200);
    expect((await get('/books/1', { headers: { 'x-user': 'ann' } })).status).toBe(429);
  });

  it('takes a parameter that is no text for absent, whatever its name', async () => {
    const { one } = oneCall('GET /books/:id');
    const { resource } = one!;
    const permits = { kind: 'limit', algorithm: 'concurrency', max: 1, mode: 'intercept', resource };
    const perQuery = { ...one!, limit: 100, per: { by: 'query', name: 'q' } };
    for (const mode of ['monitor', 'intercept']) {
      await sluice.rules({ permits, perQuery: { ...perQuery, mode } } as never);
      for (const query of ['q[0][toString]=1', 'q[toString]=1', 'q[0]=1', 'q[]=1&q[]=2']) {
        expect([query, (await get(`/books/1?${query}`)).status]).toEqual([query, 200]);
        const isIdle = () => sluice.guarding().resources.every(({ active }) => active === 0);
        await until('no call is under way', async () => isIdle());
      }
    }
  });

  it('takes 5xx and errors as failures, and opens the breaker on them', async () => {
    const breaker = {
      kind: 'breaker',
      strategy: 'errorCount',
      threshold: 2,
      minCalls: 1,
      windowMs: 10_000,
      openMs: 60_000,
      mode: 'intercept',
    };
    await sluice.rules({
      loans: { ...breaker, resource: { match: 'exact', value: 'POST /shops/:shop/loans/:loan' } },
      throws: { ...breaker, resource: { match: 'exact', value: 'GET /throws' } },
    } as never);
    const post = () => get('/shops/1/loans/1', { method: 'POST' });
    for (const call of [post, () => get('/throws')]) {
      await (await call()).text();
      await (await call()).text();
      const refused = await call();
      expect([refused.status, (await refused.json()) as object]).toMatchObject([
        503,
        { code: 'breakerOpen' },
      ]);
    }
  });

  it('gives the permit of a caller back who hangs up', async () => {
    const permit = {
      kind: 'limit',
      algorithm: 'concurrency',
      max: 1,
      mode: 'intercept',
      resource: { match: 'exact', value: 'GET /slow' },
    };
    await sluice.rules({ permit } as never);
    const gone = new AbortController();
    const first = get('/slow', { signal: gone.signal });
    // The server has it once a second one is refused.
    while ((await get('/slow', { signal: AbortSignal.timeout(50) }).catch(() => undefined))?.status !== 429);
    gone.abort();
    await expect(first).rejects.toThrow();
    // Free again: a call gets in and hangs, as that route does.
    for (;;) {
      const again = await get('/slow', { signal: AbortSignal.timeout(100) }).catch(() => 'hangs');
      if (again === 'hangs') break;
    }
  });

  describe('with a fault of a drill', () => {
    it('answers an abort and a value in place of the route', async () => {
      sluice.faults(
        broken('GET /books/:id', { fault: 'abort', protocol: 'http', status: 503, body: 'closed' }),
      );
      const aborted = await get('/books/1');
      expect([aborted.status, await aborted.text()]).toEqual([503, 'closed']);
      sluice.faults(broken('GET /books/:id', { fault: 'return', value: { id: 'stale' } }));
      const answered = await get('/books/1');
      expect([answered.status, await answered.json()]).toEqual([200, { id: 'stale' }]);
      expect(served).toEqual([]);
      expect(sluice.guarding().drills.map(({ callers }) => [callers.ok, callers.error])).toEqual([
        [0, 1],
        [1, 0],
      ]);
    });

    it('hands an error to the app as if the route had failed', async () => {
      sluice.faults(broken('GET /books/:id', { fault: 'error', name: 'DbError', message: 'no disk' }));
      const failed = await get('/books/1');
      expect([failed.status, await failed.text()]).toEqual([500, 'DbError: no disk']);
    });

    it('holds a request back, tells nested calls, and lets it go when the drill ends', async () => {
      const delay = { distribution: 'fixed', ms: 60_000 } as const;
      sluice.faults(broken('GET /nested', { fault: 'delay', delay }));
      const late = get('/nested');
      await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
      sluice.faults({});
      expect(await (await late).json()).toEqual({ tags: { 'sluice.fault': 'test-1/fault' } });
    });

    it('lets a client hang up on a hang, and fails the others when it ends', async () => {
      sluice.faults(broken('GET /books/:id', { fault: 'hang' }));
      const gone = new AbortController();
      const hung = get('/books/1', { signal: gone.signal }).catch((error: Error) => error.name);
      await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
      gone.abort();
      expect(await hung).toBe('AbortError');
      await until('it is let go', async () => drillOf(sluice).callers.abandoned === 1);
      const failed = get('/books/2');
      await until('the next is held', async () => drillOf(sluice).faults[0]?.held === 1);
      sluice.faults({});
      expect((await failed).status).toBe(500);
      expect(drillOf(sluice).callers).toMatchObject({ error: 1, abandoned: 1 });
    });
  });
});
