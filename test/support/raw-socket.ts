import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface FrameOptions {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Says another length than the payload has. */
  readonly length?: bigint;
}

/** A websocket by hand: it sends frames that no library would, and hears what comes back as text. */
export class RawSocket {
  readonly #socket: Socket;
  readonly heard: string[] = [];
  /** Resolves with the milliseconds since the handshake when the server has closed. */
  readonly closed: Promise<number>;
  #waiting: { test: RegExp; resolve: (text: string) => void }[] = [];
  #rest = Buffer.alloc(0);

  private constructor(socket: Socket) {
    const begun = performance.now();
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.#read(chunk));
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(performance.now() - begun)));
  }

  /** Opens one; `query` is that of engine.io. Rejects with the answer when the server doesn't switch protocols. */
  static open(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    query = 'EIO=4&transport=websocket',
  ): Promise<RawSocket> {
    const { port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        const own = { host, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
        const all = { ...own, 'sec-websocket-key': randomBytes(16).toString('base64'), ...headers };
        const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
        socket.write(`GET /socket.io/?${query} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      });
      let answer = Buffer.alloc(0);
      const read = (chunk: Buffer): void => {
        answer = Buffer.concat([answer, chunk]);
        const end = answer.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', read);
        const head = answer.subarray(0, end).toString();
        if (!head.startsWith('HTTP/1.1 101')) {
          socket.destroy();
          reject(new Error(head));
          return;
        }
        const opened = new RawSocket(socket);
        opened.#read(answer.subarray(end + 4));
        resolve(opened);
      };
      socket.on('data', read);
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('ECONNRESET: closed without an answer')));
    });
  }

  /** A text frame, whole and masked, as a browser sends it. */
  say(text: string): void {
    this.frame(Buffer.from(text));
  }

  /** Any frame at all. */
  frame(
    payload: Buffer,
    { opcode = 1, fin = true, rsv = 0, masked = true, length }: FrameOptions = {},
  ): void {
    const size = length ?? BigInt(payload.length);
    const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    const small = size < 126n ? Number(size) : size < 65_536n ? 126 : 127;
    const head = Buffer.alloc(small < 126 ? 2 : small === 126 ? 4 : 10);
    head[0] = first;
    head[1] = (masked ? 0x80 : 0) | small;
    if (small === 126) head.writeUInt16BE(Number(size), 2);
    if (small === 127) head.writeBigUInt64BE(size, 2);
    // A mask of zeros is a mask, and leaves the payload as it is.
    this.#socket.write(Buffer.concat([head, ...(masked ? [Buffer.alloc(4)] : []), payload]));
  }

  /** The next text, or one heard already, that fits. */
  hear(test: RegExp): Promise<string> {
    const known = this.heard.find((text) => test.test(text));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }

  /** Takes nothing more from the operating system, as a process that is stopped. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** From now on takes what one reading brings, and then nothing for so long. */
  readSlowly(pauseMs: number): void {
    this.#socket.on('data', () => {
      this.#socket.pause();
      setTimeout(() => this.#socket.resume(), pauseMs);
    });
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 2) {
      const small = this.#rest[1]! & 0x7f;
      const start = small < 126 ? 2 : small === 126 ? 4 : 10;
      if (this.#rest.length < start) return;
      const size =
        small < 126
          ? small
          : small === 126
            ? this.#rest.readUInt16BE(2)
            : Number(this.#rest.readBigUInt64BE(2));
      if (this.#rest.length < start + size) return;
      const opcode = this.#rest[0]! & 0x0f;
      if (opcode === 1) this.#heardText(this.#rest.subarray(start, start + size).toString());
      // The server says goodbye and waits for ours; leaving is one.
      if (opcode === 8) this.#socket.destroy();
      this.#rest = this.#rest.subarray(start + size);
    }
  }

  #heardText(text: string): void {
    this.heard.push(text);
    for (const waiting of this.#waiting.filter(({ test }) => test.test(text))) waiting.resolve(text);
    this.#waiting = this.#waiting.filter(({ test }) => !test.test(text));
  }
}
