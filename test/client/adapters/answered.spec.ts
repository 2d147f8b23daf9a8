import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough, pipeline } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardExpress } from '@sluice/client/express';
import { guardFastify } from '@sluice/client/fastify';
import { guardFetch } from '@sluice/client/fetch';
import { manualClock, type TestSluice, testSluice } from '@sluice/client/testing';
import { guardUndici } from '@sluice/client/undici';
import type { Degrade } from '@sluice/core';
import express from 'express';
import fastify from 'fastify';
import { Agent, request } from 'undici';
import { oneCall, twoFailuresShut } from './shop.ts';

const resource = () => 'shelf';

const servers: Readonly<Record<string, (sluice: TestSluice) => Promise<Server>>> = {
  Express: async (sluice) => {
    const app = express();
    app.use(guardExpress(sluice, { resource }) as express.RequestHandler);
    app.get('/', (_, response) => void response.json({}));
    return createServer(app);
  },
  Fastify: async (sluice) => {
    const app = fastify();
    await app.register(guardFastify(sluice, { resource }));
    app.get('/', () => ({}));
    await app.ready();
    return app.server;
  },
};

const callers: Readonly<Record<string, (sluice: TestSluice, url: string) => Promise<unknown>>> = {
  fetch: async (sluice, url) => (await guardFetch(sluice, { resource })(url)).text(),
  undici: async (sluice, url) => {
    const dispatcher = new Agent().compose(guardUndici(sluice, { resource }));
    return (await request(url, { dispatcher })).body.text();
  },
};

const names = [...Object.keys(servers), ...Object.keys(callers)];

describe('what refused callers are given by a rule', () => {
  let clock: ReturnType<typeof manualClock>;
  let sluice: TestSluice;
  let server: Server;

  beforeEach(() => {
    clock = manualClock();
    sluice = testSluice({}, { clock });
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await sluice.close();
  });

  const start = async (name: string): Promise<string> => {
    server = (await servers[name]?.(sluice)) ?? createServer((_, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const ask = async (name: string, url: string): Promise<unknown> =>
    callers[name] ? callers[name](sluice, url) : (await fetch(url)).text();

  it.each(names)('counts as given through %s', async (name) => {
    const url = await start(name);
    let degraded = 0;
    sluice.on('calls', ({ resources }) => {
      for (const each of resources) degraded += each.degraded;
    });
    const given: Degrade[] = [{ answer: 'value', value: { sold: 'out' } }, { answer: 'empty' }];
    await sluice.rules(oneCall('shelf', given[0]));
    expect(await ask(name, url)).toBe('{}');
    expect(await ask(name, url)).toBe('{"sold":"out"}');
    await sluice.rules(oneCall('shelf', given[1]));
    expect(await ask(name, url)).toBe('');
    await clock.advance(1000);
    expect(degraded).toBe(2);
  });

  it('is no answer where a fallback answers what JSON has nothing of', async () => {
    const url = await start('Express');
    await sluice.rules(oneCall('shelf', { answer: 'fallback', name: 'odd' }));
    await ask('Express', url);
    for (const odd of [() => undefined, Symbol('odd'), { toJSON: () => undefined }]) {
      sluice.fallback('odd', () => odd);
      expect((await fetch(url)).status).toBe(204);
    }
  });

  it('counts as a failure where the source of an answer breaks off midway', async () => {
    const app = express();
    app.use(guardExpress(sluice, { resource }) as express.RequestHandler);
    app.get('/', (_, response) => {
      const source = new PassThrough();
      pipeline(source, response, () => undefined);
      source.write('once upon a ');
      setImmediate(() => source.destroy(new Error('out of paper')));
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await sluice.rules(twoFailuresShut('shelf'));
    for (let n = 0; n < 2; n++) await expect(ask('Express', url)).rejects.toThrow();
    expect((await fetch(url)).status).toBe(503);
  });

  it('has no length where there is no body to have one', async () => {
    const url = await start('Express');
    await sluice.rules(oneCall('shelf', { answer: 'empty' }));
    await ask('Express', url);
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
    socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const part of socket) text += part;
    expect(text).toMatch(/^HTTP\/1.1 204 /);
    expect(text.toLowerCase()).not.toContain('content-length');
  });
});
