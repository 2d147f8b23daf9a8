import { type CacheState, type ErrorText, fillText, type Json, type ReadyState } from '@sluice/core';
import type { Clock } from './clock.ts';
import type { Unsubscribe } from './config/change-meta.ts';
import type { Config } from './config/config.ts';
import { type ConfigViewOf, configView } from './config/config-view.ts';
import { documentView } from './config/document.ts';
import type { DocumentDefault, DocumentView } from './config/document-view.ts';
import { explain, knownPaths, readPath, resolvePath } from './config/explain.ts';
import type { Explanation } from './config/explanation.ts';
import type { ConfigOptions, DocumentOptions } from './config/namespace-options.ts';
import { nearest } from './config/nearest.ts';
import type { ConfigSpec, ValuesOf } from './config/spec.ts';
import type { Events } from './events.ts';
import type { NamedFallback } from './guard/answers.ts';
import type { BlockedError } from './guard/blocked-error.ts';
import type {
  CallContext,
  CallGate,
  EnterOptions,
  EntryOptions,
  GateOptions,
  Guardable,
  Passage,
  ProtectOptions,
} from './guard/call-options.ts';
import type { Guarding } from './guard/guarding.ts';
import type { Protection } from './guard/protection.ts';
import { notices as catalog } from './notices/catalog.ts';
import type { Notices } from './notices/notices.ts';
import type { Readiness } from './readiness.ts';
import type { Digests, Health, Sluice, SluiceEvents, SnapshotView } from './sluice.ts';
import { itemValue } from './snapshot/held.ts';
import type { Store } from './snapshot/store.ts';
import type { View } from './snapshot/view.ts';
import { Startup } from './startup/startup.ts';
import { StartupError } from './startup/startup-error.ts';
import type { MissingNamespace } from './startup/startup-level.ts';

/** Where the values of a client come from. */
export interface Origin {
  readonly instanceId: string | undefined;
  readonly cache: CacheState;
  readonly connected: boolean;
  readonly rejected: ReadonlyMap<string, ErrorText>;
  /** Code that was loaded after the values arrived refuses them. */
  refusedLater(namespace: string, reason: ErrorText): void;
  close(): Promise<void>;
}

export interface ClientParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly readiness: Readiness;
  readonly notices: Notices;
  readonly events: Events<SluiceEvents>;
  readonly origin: Origin;
  readonly protection: Protection;
  /** Called when the client begins to close. */
  readonly closed: () => void;
}

const defaultReadyMs = 3000;

interface ReadyOptions {
  readonly timeoutMs?: number;
}

/** Options, whatever they are options of; only to be compared. */
interface AnyOptions {
  readonly startup?: unknown;
  readonly validate?: unknown;
}

/** What was made of a spec, and with which options. */
interface Made {
  readonly config: object;
  readonly options: AnyOptions;
}

/** What the app holds in its hands. It only reads; everything that changes values is behind `origin`. */
export class Client implements Sluice {
  readonly #parts: ClientParts;
  readonly #views = new WeakMap<object, ConfigViewOf<ConfigSpec>>();
  /** What was made from a spec before: asking again with the same one, say in each request, costs nothing. */
  readonly #made = new WeakMap<ConfigSpec, Map<string, Made>>();
  readonly #startup: Startup;
  #closing: Promise<void> | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    const { store, readiness, notices, origin } = parts;
    const rejected = () => origin.rejected;
    this.#startup = new Startup({ store, readiness, rejected, language: notices.language });
    parts.events.on('state', () => this.#startup.look());
  }

