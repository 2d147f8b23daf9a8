import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * Connections to one server that ask for a path and, once it is answered, ask again. With so little work of its own that
 * the server is always the slower one: a sender that takes as long as the server hides a part of what the server does.
 */
export class Sender {
  readonly #connections: readonly Connection[];

  private constructor(connections: readonly Connection[]) {
    this.#connections = connections;
  }

  static async to(port: number, paths: readonly string[]): Promise<Sender> {
    return new Sender(await Promise.all(paths.map((path) => Connection.to(port, path))));
  }

  /** Answers a second, over so many ms and until the last that is on its way has come. */
  async rate(forMs: number): Promise<number> {
    const beganMs = performance.now();
    let isOn = true;
    // It doesn't sleep in between: whoever answers a sender that sleeps pays for waking it, and the slower of two apps
    // pays more often.
    const stayAwake = (): void => void (isOn && setImmediate(stayAwake));
    stayAwake();
    try {
      const counts = await Promise.all(this.#connections.map((each) => each.ask(beganMs + forMs)));
      return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - beganMs);
    } finally {
      isOn = false;
    }
  }

  close(): void {
    for (const each of this.#connections) each.close();
  }
}

interface Turn {
  readonly untilMs: number;
  count: number;
  done(count: number): void;
  failed(error: Error): void;
}

class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #turn: Turn | undefined;
  /** What has come of an answer that came in parts. */
  #part: Buffer | undefined;

  private constructor(socket: Socket, request: Buffer) {
    this.#socket = socket;
    this.#request = request;
    socket.on('data', (bytes) => this.#came(bytes));
    socket.on('error', (error) => this.#turn?.failed(error));
    socket.on('end', () => this.#turn?.failed(new Error('the server closed a connection')));
  }

  static async to(port: number, path: string): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
  }

  /** How many were answered. */
  ask(untilMs: number): Promise<number> {
    return new Promise((done, failed) => {
      this.#turn = { untilMs, count: 0, done, failed };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#turn = undefined;
    this.#socket.destroy();
  }

  #came(bytes: Buffer): void {
    const turn = this.#turn;
    if (!turn) return;
    const answer = this.#part ? Buffer.concat([this.#part, bytes]) : bytes;
    const head = answer.indexOf(endOfHead);
    const length = head < 0 ? undefined : bodyLength(answer.toString('latin1', 0, head));
    if (length === undefined || answer.length < head + endOfHead.length + length) {
      this.#part = answer;
      return;
    }
    this.#part = undefined;
    turn.count += 1;
    if (performance.now() < turn.untilMs) this.#socket.write(this.#request);
    else turn.done(turn.count);
  }
}

function bodyLength(head: string): number {
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(`answered ${head}`);
  return Number(length);
}
