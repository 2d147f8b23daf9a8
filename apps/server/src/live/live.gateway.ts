import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { allows } from '@sluice/protocol';
import {
  type ConsoleToServer,
  consoleNamespace,
  type LiveUpdate,
  type ServerToConsole,
  type Topic,
  topicKey,
  unwatch,
  watch,
} from '@sluice/protocol/console';
import type { Namespace, Socket } from 'socket.io';
import { SessionStore } from '../access/session.store.ts';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import type { Principal } from '../http/caller.ts';
import { Sockets } from '../http/sockets.ts';
import { LiveHub } from './live-hub.ts';
import { visibleUpdate } from './visible-update.ts';

interface SignedIn {
  principal: Principal;
  cookie: string;
  /** Whether the page came over HTTPS, where the cookie has another name. */
  secure: boolean;
  /** What it watches, by the name of its room. */
  topics: Map<string, Topic>;
}
type PageNamespace = Namespace<ConsoleToServer, ServerToConsole, Record<string, never>, SignedIn>;
type PageSocket = Socket<ConsoleToServer, ServerToConsole, Record<string, never>, SignedIn>;

/** A page watches a handful of things; more is not a page. */
const maxTopics = 50;
/** A session that ended, or a role that was taken, is noticed by every node within this; 5 s are promised. */
const sessionCheckMs = 2000;

/**
 * The console's live connection. It signs in with the session cookie from the console's own origin, and every
 * subscription is authorised by itself; a session that ends takes its connections with it.
 */
@Injectable()
export class LiveGateway implements OnApplicationBootstrap {
  readonly #namespace: PageNamespace;
  readonly #sessions: SessionStore;
  readonly #hub: LiveHub;
  readonly #env: Env;

  constructor(
    @Inject(Sockets) sockets: Sockets,
    @Inject(SessionStore) sessions: SessionStore,
    @Inject(LiveHub) hub: LiveHub,
    @Inject(ENV) env: Env,
  ) {
    this.#namespace = sockets.io.of(consoleNamespace) as unknown as PageNamespace;
    this.#sessions = sessions;
    this.#hub = hub;
    this.#env = env;
  }

  onApplicationBootstrap(): void {
    this.#namespace.use((socket, next) => {
      this.#signIn(socket).then(
        (ok) => next(ok ? undefined : new Error('unauthenticated')),
        () => next(new Error('unavailable')),
      );
    });
    this.#namespace.on('connection', (socket) => this.#welcome(socket));
    this.#hub.sendTo((key, update) => this.#tell(key, update));
    this.#hub.askWhetherWatched((key) => (this.#namespace.adapter.rooms.get(key)?.size ?? 0) > 0);
    setInterval(() => void this.#checkSessions(), sessionCheckMs).unref();
  }

  /** An app's update is encoded once for all; an environment's is cut to what each may see of it. */
  #tell(key: string, update: LiveUpdate): void {
    if (update.topic.of !== 'environment') {
      this.#namespace.to(key).emit('update', update);
      return;
    }
    for (const id of this.#namespace.adapter.rooms.get(key) ?? []) {
      const socket = this.#namespace.sockets.get(id);
      const visible = socket && visibleUpdate(update, socket.data.principal.grants);
      if (visible) socket.emit('update', visible);
    }
  }

  async #signIn(socket: PageSocket): Promise<boolean> {
    const { origin, host, cookie = '' } = socket.handshake.headers;
    // Another site's page may open a websocket and the browser would send the cookie along: only our own origin may.
    if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host) return false;
    const secure = this.#isSecure(socket);
    const principal = await this.#sessions.principalOf(cookie, secure);
    if (!principal) return false;
    socket.data = { principal, cookie, secure, topics: new Map() };
    return true;
  }

  /** As Express finds it out for requests: by the connection, or by the word of a proxy that is trusted. */
  #isSecure(socket: PageSocket): boolean {
    if (this.#env.trustProxy === 0) return socket.handshake.secure;
    const forwarded = String(socket.handshake.headers['x-forwarded-proto'] ?? '');
    return forwarded === '' ? socket.handshake.secure : forwarded.split(',')[0]!.trim() === 'https';
  }

  #welcome(socket: PageSocket): void {
    socket.on('watch', (raw: unknown, answer: unknown) => {
      const parsed = watch.safeParse(raw);
      const reply = typeof answer === 'function' ? (answer as (ok: boolean) => void) : () => undefined;
      const { principal, topics } = socket.data;
      if (!parsed.success || topics.size >= maxTopics) return reply(false);
      const { topic } = parsed.data;
      if (!mayWatch(principal, topic)) return reply(false);
      const key = topicKey(topic);
      topics.set(key, topic);
      void socket.join(key);
      this.#hub.watched(key, topic);
      reply(true);
    });
    socket.on('unwatch', (raw: unknown) => {
      const parsed = unwatch.safeParse(raw);
      if (!parsed.success) return;
      const key = topicKey(parsed.data.topic);
      if (socket.data.topics.delete(key)) void socket.leave(key);
    });
  }

  async #checkSessions(): Promise<void> {
    for (const socket of this.#namespace.sockets.values()) {
      const principal = await this.#sessions
        .principalOf(socket.data.cookie, socket.data.secure)
        .catch(() => socket.data.principal);
      if (principal) this.#isNow(socket, principal);
      else socket.disconnect(true);
    }
  }

  /** Whoever has lost a role stops hearing of its places, as he stops reading them. */
  #isNow(socket: PageSocket, principal: Principal): void {
    socket.data.principal = principal;
    for (const [key, topic] of socket.data.topics) {
      if (mayWatch(principal, topic)) continue;
      socket.data.topics.delete(key);
      void socket.leave(key);
    }
  }
}

const mayWatch = ({ grants }: Principal, topic: Topic): boolean =>
  allows(grants, 'config:read', {
    environment: topic.environment,
    ...(topic.of !== 'environment' && { app: topic.app }),
  });
