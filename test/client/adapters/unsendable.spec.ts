import { once } from 'node:events';
import { createServer, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { BlockedError, type Sluice } from '@sluice/client';
import { guardExpress } from '@sluice/client/express';
import { guardFastify } from '@sluice/client/fastify';
import { guardFetch } from '@sluice/client/fetch';
import { guardUndici } from '@sluice/client/undici';
import type { Degrade } from '@sluice/core';
import express from 'express';
import fastify, { type FastifyPluginCallback } from 'fastify';
import { Agent, request } from 'undici';
import { broken, shopClient } from './shop.ts';

/** A client in which such a rule is in force: one of now takes none, but others may have. */
function clientRefusingWith(onBlock: Degrade): Sluice {
  const block = {
    verdict: 'block',
    code: 'degraded',
    resource: 'x',
    type: 'web',
    ruleId: 'r/x',
    kind: 'degrade',
    revision: 1,
    decisionId: 'd',
    atMs: 0,
    onBlock,
  } as const;
  const refuse = (): never => {
    throw new BlockedError(block, 'no');
  };
  return { gate: () => ({ admit: refuse }), enter: async () => refuse() } as unknown as Sluice;
}

type Got = readonly [status: number, contentType: string | null, body: string];
const gotOf = async (response: Response): Promise<Got> => [
  response.status,
  response.headers.get('content-type'),
  await response.text(),
];

const doors: Readonly<Record<string, (sluice: Sluice) => Promise<Got>>> = {
  async Express(sluice) {
    const app = express();
    app.use(guardExpress(sluice) as express.RequestHandler);
    app.get('/', (_, response) => void response.send('called'));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await gotOf(await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
  async Fastify(sluice) {
    const app = fastify();
    await app.register(guardFastify(sluice) as unknown as FastifyPluginCallback);
    app.get('/', async () => 'called');
    const { statusCode, headers, body } = await app.inject({ url: '/' });
    await app.close();
    return [statusCode, headers['content-type'] ?? null, body] as Got;
  },
  fetch: async (sluice) => gotOf(await guardFetch(sluice)('http://stock.invalid/')),
  async undici(sluice) {
    const dispatcher = new Agent().compose(guardUndici(sluice));
    const { statusCode, headers, body } = await request('http://stock.invalid/', { dispatcher });
    return [statusCode, (headers['content-type'] as string | undefined) ?? null, await body.text()];
  },
};

describe.each(Object.entries(doors))('a rule whose answer cannot be sent, in %s', (_, ask) => {
  it.each([204, 205, 304])('answers %i without the body that it must not have', async (status) => {
    const sluice = clientRefusingWith({ answer: 'http', status, body: 'x' });
    expect(await ask(sluice)).toEqual([status, null, '']);
  });

  it.each(['text/plain\r\nx: y', '限'])(
    'answers as text in place of the content type %j',
    async (contentType) => {
      const sluice = clientRefusingWith({ answer: 'http', status: 418, body: 'tea', contentType });
      expect(await ask(sluice)).toEqual([418, 'text/plain; charset=utf-8', 'tea']);
    },
  );
});

describe('a fault whose answer cannot be sent', () => {
  it('answers without the body that it must not have', async () => {
    const sluice = shopClient();
    const abort = { fault: 'abort', protocol: 'http', status: 204, body: 'x' } as const;
    sluice.faults(broken('GET stock.invalid', abort));
    const response = await guardFetch(sluice)('http://stock.invalid/');
    expect(await gotOf(response)).toEqual([204, null, '']);
    await sluice.close();
  });
});

describe('a web socket that was brought to the routes of Express', () => {
  it.each<Degrade>([
    { answer: 'value', value: { a: 1 } },
    { answer: 'http', status: 200, body: 'later' },
    { answer: 'empty' },
    { answer: 'error' },
  ])('is told that it is refused, whatever others are answered: %j', async (onBlock) => {
    const app = express();
    app.use(guardExpress(clientRefusingWith(onBlock)) as express.RequestHandler);
    app.get('/news', () => undefined);
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // As express-ws does: there is no connection to answer on, and a status above 200 closes the web socket.
    const closed = new Promise<number>((resolve) => {
      server.on('upgrade', (request, socket) => {
        const response = new ServerResponse(request);
        response.writeHead = (status: number) => {
          if (status > 200) socket.destroy();
          resolve(status);
          return response;
        };
        app(request, response);
      });
    });
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const over = once(socket, 'close');
    socket.write('GET /news HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect(await closed).toBeGreaterThan(200);
    await over;
    server.close();
  });
});
