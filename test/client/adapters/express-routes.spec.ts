import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardExpress } from '@sluice/client/express';
import type { TestSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import express5 from 'express';
import express4 from 'express4';
import { oneCall, shopClient } from './shop.ts';

const versions = [
  ['5', express5],
  ['4', express4],
] as const;

describe.each(versions)('the routes of Express %s under the guard', (version, express) => {
  let sluice: TestSluice;
  let app: express5.Express;
  const servers: Server[] = [];
  const guard = (client = sluice) => guardExpress(client) as express5.RequestHandler;
  const answer: express5.RequestHandler = (_, response) => void response.json({});
  const pass: express5.RequestHandler = (_request, _response, next) => void turn().then(() => next());

  beforeEach(() => {
    sluice = shopClient();
    app = express();
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    await sluice.close();
  });

  const served = new WeakMap<express5.Express, Promise<string>>();
  async function serve(which: express5.Express): Promise<string> {
    const server = createServer(which).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  async function ask(path: string, method = 'GET', which = app): Promise<number> {
    const url = served.get(which) ?? serve(which);
    served.set(which, url);
    const response = await fetch(`${await url}${path}`, { method });
    await response.arrayBuffer();
    return response.status;
  }
  const names = (client = sluice): string[] => client.guarding().resources.map(({ resource }) => resource);
  const rulesOf = (...resources: string[]): Rules =>
    Object.fromEntries(resources.map((resource, n) => [`r${n}`, oneCall(resource).one!]));

  describe('count a request once', () => {
    it.each<[what: string, add: () => void]>([
      ['all before a method', () => app.route('/x').all(pass).get(answer)],
      ['a method before all', () => app.route('/x').get(pass).all(answer)],
      ['many of all', () => app.route('/x').all(pass).all(pass).get(pass, answer)],
      ['two routes', () => [app.get('/x', pass), app.get('/x', answer)]],
      ['a route that is left', () => [app.get('/x', (_q, _r, next) => next('route')), app.get('/x', answer)]],
      ['a route of all before one', () => [app.all('/x', pass), app.get('/x', answer)]],
      ['a router below', () => [app.get('/x', pass), app.use('/x', express.Router().get('/', answer))]],
      ['a router below a route', () => [app.all('/x', pass), app.use(express.Router().get('/x', answer))]],
    ])('that comes through %s', async (_, add) => {
      app.use(guard());
      add();
      await sluice.rules(rulesOf('GET /x', 'HEAD /x'));
      for (const method of ['GET', 'HEAD'])
        expect([method, await ask('/x', method), await ask('/x', method)]).toEqual([method, 200, 429]);
    });

    it('and those of other methods too, that come to a later handler first', async () => {
      app.use(guard());
      app.route('/x').get(pass).all(answer);
      await sluice.rules(rulesOf('GET /x', 'POST /x', 'PUT /x'));
      for (const method of ['GET', 'POST', 'PUT', 'GET'])
        expect(await ask('/x', method)).toBe(method === 'GET' && names().includes('PUT /x') ? 429 : 200);
      expect([await ask('/x', 'POST'), await ask('/x', 'PUT')]).toEqual([429, 429]);
    });

    it('that comes from an app to one in it with a guard of its own, once both have been asked for', async () => {
      const inner = express();
      inner.use(guard());
      inner.get('/x', answer);
      app.use(guard());
      app.get('/api/x', pass);
      app.use('/api', inner);
      expect(await ask('/api/x')).toBe(200);
      await sluice.rules(rulesOf('GET /api/x'));
      expect([await ask('/api/x'), await ask('/api/x')]).toEqual([200, 429]);
    });

    it('where the app gives routes the same name', async () => {
      app.use(guardExpress(sluice, { resource: () => 'web' }) as express5.RequestHandler);
      app.get('/x/:id', pass);
      app.get('/x/1', answer);
      await sluice.rules(rulesOf('web'));
      expect([await ask('/x/1'), await ask('/x/1')]).toEqual([200, 429]);
    });
  });

  describe('are named by what was registered', () => {
    const router = (): express5.Router => express.Router({ mergeParams: true }).get('/items', answer);

    it('whatever a request writes', async () => {
      app.use(guard());
      app.use('/shops/:t', router());
      app.use('/api/:version', express.Router().use('/:a-:b/', router()));
      app.use(['/one/:x', '/two/:x'], router());
      app.use(/^\/f\/[^/]+/, router());
      const expected = [
        'GET /shops/:t/items',
        'GET /api/:version/:a-:b/items',
        'GET /one/:x/items',
        'GET /^\\/f\\/[^/]+//items',
      ];
      const shops = ['/shops/42/items', '/Shops/43/items', '/shops/shops/items', '/SHOPS/%74/ITEMS'];
      const others = [
        '/API/v1/5-items/items',
        '/one/1/items',
        '/TWO/2/items',
        '/f/%ff/items',
        '/f/items/items',
      ];
      for (const path of [...shops, ...others]) expect([path, await ask(path)]).toEqual([path, 200]);
      expect(names().toSorted()).toEqual(expected.toSorted());
      await sluice.rules(rulesOf('GET /shops/:t/items'));
      const statuses = [];
      for (const path of shops) statuses.push(await ask(path));
      expect(statuses).toEqual([200, 429, 429, 429]);
    });

    it('also those of an app that guards itself, below one that does or does not', async () => {
      for (const isGuarded of [true, false]) {
        const outer = express();
        if (isGuarded) outer.use(guard());
        const inner = express();
        inner.use(guard());
        inner.get('/items', answer);
        outer.use(`/${isGuarded}/:t`, inner);
        for (const shop of ['1', String(isGuarded)])
          expect(await ask(`/${isGuarded}/${shop}/items`, 'GET', outer)).toBe(200);
        expect(await ask(`/${isGuarded}/2/items`.toUpperCase(), 'GET', outer)).toBe(200);
      }
      expect(names().toSorted()).toEqual(['GET /false/:t/items', 'GET /true/:t/items']);
    });

    it('and by that only, for each of two clients', async () => {
      const other = shopClient();
      app.use(guard(), guard(other));
      app.use('/api', express.Router().use('/:t', router()));
      for (let n = 0; n < 2; n++) expect(await ask(`/api/${n}/items`)).toBe(200);
      expect([names(), names(other)]).toEqual([['GET /api/:t/items'], ['GET /api/:t/items']]);
      await other.rules(rulesOf('GET /api/:t/items'));
      expect([await ask('/api/7/items'), await ask('/api/8/items')]).toEqual([200, 429]);
      await other.close();
    });
  });

  describe('are all guarded', () => {
    it('with a method that is added to a route later', async () => {
      app.use(guard());
      const late = app.route('/late');
      late.put(answer);
      await sluice.rules(rulesOf('GET /late', 'PUT /late'));
      expect(await ask('/late')).toBe(404);
      late.get(answer);
      for (const method of ['GET', 'PUT'])
        expect([await ask('/late', method), await ask('/late', method)]).toEqual([200, 429]);
    });

    it('from the first request on, where the guard is in a router', async () => {
      const loans = express.Router();
      loans.use(guard());
      loans.get('/:loan', answer);
      app.use('/shops/:shop', loans);
      await sluice.rules(rulesOf('GET /shops/:shop/:loan'));
      expect([await ask('/Shops/7/1'), await ask('/shops/8/1')]).toEqual([200, 429]);
      expect(names()).toEqual(['GET /shops/:shop/:loan']);
    });
  });

  it('stay where others look for them', async () => {
    app.use(guard());
    const inner = express.Router().get('/items', answer);
    app.use('/api', inner);
    await ask('/api/items');
    const router = version === '5' ? app.router : (app as unknown as { _router: typeof app.router })._router;
    expect(router.stack.some(({ handle }) => (handle as unknown as typeof inner).stack === inner.stack)).toBe(
      true,
    );
  });
});
