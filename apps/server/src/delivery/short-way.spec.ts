import { type EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientNamespace, type Sync } from '@sluice/protocol/client';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { LinkSocket } from './below-socket.ts';
import { encodedSync } from './encoded-frame.ts';
import { hearBelow } from './short-way.ts';
import { SocketWire } from './socket-wire.ts';

/** One server and one client of socket.io; what goes the long way is heard, too. */
class Pair {
  readonly server = new Server({ transports: ['websocket'], serveClient: false });
  readonly short: [string, unknown][] = [];
  readonly long: unknown[][] = [];
  /** What ws has taken apart. */
  messages = 0;
  closed: Promise<string> = Promise.resolve('');
  client!: Socket;
  socket!: LinkSocket;

  async open(): Promise<void> {
    this.server.listen(0);
    const { port } = (
      this.server as unknown as { httpServer: { address(): AddressInfo } }
    ).httpServer.address();
    this.client = io(`http://127.0.0.1:${port}${clientNamespace}`, { transports: ['websocket'] });
    const [socket] = (await once(this.server.of(clientNamespace), 'connection')) as [LinkSocket];
    this.socket = socket;
    socket.onAny((...args: unknown[]) => {
      if (typeof args.at(-1) === 'function') (args.pop() as () => void)();
      this.long.push(args);
    });
    hearBelow({
      socket,
      knows: (event) => event === 'ack' || event === 'report',
      heard: ({ event, frame }) => this.short.push([event, frame]),
    });
    this.bare.on('message', () => {
      this.messages++;
    });
    this.closed = new Promise((resolve) => socket.once('disconnect', resolve));
  }

  /** The websocket of the server. */
  get bare(): EventEmitter {
    return (this.socket.conn.transport as unknown as { socket: EventEmitter }).socket;
  }

  /** Sends bytes as they are, and waits until the server has them. */
  async bytes(bytes: Buffer): Promise<void> {
    const { _socket: raw } = this.bare as unknown as { _socket: EventEmitter };
    const there = once(raw, 'data');
    this.clientSocket._socket.write(bytes);
    await there;
  }

  /** The websocket of the client, and its socket. */
  get clientSocket(): { send(text: string, options?: object): void; _socket: Writable } {
    const { engine } = this.client.io as unknown as { engine: { transport: { ws: never } } };
    return engine.transport.ws;
  }

  /** When everything that was sent before has been heard. */
  async settled(): Promise<void> {
    await this.client.emitWithAck('settled');
  }

  /** Text as it is, past the client's encoder. */
  raw(text: string): void {
    (this.client.io as unknown as { engine: { write(text: string): void } }).engine.write(text);
  }

  async end(): Promise<void> {
    this.client.close();
    await this.server.close();
  }
}

/** A frame of less than 126 bytes as a client sends it. */
const masked = (text: string): Buffer =>
  Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);

