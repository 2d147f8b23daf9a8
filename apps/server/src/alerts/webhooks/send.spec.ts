import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ClosedAddressError, publicLookup } from './open-address.ts';
import { send } from './send.ts';

describe('publicLookup', () => {
  it('refuses a name that leads to a private address', async () => {
    const error = await new Promise((resolve) => publicLookup('localhost', { all: true }, resolve));
    expect(error).toBeInstanceOf(ClosedAddressError);
  });
});

describe('send', () => {
  const options = { allowed: new Set<string>(), isRefusal: () => false, now: () => 0 };

  it.each(['http://127.0.0.1:9/', 'http://[::ffff:7f00:1]:9/', 'https://localhost:9/'])(
    'goes nowhere for %s',
    async (url) => {
      const outcome = await send({ url, headers: {}, body: '{}' }, options);
      expect(outcome).toMatchObject({ ok: false, reply: expect.stringContaining('not a public address') });
    },
  );
});

describe('send, to a receiver that behaves oddly', () => {
  let receiver: Server | undefined;
  afterEach(() => void receiver?.close());

  /** What comes of a message to somebody who answers this on the wire, and goes on doing as he likes. */
  async function answeredWith(answer: (socket: Socket) => void, path = '/hook') {
    receiver = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });
    const port = await new Promise<number>((resolve) =>
      receiver!.listen(0, '127.0.0.1', () => resolve((receiver!.address() as { port: number }).port)),
    );
    const host = `127.0.0.1:${port}`;
    const message = { url: `http://${host}${path}`, headers: {}, body: '{}' };
    return send(message, { allowed: new Set([host]), isRefusal: () => false, now: () => 0 });
  }

  it.each([
    [
      'speaks another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    ],
    [
      'says where else it is',
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n',
    ],
  ])('hears that it %s', async (_, text) => {
    const status = Number(text.slice(9, 12));
    expect(await answeredWith((socket) => socket.write(text))).toMatchObject({ ok: false, status });
  });

  it.each([
    ['hangs up half way', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na', /ECONNRESET|aborted/],
    ['says nothing that is HTTP', 'hello', /HPE_INVALID|Parse Error/],
  ])('hears why there is no answer of one that %s', async (_, text, reply) => {
    const outcome = await answeredWith((socket) => socket.end(text));
    expect(outcome).toMatchObject({ ok: false, reply: expect.stringMatching(reply) });
  });

  it('keeps to itself what an answer repeats of the address', async () => {
    const path = '/services/T0/s3cr3t-in-path?access_token=s3cr3t%20value&n=1';
    const body = `Cannot POST ${path} (s3cr3t value, s3cr3t-in-path) at T0, 1 of 1: access_token`;
    const text = `HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const { reply, status } = await answeredWith((socket) => socket.write(text), path);
    expect(status).toBe(404);
    expect(reply).toMatch(/^Cannot POST /);
    expect(reply).not.toContain('s3cr3t');
    expect(reply).toContain('at T0, 1 of 1: access_token');
  });

  it('listens to no answer without end', async () => {
    const outcome = await answeredWith((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'a')));
      };
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('drain', more);
      more();
    });
    expect(outcome).toMatchObject({ ok: false, reply: 'the answer is longer than 1 MiB' });
  });
});
