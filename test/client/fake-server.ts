import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { layeredDigest, rootDigest } from '@sluice/core';
import {
  type Ack,
  ack,
  type ClientToServer,
  clientNamespace,
  type Explained,
  explained,
  type FaultState,
  faultState,
  type Heartbeat,
  type Hello,
  heartbeat,
  hello,
  type Killed,
  killed,
  type Prepared,
  prepared,
  type Refused,
  type Report,
  report,
  type ServerToClient,
  type Snapshot,
  type State,
  type Sync,
  state,
  type WireNamespace,
} from '@sluice/protocol/client';
import { Server, type Socket } from 'socket.io';
import { sha256 } from '../../libs/client/src/snapshot/sha256.ts';

type ServerSocket = Socket<ClientToServer, ServerToClient>;

interface Heard {
  hello: Hello;
  ack: Ack;
  state: State;
  prepared: Prepared;
  report: Report;
  killed: Killed;
  explained: Explained;
  faultState: FaultState;
  heartbeat: Heartbeat;
  alive: true;
  snapshot: { ifNoneMatch: string | undefined; authorization: string | undefined; query: URLSearchParams };
  body: string;
}

/** A server that speaks the link and does as a test tells it. Every frame that it hears has passed the protocol's check. */
export class FakeServer {
  epoch = 1;
  revision = 0;
  /**
   * Where there are any, nobody else is let in: a client of another test may look for its own server on a port that was
   * used before, and its acks would be taken for those of this test.
   */
  readonly tokens = new Set<string>();
  readonly namespaces = new Map<string, WireNamespace>();
  /** Bodies that are only to be had over HTTP. */
  readonly bodies = new Map<string, string>();
  /** Refuses at the handshake, or after the hello. */
  refuseHandshake: Refused | undefined;
  refuseHello: Refused | undefined;
  answersAlive = true;
  /** Lets websockets through. */
  acceptsSockets = true;
  readonly heard: { [K in keyof Heard]: Heard[K][] } = {
    hello: [],
    ack: [],
    state: [],
    prepared: [],
    report: [],
    killed: [],
    explained: [],
    faultState: [],
    heartbeat: [],
    alive: [],
    snapshot: [],
    body: [],
  };
  readonly #waiting = new Set<() => void>();
  readonly #sockets = new Set<ServerSocket>();
  #http: HttpServer | undefined;
  #io: Server | undefined;
  #port = 0;
  #deliveries = 0;
  #prepares = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  get rootDigest(): string {
    return rootDigest(this.namespaces.values(), sha256);
  }

  /** Starts, on the port of before when there was one. */
  async start(port = this.#port): Promise<this> {
    this.#http = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.url);
      const { 'if-none-match': ifNoneMatch, authorization } = request.headers;
      if (url.pathname === '/client/v1/snapshot') {
        if (!this.#knows(authorization?.replace('Bearer ', ''))) return void response.writeHead(401).end();
        this.#hear('snapshot', { ifNoneMatch, authorization, query: url.searchParams });
        if ((this.refuseHandshake ?? this.refuseHello)?.code === 'unauthenticated')
          return void response.writeHead(401).end();
        if (ifNoneMatch === `"${layeredDigest(this.namespaces.values(), sha256)}"`)
          return void response.writeHead(304).end();
        response.setHeader('content-type', 'application/json');
        return void response.end(JSON.stringify(this.snapshot()));
      }
      const digest = url.pathname.replace('/client/v1/body/', '');
      const body = this.bodies.get(digest);
      this.#hear('body', digest);
      if (body === undefined) return void response.writeHead(404).end('{}');
      return void response.setHeader('content-type', 'text/plain; charset=utf-8').end(body);
    });
    this.#io = new Server(this.#http, {
      transports: ['websocket'],
      allowRequest: (_, allow) => allow(null, this.acceptsSockets),
    });
    const link = this.#io.of(clientNamespace);
    link.use((socket, next) => {
      if (!this.#knows(socket.handshake.auth.token)) return next(new Error('a client of another test'));
      if (!this.refuseHandshake) return next();
      next(Object.assign(new Error(this.refuseHandshake.code), { data: this.refuseHandshake }));
    });
    link.on('connection', (socket: ServerSocket) => this.#welcome(socket));
    await new Promise<void>((resolve) => this.#http?.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#http.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    await this.#io?.close();
    this.#http?.closeAllConnections();
    this.#sockets.clear();
  }

  snapshot(): Snapshot {
    const { epoch, revision, rootDigest } = this;
    return { epoch, revision, rootDigest, namespaces: [...this.namespaces.values()] };
  }

  /** Changes the state, and pushes it to whoever is connected. */
  push(...changed: WireNamespace[]): number {
    this.revision = Math.max(this.revision + 1, ...changed.map((n) => n.revision));
    for (const namespace of changed) this.namespaces.set(namespace.name, namespace);
    return this.send({ changed });
  }

  /** Sends a frame as it is told to, whatever the state. Answers its delivery id. */
  send(frame: Partial<Sync>): number {
    const deliveryId = ++this.#deliveries;
    const { epoch, revision, rootDigest } = this;
    for (const socket of this.#sockets)
      socket.emit('sync', { deliveryId, epoch, revision, rootDigest, changed: [], removed: [], ...frame });
    return deliveryId;
  }

  /** Asks whether these would be taken. */
  async prepare(...namespaces: WireNamespace[]): Promise<Prepared['vetoes']> {
    const prepareId = ++this.#prepares;
    for (const socket of this.#sockets) socket.emit('prepare', { prepareId, namespaces });
    return (await this.hears('prepared', (frame) => frame.prepareId === prepareId)).vetoes;
  }

  probe(probeId: number): void {
    for (const socket of this.#sockets) socket.emit('probe', { probeId });
  }

  /** Sends any frame that answers nothing, as it is told to. */
  tell<E extends 'kill' | 'leases' | 'explain' | 'faults'>(
    event: E,
    ...frame: Parameters<ServerToClient[E]>
  ): void {
    for (const socket of this.#sockets) socket.emit(event, ...frame);
  }

  refuse(frame: Refused): void {
    for (const socket of this.#sockets) {
      socket.emit('refused', frame);
      setImmediate(() => socket.disconnect(true));
    }
  }

  /** Resolves with the first frame of a kind that `fits`, heard already or still to come. */
  async hears<K extends keyof Heard>(
    kind: K,
    fits: (frame: Heard[K]) => boolean = () => true,
  ): Promise<Heard[K]> {
    for (;;) {
      const found = (this.heard[kind] as Heard[K][]).find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  ackOf(deliveryId: number): Promise<Ack> {
    return this.hears('ack', (frame) => frame.deliveryId === deliveryId);
  }

  #knows(token: string | undefined): boolean {
    return this.tokens.size === 0 || this.tokens.has(token ?? '');
  }

  #welcome(socket: ServerSocket): void {
    socket.on('hello', (raw) => {
      const frame = hello.parse(raw);
      this.#hear('hello', frame);
      if (this.refuseHello) {
        socket.emit('refused', this.refuseHello);
        setImmediate(() => socket.disconnect(true));
        return;
      }
      this.#sockets.add(socket);
      const held = new Map(frame.namespaces.map((n) => [n.name, n]));
      const { epoch, revision, rootDigest } = this;
      const changed = [...this.namespaces.values()].filter((n) => {
        const its = held.get(n.name);
        return its?.digest !== n.digest || (frame.epoch === epoch && (its.revision ?? 0) < n.revision);
      });
      const removed = [...held.keys()].filter((name) => !this.namespaces.has(name));
      socket.emit('sync', { deliveryId: ++this.#deliveries, epoch, revision, rootDigest, changed, removed });
    });
    socket.on('ack', (raw) => this.#hear('ack', ack.parse(raw)));
    socket.on('state', (raw) => this.#hear('state', state.parse(raw)));
    socket.on('prepared', (raw) => this.#hear('prepared', prepared.parse(raw)));
    socket.on('report', (raw) => this.#hear('report', report.parse(raw)));
    socket.on('killed', (raw) => this.#hear('killed', killed.parse(raw)));
    socket.on('explained', (raw) => this.#hear('explained', explained.parse(raw)));
    socket.on('faultState', (raw) => this.#hear('faultState', faultState.parse(raw)));
    socket.on('heartbeat', (raw) => this.#hear('heartbeat', heartbeat.parse(raw)));
    socket.on('alive', (answer) => {
      this.#hear('alive', true);
      if (this.answersAlive) answer();
    });
    socket.on('disconnect', () => this.#sockets.delete(socket));
  }

  #hear<K extends keyof Heard>(kind: K, frame: Heard[K]): void {
    (this.heard[kind] as Heard[K][]).push(frame);
    for (const wake of this.#waiting) {
      this.#waiting.delete(wake);
      wake();
    }
  }
}
