import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { deepFreeze, SluiceError } from '@sluice/core';
import {
  type ClientFrame,
  type ClientToServer,
  clientFrames,
  clientNamespace,
  type Hello,
  oldestProtocolVersion,
  type Refused,
  type ServerToClient,
} from '@sluice/protocol/client';
import type { Logger } from 'pino';
import type { Namespace } from 'socket.io';
import type { z } from 'zod';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import { LOGGER } from '../env/tokens.ts';
import { Connection, type HeldNamespace } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Target } from '../fleet/target.ts';
import { Sockets } from '../http/sockets.ts';
import { forgetHandshake, type LinkSocket } from './below-socket.ts';
import { type Said, saidAlone } from './chorus.ts';
import { Conversation } from './conversation.ts';
import { Epochs } from './epochs.ts';
import { Link } from './link.ts';
import { LinkAuthority, type LinkIdentity } from './link-authority.ts';
import { LinkFrames } from './link-frames.ts';
import { LinkPreparation } from './link-preparation.ts';
import { hearBelow } from './short-way.ts';
import { SlowReaders } from './slow-readers.ts';
import { SocketWire } from './socket-wire.ts';

type LinkNamespace = Namespace<ClientToServer, ServerToClient, Record<string, never>, LinkIdentity>;

type Handlers = {
  readonly [Name in Exclude<keyof typeof clientFrames, 'hello'>]: (
    connection: Connection,
    frame: ClientFrame<Name>,
  ) => void;
};

/** A connection that says nothing after the handshake is closed. */
const helloTimeoutMs = 5000;
/** Frames that make no sense before a connection is closed: a broken client, not a busy one. */
const maxBadFrames = 5;
const tokenCheckMs = 2500;

/**
 * The door of the link: who may connect, and the frames of each connection handed to its `Conversation`.
 * Every frame is checked here; nothing behind it sees an unchecked one.
 */
