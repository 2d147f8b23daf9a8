import type { ErrorText } from '@sluice/core';
import {
  type Ack,
  type ClientToServer,
  clientNamespace,
  type Heartbeat,
  type Hello,
  type Prepare,
  type Prepared,
  prepare,
  probe,
  protocolVersion,
  type Refused,
  refused,
  type ServerToClient,
  type State,
  type Sync,
  sync,
} from '@sluice/protocol/client';
import type { Socket } from 'socket.io-client';
import type { Clock, Timer } from '../clock.ts';
import { type ProtectionFrame, protectionFrames } from '../guard/protection.ts';
import { reason, verbatim } from '../notices/reasons.ts';
import { Alive } from './alive.ts';
import { Backoff } from './backoff.ts';

const connectWithinMs = 10_000;
/** The server answers a hello at once; one that doesn't is tried anew. */
const syncWithinMs = 10_000;
const heartbeatMs = 30_000;
/** A server that is well answers far sooner. */
const partWithinMs = 500;

/** Why there is no connection now. */
export type LinkLoss =
  | { readonly why: 'unreachable' | 'stalled'; readonly reason: ErrorText; readonly retryMs: number }
  | { readonly why: 'refused'; readonly frame: Refused; readonly retryMs: number };

/** What the link tells and asks the client. */
export interface LinkOwner {
  hello(): Promise<Hello>;
  /** Answers the ack, or `resync` when the state can only be taken after a new hello. Never rejects. */
  sync(frame: Sync, answersHello: boolean): Promise<Omit<Ack, 'deliveryId'> | 'resync'>;
  /** What would be refused of it, and why; nothing is applied. Never rejects. */
  prepare(frame: Prepare): Promise<Prepared['vetoes']>;
  /** A frame about calls, as it came. */
  protectionFrame(name: ProtectionFrame, raw: unknown): void;
  state(): Omit<State, 'probeId'>;
  heartbeat(): Heartbeat;
  /** The first sync has been applied and answered: from now on pushes arrive. */
  up(): void;
  down(loss: LinkLoss): void;
  unreadable(frame: string, reason: string): void;
}

export interface LinkOptions {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly owner: LinkOwner;
}

type ClientSocket = Socket<ServerToClient, ClientToServer>;