  config<const S extends ConfigSpec>(namespace: string, spec: S, options: ConfigOptions<S> = {}): Config<S> {
    const made = this.#made.get(spec) ?? new Map<string, Made>();
    const before = made.get(namespace);
    if (before) {
      if (!isSame(before.options, options))
        this.#parts.notices.warn('options_ignored', { namespace }, namespace);
      return before.config as Config<S>;
    }
    const view = configView(namespace, spec, options, (path) => this.#unknown(path));
    this.#made.set(spec, made.set(namespace, { config: view.config, options }));
    this.#views.set(view.config, view as unknown as ConfigViewOf<ConfigSpec>);
    this.#declare(view);
    return view.config;
  }

  document<T = Json>(
    namespace: string,
    fallback?: DocumentDefault,
    options?: DocumentOptions<T>,
  ): DocumentView<T> {
    const view = documentView<T>(namespace, fallback, options);
    this.#declare(view);
    return view.document;
  }

  get(path: string): Json | undefined {
    const resolved = resolvePath(this.#parts.store, path);
    if (!resolved.known) this.#unknown(path);
    return readPath(this.#parts.store, resolved);
  }

  explain(path: string): Explanation {
    const { store, clock, origin, notices } = this.#parts;
    const explanation = explain(store, path, clock, origin.rejected, notices.language);
    if (explanation.layer === 'none') this.#unknown(path);
    return explanation;
  }

  snapshot(): SnapshotView {
    const { store } = this.#parts;
    const { live } = store;
    const slots = new Map<object, readonly unknown[]>();
    for (const view of store.views())
      if ('config' in view) slots.set(view.config as object, (view as ConfigViewOf<ConfigSpec>).slots());
    return {
      epoch: live.epoch,
      revision: live.revision,
      of: <S extends ConfigSpec>(config: Config<S>): ValuesOf<S> => {
        const [view, taken] = [this.#views.get(config), slots.get(config)];
        return (view && taken ? view.valuesIn(taken) : config.values()) as ValuesOf<S>;
      },
      get: (path) => {
        const { namespace, key } = resolvePath(store, path);
        const content = live.namespaces.get(namespace)?.content;
        if (!content) return undefined;
        return content.kind === 'document' && key === '' ? content.text : itemValue(content, key);
      },
    };
  }

  digests(): Digests {
    return this.#parts.store.digests();
  }

  async ready({ timeoutMs = defaultReadyMs }: ReadyOptions = {}): Promise<ReadyState> {
    const bounded = Number.isFinite(timeoutMs) ? Math.max(0, timeoutMs) : defaultReadyMs;
    const { readiness, notices } = this.#parts;
    if (this.#startup.waits) await readiness.wait(bounded);
    const missing = this.#startup.missing();
    if (missing.length > 0) notices.warn('startup_incomplete', { missing: listed(missing) });
    return readiness.state;
  }

  async readyOrThrow(options?: ReadyOptions): Promise<ReadyState> {
    const state = await this.ready(options);
    const missing = this.#startup.missing();
    if (missing.length === 0) return state;
    const text = catalog.startup_incomplete[this.#parts.notices.language];
    throw new StartupError(fillText(text, { missing: listed(missing) }), state, missing);
  }

  get state(): ReadyState {
    return this.#parts.readiness.state;
  }

  get instanceId(): string | undefined {
    return this.#parts.origin.instanceId;
  }

  health(): Health {
    const { origin, readiness, store, notices } = this.#parts;
    return {
      state: readiness.state,
      connected: origin.connected,
      confirmedAgoMs: readiness.confirmedAgoMs,
      epoch: store.live.epoch,
      revision: store.live.revision,
      cache: origin.cache,
      rejected: Object.fromEntries(
        [...origin.rejected, ...store.disputed].map(([name, { [notices.language]: text }]) => [name, text]),
      ),
      missing: this.#startup.missing(),
    };
  }

  protect<F extends Guardable>(resource: string, fn: F, options?: ProtectOptions<F>): F {
    return this.#parts.protection.door.protect(resource, fn, options);
  }

  entry(resource: string, options?: EntryOptions): Passage {
    return this.#parts.protection.door.entry(resource, options);
  }

  enter(resource: string, options?: EnterOptions): Promise<Passage> {
    return this.#parts.protection.door.enter(resource, options);
  }

  gate(resource: string, options?: GateOptions): CallGate {
    return this.#parts.protection.door.gate(resource, options);
  }

  answer(error: BlockedError, ...args: readonly unknown[]): unknown {
    return this.#parts.protection.door.answer(error, ...args);
  }

  fallback(name: string, fallback: NamedFallback): Unsubscribe {
    return this.#parts.protection.door.fallback(name, fallback);
  }

  inContext<T>(context: CallContext, run: () => T): T {
    return this.#parts.protection.door.inContext(context, run);
  }

  context(): CallContext {
    return this.#parts.protection.guard.context.current ?? {};
  }

  guarding(): Guarding {
    return this.#parts.protection.guarding();
  }

  on<E extends keyof SluiceEvents>(event: E, listener: SluiceEvents[E]): Unsubscribe {
    const { events } = this.#parts;
    const stop = events.on(event, listener);
    this.#listen();
    return () => {
      stop();
      this.#listen();
    };
  }

  close(): Promise<void> {
    if (!this.#closing) {
      this.#parts.closed();
      this.#closing = this.#parts.origin.close();
    }
    return this.#closing;
  }

  #declare(view: View): void {
    const { store, readiness } = this.#parts;
    const held = store.live.namespaces.get(view.namespace);
    const declared = [...store.views(view.namespace), view];
    // It came from disk before the code said that it wants the server's word only.
    if (held && held.source !== 'server' && !readiness.isConfirmed)
      if (declared.every((each) => each.startup === 'none')) store.forget(view.namespace);
    const refusal = store.declare(view);
    if (refusal) this.#parts.origin.refusedLater(view.namespace, refusal);
    this.#startup.look();
  }

  /** Calls tell of themselves only while somebody wants to know. */
  #listen(): void {
    const { events, protection } = this.#parts;
    const isHeard = (['calls', 'breaker', 'blocked', 'wouldBlock', 'injected'] as const).some((event) =>
      events.has(event),
    );
    protection.listen(
      isHeard
        ? {
            second: (second) => events.emit('calls', second),
            breaker: (turn) => events.emit('breaker', turn),
            blocked: (error) => events.emit('blocked', error),
            wouldBlock: (call) => events.emit('wouldBlock', call),
            injected: (call) => events.emit('injected', call),
          }
        : undefined,
    );
  }

  #unknown(path: string): void {
    const { store, notices } = this.#parts;
    const near = nearest(path, knownPaths(store));
    const suggestion = !near
      ? ''
      : notices.language === 'zh'
        ? `是否想写“${near}”？`
        : `Did you mean "${near}"? `;
    notices.warn('unknown_key', { path, suggestion }, path);
  }
}

const isSame = (a: AnyOptions, b: AnyOptions): boolean =>
  a.startup === b.startup && a.validate === b.validate;

const listed = (missing: readonly MissingNamespace[]): string =>
  missing.map(({ namespace, level, reason }) => `${namespace} (${level}): ${reason}`).join('; ');
