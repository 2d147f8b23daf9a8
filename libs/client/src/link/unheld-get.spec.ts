import { once } from 'node:events';
import { createServer, globalAgent, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { unheldGet } from './unheld-get.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  ends.push(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const never = new AbortController().signal;

describe('asking without holding the process', () => {
  it('answers what the server says, and follows nothing', async () => {
    const url = await serve((request, response) =>
      response
        .writeHead(302, { location: '/elsewhere' })
        .end(`${request.url} ${request.headers.authorization}`),
    );
    const answer = await unheldGet(`${url}/a?b=c`, { authorization: 'Bearer t' }, never);
    expect([answer.statusCode, await text(answer)]).toEqual([302, '/a?b=c Bearer t']);
  });

  it('ends when it is told to, before an answer and in the middle of one', async () => {
    const silent = await serve(() => undefined);
    const before = new AbortController();
    const asking = unheldGet(silent, {}, before.signal);
    before.abort();
    await expect(asking).rejects.toThrow('aborted');
    const slow = await serve((_, response) => void response.write('half'));
    const during = new AbortController();
    const answer = await unheldGet(slow, {}, during.signal);
    const reading = text(answer);
    during.abort();
    await expect(reading).rejects.toThrow('aborted');
  });

  it('goes through the proxy that the process was told of', async () => {
    const proxy = await serve((request, response) => void response.end(`for ${request.url}`));
    const { options } = globalAgent as unknown as { options: { proxyEnv?: object | undefined } };
    const { proxyEnv } = options;
    ends.push(() => {
      options.proxyEnv = proxyEnv;
    });
    options.proxyEnv = { http_proxy: proxy };
    const answer = await unheldGet('http://sluice.invalid/x', {}, never);
    expect(await text(answer)).toBe('for http://sluice.invalid/x');
  });
});