/** The one long connection: hello -> sync -> ack, probe -> state, heartbeat, alive; and connecting again for ever. */
export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #alive: Alive;
  #socket: ClientSocket | undefined;
  #up = false;
  #closed = false;
  #refusal: Refused | undefined;
  #retry: Timer | undefined;
  #heartbeat: Timer | undefined;
  #awaitSync: Timer | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#alive = new Alive(
      options.clock,
      (answered) => this.#socket?.emit('alive', answered),
      () => this.#lose('stalled', 'two round trips went unanswered'),
    );
  }

  get isUp(): boolean {
    return this.#up;
  }

  connect(): void {
    if (this.#closed) return;
    // Loaded here, so that the first values from disk don't wait for it.
    Promise.all([import('socket.io-client'), import('./unheld-agent.ts')]).then(
      ([{ io }, { unheldAgent }]) => {
        if (!this.#closed) this.#open(io, unheldAgent);
      },
      (error: Error) => this.#lose('unreachable', error.message),
    );
  }

  #open(
    io: typeof import('socket.io-client').io,
    agentFor: typeof import('./unheld-agent.ts').unheldAgent,
  ): void {
    const { server, token } = this.#options;
    const url = new URL(server);
    const socket: ClientSocket = io(url.origin + clientNamespace, {
      path: `${url.pathname.replace(/\/$/, '')}/socket.io/`,
      transports: ['websocket'],
      auth: { token, protocol: protocolVersion },
      reconnection: false,
      forceNew: true,
      autoUnref: true,
      // It takes one, whatever its types say.
      agent: agentFor(url.protocol) as never,
      timeout: connectWithinMs,
    });
    this.#socket = socket;
    this.#refusal = undefined;
    let first = true;
    const mine = (handle: () => void) => () => socket === this.#socket && handle();
    socket.on(
      'connect',
      mine(() => void this.#greet(socket)),
    );
    socket.on('sync', (frame) => {
      if (socket !== this.#socket) return;
      this.#alive.heard();
      this.#deliver(socket, frame, first).catch((error: Error) =>
        this.#options.owner.unreadable('sync', error.message),
      );
      first = false;
    });
    socket.on('prepare', (frame) => socket === this.#socket && void this.#prepare(socket, frame));
    for (const name of protectionFrames)
      socket.on(name, (frame: unknown) => {
        if (socket === this.#socket) this.#options.owner.protectionFrame(name, frame);
      });
    socket.on('probe', (frame) => socket === this.#socket && this.#answerProbe(socket, frame));
    socket.on('refused', (frame) => {
      if (socket !== this.#socket) return;
      this.#refusal = this.#read('refused', refused, frame);
      this.#lose('unreachable', 'refused');
    });
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      if (socket !== this.#socket) return;
      const answer = refused.safeParse(error.data);
      if (answer.success) this.#refusal = answer.data;
      this.#lose('unreachable', reasonOf(error));
    });
    socket.on('disconnect', (reason) => socket === this.#socket && this.#lose('unreachable', reason));
  }

  /** Says at once how this client is, out of turn. */
  sendHeartbeat(): void {
    if (!this.#up) return;
    this.#socket?.emit('heartbeat', this.#options.owner.heartbeat());
    this.#armHeartbeat();
  }

  /** Sends a frame if there is a connection. */
  send<E extends keyof ClientToServer>(event: E, ...frame: Parameters<ClientToServer[E]>): void {
    this.#socket?.emit(event, ...frame);
  }

  /** An ack that no delivery asked for: the client changed by itself what it holds. */
  sendUnaskedAck(ack: Omit<Ack, 'deliveryId'>): void {
    if (this.#up) this.#socket?.emit('ack', { deliveryId: 0, ...ack });
  }

  /** Never rejects. What was sent just before is heard: a server drops what it has not looked at when a link closes. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    const socket = this.#socket;
    if (this.#up && socket) {
      this.#up = false;
      this.#alive.stop();
      socket.removeAllListeners();
      await new Promise<void>((resolve) => {
        socket.timeout(partWithinMs).emit('alive', () => resolve());
      });
    }
    this.#drop();
  }

  async #greet(socket: ClientSocket): Promise<void> {
    this.#alive.start();
    this.#awaitSync = this.#options.clock.after(syncWithinMs, () =>
      this.#lose('stalled', 'the hello went unanswered'),
    );
    const hello = await this.#options.owner.hello();
    if (socket === this.#socket) socket.emit('hello', hello);
  }

  async #deliver(socket: ClientSocket, raw: unknown, answersHello: boolean): Promise<void> {
    const frame = this.#read('sync', sync, raw);
    if (!frame) return;
    if (answersHello) this.#awaitSync?.cancel();
    const answer = await this.#options.owner.sync(frame, answersHello);
    // A socket of before is not answered any more: the next hello says what is held.
    if (socket !== this.#socket) return;
    if (answer === 'resync') {
      this.#lose('unreachable', reason('new_epoch'));
      return;
    }
    socket.emit('ack', { deliveryId: frame.deliveryId, ...answer });
    if (this.#up) return;
    this.#up = true;
    this.#backoff.reset();
    this.#armHeartbeat();
    this.#options.owner.up();
  }

  async #prepare(socket: ClientSocket, raw: unknown): Promise<void> {
    this.#alive.heard();
    const frame = this.#read('prepare', prepare, raw);
    if (!frame) return;
    const vetoes = await this.#options.owner.prepare(frame);
    if (socket === this.#socket) socket.emit('prepared', { prepareId: frame.prepareId, vetoes });
  }

  #answerProbe(socket: ClientSocket, raw: unknown): void {
    this.#alive.heard();
    const frame = this.#read('probe', probe, raw);
    if (frame) socket.emit('state', { probeId: frame.probeId, ...this.#options.owner.state() });
  }

  #read<T>(
    name: string,
    shape: {
      safeParse(raw: unknown): { success: true; data: T } | { success: false; error: { issues: unknown[] } };
    },
    raw: unknown,
  ): T | undefined {
    const parsed = shape.safeParse(raw);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues as { path: PropertyKey[]; message: string }[];
    this.#options.owner.unreadable(
      name,
      issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : '',
    );
    return undefined;
  }

  #armHeartbeat(): void {
    this.#heartbeat?.cancel();
    const delayMs = heartbeatMs * (0.8 + 0.4 * this.#options.random());
    this.#heartbeat = this.#options.clock.after(delayMs, () => this.sendHeartbeat());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#up = false;
    this.#alive.stop();
    this.#heartbeat?.cancel();
    this.#awaitSync?.cancel();
    if (!socket) return;
    socket.removeAllListeners();
    socket.disconnect();
    socket.io.engine?.close();
  }

  #lose(why: 'unreachable' | 'stalled', because: string | ErrorText): void {
    this.#drop();
    if (this.#closed) return;
    const frame = this.#refusal;
    const retryMs =
      frame && !frame.retry ? this.#backoff.hopelessMs() : this.#backoff.nextMs(frame?.retryAfterMs);
    this.#retry = this.#options.clock.after(retryMs, () => this.connect());
    const text = typeof because === 'string' ? verbatim(because) : because;
    this.#options.owner.down(frame ? { why: 'refused', frame, retryMs } : { why, reason: text, retryMs });
  }
}

/** What engine.io wraps is worth more than its wrapping: `ECONNREFUSED` rather than `websocket error`. */
function reasonOf(error: Error & { description?: unknown; context?: unknown }): string {
  const inner = error.description as { message?: string; error?: { code?: string } } | undefined;
  return inner?.error?.code ?? inner?.message ?? error.message;
}
