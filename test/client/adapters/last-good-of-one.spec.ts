import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardExpress } from '@sluice/client/express';
import { guardFastify } from '@sluice/client/fastify';
import { guardFetch } from '@sluice/client/fetch';
import type { TestSluice } from '@sluice/client/testing';
import { guardUndici } from '@sluice/client/undici';
import express from 'express';
import fastify from 'fastify';
import { Agent, request } from 'undici';
import { oneCall, shopClient } from './shop.ts';

type Headers = Readonly<Record<string, string>>;
type Ask = (url: string, headers: Headers, method?: string) => Promise<string | undefined>;

/** What the shop answers with; the same at every address. */
let answered: Headers = {};
/** The name under which all calls go. */
const resource = () => 'account';

const bare: Ask = async (url, headers, method = 'GET') => {
  const response = await fetch(url, { headers, method });
  return response.ok ? response.text() : undefined;
};

const servers: Readonly<Record<string, (sluice?: TestSluice) => Promise<Server>>> = {
  Express: async (sluice) => {
    const app = express();
    if (sluice) app.use(guardExpress(sluice, { resource }) as express.RequestHandler);
    app.all('/', (asked, response) => {
      response.set(answered).json({ of: asked.headers.authorization ?? 'all' });
    });
    return createServer(app);
  },
  Fastify: async (sluice) => {
    const app = fastify();
    if (sluice) await app.register(guardFastify(sluice, { resource }));
    app.get('/', (asked, reply) =>
      reply.headers(answered).send({ of: asked.headers.authorization ?? 'all' }),
    );
    await app.ready();
    return app.server;
  },
};

const callers: Readonly<Record<string, (sluice: TestSluice) => Ask>> = {
  fetch: (sluice) => {
    const guarded = guardFetch(sluice, { resource });
    return (url, headers, method = 'GET') =>
      guarded(url, { headers, method }).then(
        (response) => response.text(),
        () => undefined,
      );
  },
  undici: (sluice) => {
    const dispatcher = new Agent().compose(guardUndici(sluice, { resource }));
    return (url, headers, method = 'GET') =>
      request(url, { dispatcher, headers, method: method as 'GET' }).then(
        ({ body }) => body.text(),
        () => undefined,
      );
  },
};

describe.each([...Object.keys(servers), ...Object.keys(callers)])(
  'the last good answer through %s',
  (name) => {
    let sluice: TestSluice;
    let server: Server;
    let url: string;
    let ask: Ask;

    beforeEach(async () => {
      answered = {};
      sluice = shopClient();
      await sluice.rules(oneCall('account', { answer: 'lastGood' }));
      server = await servers[name in servers ? name : 'Express']!(name in servers ? sluice : undefined);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      ask = callers[name]?.(sluice) ?? bare;
    });

    afterEach(async () => {
      server.closeAllConnections();
      server.close();
      await sluice.close();
    });

    const ann = { authorization: 'Bearer ann' };
    const bob = { authorization: 'Bearer bob' };

    it.each<[string, Headers, Headers]>([
      ['a request that says who asks', ann, {}],
      ['a request with a cookie', { cookie: 'session=ann' }, {}],
      ['a request that says so, be the answer fresh for long', ann, { 'cache-control': 'max-age=600' }],
      ['an answer that is private', {}, { 'cache-control': 'max-age=600, Private' }],
      ['an answer that is not to be stored', {}, { 'cache-control': 'no-store' }],
      ['an answer that sets a cookie', {}, { 'set-cookie': 'session=ann' }],
      ['an answer that differs by who asks', {}, { vary: 'accept-encoding, Cookie' }],
    ])('is never that of %s', async (_, headers, head) => {
      answered = head;
      expect(await ask(url, headers)).toContain('of');
      expect(await ask(url, bob)).toBeUndefined();
    });

    it('is one that says that it is public, whoever had asked for it', async () => {
      answered = { 'cache-control': 'public, max-age=60' };
      expect(await ask(url, ann)).toBe('{"of":"Bearer ann"}');
      expect(await ask(url, bob)).toBe('{"of":"Bearer ann"}');
    });

    it('is none without a body, of a HEAD under the same name', async () => {
      expect(await ask(url, {}, 'HEAD')).toBe('');
      expect(await ask(url, {})).toBeUndefined();
    });
  },
);
