import { once } from 'node:events';
import { createServer, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardExpress } from '@sluice/client/express';
import { manualClock, type TestSluice, testSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import express from 'express';
import { until } from '../../support/until.ts';

const oneAtATime: Rules = {
  one: {
    kind: 'limit',
    algorithm: 'concurrency',
    max: 1,
    mode: 'intercept',
    resource: { match: 'exact', value: 'GET /news' },
  },
};

/** The first goes at once, the others one in half a minute. */
const paced: Rules = {
  paced: {
    kind: 'limit',
    algorithm: 'leakyBucket',
    limit: 1,
    intervalMs: 30_000,
    maxQueueMs: 60_000,
    maxQueueLength: 10,
    mode: 'intercept',
    resource: { match: 'exact', value: 'GET /news' },
  },
};

describe('a caller of Express who hangs up', () => {
  let clock: ReturnType<typeof manualClock>;
  let sluice: TestSluice;
  let server: Server;
  let port: number;
  let served = 0;
  let before: express.RequestHandler;

  beforeEach(async () => {
    served = 0;
    before = (_request, _response, next) => next();
    clock = manualClock();
    sluice = testSluice({}, { clock });
    const app = express();
    app.use(guardExpress(sluice) as express.RequestHandler);
    app.use((request, response, next) => before(request, response, next));
    app.get('/news', () => {
      served += 1;
    });
    server = createServer(app);
    // As those do who bring web sockets to the routes of an app.
    server.on('upgrade', (request, socket) => {
      socket.on('end', () => socket.destroy()).resume();
      app(request, new ServerResponse(request));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await sluice.close();
  });

  const open = (head = ''): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(`GET /news HTTP/1.1\r\nHost: shop\r\n${head}\r\n`);
    return socket;
  };
  const upgrade = () => open('Connection: Upgrade\r\nUpgrade: websocket\r\n');
  const underWay = () => sluice.guarding().resources.find(({ resource }) => resource === 'GET /news')?.active;

  it('gives his permit back where his response has no connection of its own', async () => {
    await sluice.rules(oneAtATime);
    const sockets = [upgrade()];
    await until('the first is in', async () => served === 1);
    expect(underWay()).toBe(1);
    sockets[0]!.destroy();
    await until('he has left', async () => underWay() === 0);
    sockets.push(upgrade());
    await until('there is room again', async () => served === 2);
    sockets[1]!.destroy();
  });

  it.each([
    ['', open],
    [', and his response has no connection of its own', upgrade],
  ])('does not wait for his turn any more%s', async (_, knock) => {
    await sluice.rules(paced);
    const first = open();
    await until('the first is in', async () => served === 1);
    const asked = once(server, knock === upgrade ? 'upgrade' : 'request');
    const second = knock();
    const [{ socket }] = (await asked) as [{ socket: Socket }];
    const closed = once(socket, 'close');
    second.destroy();
    await closed;
    await clock.advance(60_000);
    expect(served).toBe(1);
    first.destroy();
  });

  it('does not begin to wait where he has left before it was his turn to', async () => {
    await sluice.rules(paced);
    const first = open();
    await until('the first is in', async () => served === 1);
    const hasLeft = new Promise<void>((resolve) => {
      before = (_, response, next) => {
        second.destroy();
        response.once('close', () => {
          next();
          resolve();
        });
      };
    });
    const second = open();
    await hasLeft;
    await clock.advance(60_000);
    expect(served).toBe(1);
    first.destroy();
  });
});