describe('the short way of a link', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = new Pair();
    await pair.open();
  });
  afterEach(() => pair.end());

  it('is what known events take, in order and as they were sent', async () => {
    const frame = { text: '", "ack", 中文 \u2028 \\"', list: [1, null, { a: [] }] };
    pair.client.emit('ack', frame);
    pair.client.emit('report', { n: 2 });
    pair.client.emit('ack', null);
    await pair.settled();
    expect(pair.short).toEqual([
      ['ack', frame],
      ['report', { n: 2 }],
      ['ack', null],
    ]);
    expect(pair.long).toEqual([['settled']]);
  });

  it('hears a known one without a frame, and the first of two', async () => {
    pair.raw(`2${clientNamespace},["ack"]`);
    pair.raw(`2${clientNamespace},["ack",{},1]`);
    await pair.settled();
    expect(pair.short).toEqual([
      ['ack', undefined],
      ['ack', {}],
    ]);
    expect(pair.long).toEqual([['settled']]);
  });

  it('reads the same words once, and goes on to read others', async () => {
    for (const n of [1, 1, 2, 1]) pair.client.emit('ack', { n });
    await pair.settled();
    const [first, second, other, last] = pair.short.map(([, frame]) => frame);
    expect([first, other]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(second).toBe(first);
    expect(last).toBe(first);
  });

  it('passes ws by, too, where a chunk is one plain frame', async () => {
    const { _socket: raw } = pair.bare as unknown as { _socket: EventEmitter };
    const frames = [{ n: 1 }, { n: 2, text: 'x'.repeat(3000) }];
    for (const frame of frames) {
      const there = once(raw, 'data');
      pair.client.emit('ack', frame);
      await there;
    }
    expect(pair.short).toEqual(frames.map((frame) => ['ack', frame]));
    expect(pair.messages).toBe(0);
    await pair.settled();
    expect(pair.messages).toBe(1);
  });

  it('hears frames that come in pieces, several at once, or as fragments, in their order', async () => {
    const { clientSocket } = pair;
    const ack = (n: number): Buffer => masked(`42${clientNamespace},["ack",{"n":${n}}]`);
    await pair.bytes(ack(1).subarray(0, 9));
    await pair.bytes(Buffer.concat([ack(1).subarray(9), ack(2), ack(3).subarray(0, 1)]));
    await pair.bytes(ack(3).subarray(1));
    clientSocket.send(`42${clientNamespace},["ack",{"n"`, { fin: false });
    clientSocket.send(':4}]', { fin: true });
    pair.client.emit('ack', { n: 5 });
    await pair.settled();
    expect(pair.short.map(([, frame]) => frame)).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
  });

  it('leaves a text in the middle of another to ws, which closes', async () => {
    const text = masked(`42${clientNamespace},["ack",{"n":1}]`);
    const fragment = Buffer.from(text);
    fragment[0] = 0x01;
    await pair.bytes(fragment);
    await pair.bytes(text);
    await pair.closed;
    expect(pair.short).toEqual([]);
  });

  it('answers a sign of life', async () => {
    expect(await pair.client.emitWithAck('alive')).toBeUndefined();
    expect(pair.short).toEqual([['alive', undefined]]);
    expect(pair.long).toEqual([]);
  });

  it.each([
    ['another event', `2${clientNamespace},["other",{}]`, ['other', {}]],
    ['a known one that wants an answer', `2${clientNamespace},7["ack",{}]`, ['ack', {}]],
    ['a name of every object', `2${clientNamespace},["__proto__",{}]`, ['__proto__', {}]],
  ])('leaves %s to the long one', async (_, text, heard) => {
    pair.raw(text);
    await pair.settled();
    expect(pair.short).toEqual([]);
    expect(pair.long).toEqual([heard, ['settled']]);
  });

  it.each([
    ['broken JSON', `2${clientNamespace},["ack",{]`],
    ['a text that is cut short', `2${clientNamespace},["ack",{"a":1}`],
    ['something after its end', `2${clientNamespace},["ack",{}]]`],
    ['a packet of no type', `9${clientNamespace},["ack",{}]`],
  ])('leaves %s to the long one, which closes', async (_, text) => {
    pair.raw(text);
    await pair.closed;
    expect(pair.short).toEqual([]);
  });

  it('takes nothing of a connection that was ended', async () => {
    const { bare } = pair;
    pair.socket.disconnect();
    bare.emit('message', Buffer.from(`42${clientNamespace},["ack",{}]`), false);
    expect(pair.short).toEqual([]);
  });

  it.each([1, 100, 200, 70_000])(
    'writes a sync of %i letters that a client of socket.io reads',
    async (size) => {
      const sync = { deliveryId: 1, text: 'é'.repeat(size) } as unknown as Sync;
      const received: unknown[] = [];
      pair.client.on('sync', (frame) => received.push(frame));
      const wire = new SocketWire(pair.socket);
      const emitted: unknown[] = [];
      pair.socket.onAnyOutgoing((event) => emitted.push(event));
      wire.sendEncoded(encodedSync(sync));
      // The engine is busy with one of its own: then a frame waits behind it.
      wire.send('probe', { probeId: 1 });
      wire.sendEncoded(encodedSync({ ...sync, deliveryId: 2 }));
      await pair.settled();
      expect(received).toEqual([sync, { ...sync, deliveryId: 2 }]);
      expect(emitted).toEqual(['probe', 'sync']);
    },
  );
});
