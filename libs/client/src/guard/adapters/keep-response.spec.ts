import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { keepWritten } from './keep-response.ts';

/** What is kept of one response of a server. */
async function keptOf(answer: RequestListener): Promise<unknown> {
  const server = createServer();
  const kept = new Promise((resolve) => {
    server.on('request', (request, response) => {
      let found: unknown;
      const closed = keepWritten(
        response,
        (value) => {
          found = value;
        },
        (name) => request.headers[name],
      );
      response.on('close', () => {
        closed();
        resolve(found);
      });
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).arrayBuffer();
  server.close();
  return kept;
}

describe('keepWritten', () => {
  const json = { 'content-type': 'application/json', 'content-language': 'en' };
  const kept = { kept: 'http', status: 200, headers: json, body: '{"a":1}' };

  it('keeps the head of a response, whichever way it was written', async () => {
    const asked = [
      await keptOf((_, response) => {
        for (const [name, value] of Object.entries(json)) response.setHeader(name, value);
        response.end('{"a":1}');
      }),
      await keptOf((_, response) => response.writeHead(200, json).end('{"a":1}')),
      await keptOf((_, response) =>
        response.writeHead(200, 'Fine', Object.entries(json).flat()).end('{"a":1}'),
      ),
      await keptOf((_, response) => {
        response.setHeader('x-shop', 'a');
        response.writeHead(200, json).end('{"a":1}');
      }),
    ];
    expect(asked).toEqual([kept, kept, kept, kept]);
  });

  it('takes no other header for one of the head', async () => {
    const other = { 'x-content-type': 'text/plain', 'x-words': 'content-type: text/plain' };
    expect(await keptOf((_, response) => response.writeHead(200, other).end('a'))).toBeUndefined();
  });
});
