import { connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardFastify } from '@sluice/client/fastify';
import type { TestSluice } from '@sluice/client/testing';
import fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { until } from '../../support/until.ts';
import { broken, drillOf, oneCall, shopClient } from './shop.ts';

describe('guardFastify', () => {
  let sluice: TestSluice;
  let app: FastifyInstance;

  beforeEach(async () => {
    sluice = shopClient();
    app = fastify();
    await app.register(guardFastify(sluice) as unknown as FastifyPluginCallback);
    app.get('/books/:id', async (request) => request.params);
    await app.register(
      async (shop) => {
        shop.get('/loans/:loan', async (_, reply) => reply.code(500).send('no'));
      },
      { prefix: '/shops/:shop' },
    );
  });

  afterEach(async () => {
    await app.close();
    await sluice.close();
  });

  const get = (url: string) => app.inject({ url });

  it('guards routes under their patterns, prefixes included', async () => {
    await sluice.rules(oneCall('GET /books/:id'));
    expect((await get('/books/1')).json()).toEqual({ id: '1' });
    const refused = await get('/books/2');
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'limited' });
    expect((await get('/nothing')).statusCode).toBe(404);
    await sluice.rules(oneCall('GET /shops/:shop/loans/:loan'));
    expect((await get('/shops/1/loans/2')).statusCode).toBe(500);
    expect((await get('/shops/2/loans/3')).statusCode).toBe(429);
  });

  it('follows the rule in what a refused caller gets', async () => {
    await sluice.rules(oneCall('GET /books/:id', { answer: 'value', value: { sold: 'out' } }));
    await get('/books/1');
    expect((await get('/books/1')).json()).toEqual({ sold: 'out' });
    await sluice.rules(oneCall('GET /books/:id', { answer: 'empty' }));
    expect((await get('/books/1')).statusCode).toBe(204);
    await sluice.rules(oneCall('GET /books/:id', { answer: 'http', status: 418, body: 'tea' }));
    expect((await get('/books/1')).body).toBe('tea');
    sluice.fallback('leaflet', () => ({ title: 'a leaflet' }));
    await sluice.rules(oneCall('GET /books/:id', { answer: 'fallback', name: 'leaflet' }));
    expect((await get('/books/1')).json()).toEqual({ title: 'a leaflet' });
    await sluice.rules(oneCall('GET /books/:id', { answer: 'lastGood' }));
    const last = await get('/books/7');
    expect([last.statusCode, last.json()]).toEqual([200, { id: '1' }]);
  });

  it('counts a request once, however often and in whatever order its app and plugins are guarded', async () => {
    const guard = () => guardFastify(sluice) as unknown as FastifyPluginCallback;
    for (const isLate of [false, true]) {
      const shop = fastify();
      if (!isLate) await shop.register(guard()).register(guard());
      await shop.register(async (plugin) => {
        await plugin.register(guard());
        plugin.get('/inner', async () => {
          const { active } = sluice.guarding().resources.find(({ resource }) => resource === 'GET /inner')!;
          return active;
        });
      });
      if (isLate) await shop.register(guard());
      shop.get('/outer', async () => 'outer');
      await sluice.rules({});
      expect((await shop.inject('/inner')).json()).toBe(1);
      await sluice.rules(oneCall('GET /outer'));
      const outer = [await shop.inject('/outer'), await shop.inject('/outer')];
      expect(outer.map(({ statusCode }) => statusCode)).toEqual([200, 429]);
      await shop.close();
    }
  });

  it('guards the routes of a plugin alone where only the plugin is guarded', async () => {
    const shop = fastify();
    for (const name of ['a', 'b'])
      await shop.register(async (plugin) => {
        await plugin.register(guardFastify(sluice) as unknown as FastifyPluginCallback);
        plugin.get(`/${name}`, async () => name);
      });
    shop.get('/free', async () => 'free');
    await sluice.rules({ ...oneCall('GET /free'), a: oneCall('GET /a').one!, b: oneCall('GET /b').one! });
    const statusOf = async (path: string) => (await shop.inject(path)).statusCode;
    for (const path of ['/a', '/b']) expect([await statusOf(path), await statusOf(path)]).toEqual([200, 429]);
    expect([await statusOf('/free'), await statusOf('/free')]).toEqual([200, 200]);
    await shop.close();
  });

  it('gives the last good answer to who comes over a connection', async () => {
    app.get('/plain', async () => ({ a: 1 }));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    await sluice.rules(oneCall('GET /plain', { answer: 'lastGood' }));
    for (let n = 0; n < 2; n++) {
      const answer = await fetch(`${url}/plain`);
      expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
        200,
        'application/json; charset=utf-8',
        { a: 1 },
      ]);
    }
  });

  it('opens the breaker on 5xx', async () => {
    const rule = {
      kind: 'breaker',
      strategy: 'consecutiveErrors',
      threshold: 2,
      minCalls: 1,
      windowMs: 10_000,
      openMs: 60_000,
      mode: 'intercept',
      resource: { match: 'prefix', value: 'GET /shops' },
    };
    await sluice.rules({ rule } as never);
    for (const status of [500, 500, 503]) expect((await get('/shops/1/loans/2')).statusCode).toBe(status);
  });

  it('takes a stream that fails after its head for an error of the route, and a caller who hangs up for none', async () => {
    let body = new PassThrough();
    const begin = () => {
      body = new PassThrough();
      body.write('head');
      return body;
    };
    const web = () => Readable.toWeb(begin()) as ReadableStream;
    app.get('/fails', (_, reply) => void reply.send(begin()));
    app.get('/fails-too', (_, reply) => void reply.type('text/plain').send(web()));
    app.get('/fails-as-well', (_, reply) => void reply.send(new Response(web())));
    app.get('/left', ({ raw }, reply) => {
      raw.once('aborted', () => body.destroy(new Error('the caller has left')));
      reply.send(begin());
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const breaker = { kind: 'breaker', strategy: 'consecutiveErrors', threshold: 1, minCalls: 1 };
    const always = {
      windowMs: 60_000,
      openMs: 60_000,
      mode: 'intercept',
      resource: { match: 'glob', value: '**' },
    };
    await sluice.rules({ rule: { ...breaker, ...always } } as never);
    for (const path of ['fails', 'fails-too', 'fails-as-well']) {
      const failing = await fetch(`${url}/${path}`);
      body.destroy(new Error('the disk is gone'));
      await expect(failing.text()).rejects.toThrow();
    }
    const caller = connect(Number(new URL(url).port), '127.0.0.1');
    caller.end('GET /left HTTP/1.1\r\nHost: shop\r\n\r\n').resume();
    const resources = () => sluice.guarding().resources;
    await until(
      'all are over',
      async () => resources().length === 4 && resources().every(({ active }) => active === 0),
    );
    const states = resources().map(({ resource, breakers }) => [resource, breakers[0]?.state]);
    expect(Object.fromEntries(states)).toEqual({
      'GET /fails': 'open',
      'GET /fails-too': 'open',
      'GET /fails-as-well': 'open',
      'GET /left': 'closed',
    });
  });

  it('answers, fails and delays as faults of a drill say', async () => {
    sluice.faults(broken('GET /books/:id', { fault: 'abort', protocol: 'http', status: 404, body: 'gone' }));
    const aborted = await get('/books/1');
    expect([aborted.statusCode, aborted.body]).toEqual([404, 'gone']);
    sluice.faults(broken('GET /books/:id', { fault: 'return', value: [1] }));
    expect((await get('/books/1')).json()).toEqual([1]);
    sluice.faults(broken('GET /books/:id', { fault: 'error', message: 'no disk' }));
    const failed = await get('/books/1');
    expect([failed.statusCode, failed.json()]).toEqual([
      500,
      expect.objectContaining({ message: 'no disk' }),
    ]);
    sluice.faults(broken('GET /books/:id', { fault: 'hang' }));
    const hung = get('/books/1');
    await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
    sluice.faults({});
    expect((await hung).statusCode).toBe(504);
    expect((await get('/books/1')).json()).toEqual({ id: '1' });
  });
});