@Injectable()
export class LinkGateway implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #namespace: LinkNamespace;
  readonly #authority: LinkAuthority;
  readonly #conversation: Conversation;
  readonly #frames: LinkFrames;
  readonly #fleet: Fleet;
  readonly #epochs: Epochs;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #handlers: Handlers;
  readonly #slowReaders = new SlowReaders();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Sockets) sockets: Sockets,
    @Inject(LinkAuthority) authority: LinkAuthority,
    @Inject(Conversation) conversation: Conversation,
    @Inject(LinkPreparation) preparation: LinkPreparation,
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Epochs) epochs: Epochs,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#namespace = sockets.io.of(clientNamespace) as unknown as LinkNamespace;
    this.#authority = authority;
    this.#conversation = conversation;
    this.#frames = frames;
    this.#fleet = fleet;
    this.#epochs = epochs;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#logger = logger;
    this.#handlers = {
      ack: (connection, frame) => conversation.acked(connection, frame),
      state: (connection, frame) => conversation.stated(connection, frame),
      heartbeat: (connection, frame) => conversation.beat(connection, frame),
      prepared: (connection, frame) => preparation.prepared(connection, frame),
      report: (connection, frame) => frames.emit('report', connection, frame),
      killed: (connection, frame) => frames.emit('killed', connection, frame),
      explained: (connection, frame) => frames.emit('explained', connection, frame),
      faultState: (connection, frame) => frames.emit('faultState', connection, frame),
    };
  }

  onApplicationBootstrap(): void {
    this.#namespace.use((socket, next) => {
      this.#authority.identify(socket.handshake.auth).then(
        (identity) => {
          socket.data = identity;
          next();
        },
        (error: unknown) => next(this.#refusal(error)),
      );
    });
    this.#namespace.on('connection', (socket) => this.#welcome(socket));
    this.#timer = setInterval(() => {
      for (const connection of this.#slowReaders.stuck(this.#fleet.all(), this.#clock.monotonic()))
        connection.wire.cut();
      void this.#cutRevoked();
    }, tokenCheckMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #welcome(socket: LinkSocket): void {
    const link = new Link(socket, this.#listen);
    link.silent = setTimeout(() => socket.disconnect(true), helloTimeoutMs);
    socket.onAny((event: string, frame: unknown) => {
      if (!socket.connected) return;
      if (event === 'alive' && typeof frame === 'function') frame();
      if (event === 'alive' || link.knows(event)) link.heard(saidAlone(event, frame));
    });
    socket.on('disconnect', () => {
      clearTimeout(link.silent);
      if (!link.connection) return;
      link.connection.lastSeenAt = this.#clock.now();
      this.#fleet.remove(link.connection);
    });
  }

  readonly #listen = (link: Link, said: Said): void => this.#heard(link, said);

  #heard(link: Link, said: Said): void {
    const { event } = said;
    if (event !== 'alive') {
      const frame = said.checked ?? this.#check(link, said);
      if (frame === undefined) return;
      if (event === 'hello') this.#began(link, frame as Hello);
      else if (link.connection) this.#handlers[event as keyof Handlers](link.connection, frame as never);
    }
    if (link.connection) this.#frames.emit('sign', link.connection);
  }

  /** The frame when it is a good one; who says the same soon needs no check, and nobody may change what all share. */
  #check(link: Link, said: Said): unknown {
    const parsed = (clientFrames[said.event as keyof Handlers] as z.ZodType<object>).safeParse(said.frame);
    if (parsed.success) said.checked = said.isShared ? deepFreeze(parsed.data) : parsed.data;
    else this.#notUnderstood(link, said.event, parsed.error);
    return said.checked;
  }

  #notUnderstood(link: Link, event: string, error: z.ZodError): void {
    if (++link.badFrames >= maxBadFrames) link.socket.disconnect(true);
    else
      this.#logger.debug(
        { event, issues: error.issues.slice(0, 3) },
        'a frame of a client was not understood',
      );
  }

  #began(link: Link, frame: Hello): void {
    if (link.connection) return;
    clearTimeout(link.silent);
    link.silent = undefined;
    const { socket } = link;
    const refusal = refusalOf(frame, socket.data);
    if (refusal) {
      this.#refuse(socket, refusal);
      return;
    }
    const { place, credential } = socket.data;
    const { address } = socket.handshake;
    const now = this.#clock.now();
    link.connection = new Connection(frame, place, credential, address, new SocketWire(socket), now);
    forgetHandshake(socket);
    hearBelow(link);
    void this.#join(socket, link.connection, frame.namespaces);
  }

  async #join(socket: LinkSocket, connection: Connection, held: readonly HeldNamespace[]): Promise<void> {
    let target: Target;
    try {
      target = await this.#epochs.targetFor(connection);
    } catch (error) {
      this.#logger.warn(
        { err: error, ...connection.place },
        'an instance came while its content could not be read; it is asked to come back',
      );
      return this.#refuse(socket, {
        code: 'unavailable',
        message: new SluiceError('unavailable', { retryAfterSec: 2 }).message,
        retry: true,
        retryAfterMs: 2000,
      });
    }
    if (!socket.connected) return;
    this.#conversation.began(connection, target, held);
    this.#frames.emit('joined', connection);
  }

  #refuse(socket: LinkSocket, frame: Refused): void {
    this.#metrics.refusedLinks.inc({ code: frame.code });
    socket.emit('refused', frame);
    // Let the frame leave before the connection does.
    setImmediate(() => socket.disconnect(true));
  }

  /** The reason travels in the handshake's error, in the shape of a `refused` frame. */
  #refusal(error: unknown): Error {
    const known =
      error instanceof SluiceError
        ? error
        : new SluiceError('unavailable', { retryAfterSec: 2 }, { cause: error });
    if (known !== error) this.#logger.warn({ err: error }, 'a token could not be checked');
    this.#metrics.refusedLinks.inc({ code: known.code });
    const data: Refused = {
      code: known.code,
      message: known.message,
      retry: known.status === 503,
      ...(known.status === 503 && { retryAfterMs: 2000 }),
    };
    return Object.assign(new Error(known.code), { data });
  }

  async #cutRevoked(): Promise<void> {
    const shown = new Set([...this.#fleet.all()].map((connection) => connection.credential));
    if (shown.size === 0) return;
    const revoked = await this.#authority.revokedAmong([...shown]).catch(() => new Set<string>());
    if (revoked.size === 0) return;
    const frame: Refused = {
      code: 'unauthenticated',
      message: new SluiceError('unauthenticated').message,
      retry: false,
    };
    for (const connection of [...this.#fleet.all()]) {
      if (!revoked.has(connection.credential)) continue;
      connection.wire.send('refused', frame);
      setImmediate(() => connection.wire.close());
    }
  }
}

function refusalOf(frame: Hello, { place }: LinkIdentity): Refused | undefined {
  if (frame.protocol < oldestProtocolVersion) {
    const error = new SluiceError('client_too_old', { got: frame.protocol, needed: oldestProtocolVersion });
    return { code: error.code, message: error.message, retry: false };
  }
  const differs =
    (frame.environment !== undefined && frame.environment !== place.environment) ||
    (frame.app !== undefined && frame.app !== place.app);
  if (!differs) return undefined;
  const message = `This token is for ${place.app} in ${place.environment}, and the client says that it is ${frame.app ?? place.app} in ${frame.environment ?? place.environment}. It was not connected. Use the token of that app and environment.`;
  return { code: 'wrong_place', message, retry: false };
}
