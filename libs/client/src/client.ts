import type { CacheState, ErrorText, Json, ReadyState } from '@sluice/core';
import type { Clock } from './clock.ts';
import type { Unsubscribe } from './config/change-meta.ts';
import type { Config } from './config/config.ts';
import { type ConfigViewOf, configView } from './config/config-view.ts';
import { documentView } from './config/document.ts';
import type { DocumentDefault, DocumentView } from './config/document-view.ts';
import { explain, knownPaths, readPath, resolvePath } from './config/explain.ts';
import type { Explanation } from './config/explanation.ts';
import { nearest } from './config/nearest.ts';
import type { ConfigSpec, ValuesOf } from './config/spec.ts';
import type { Events } from './events.ts';
import type { Notices } from './notices/notices.ts';
import type { Readiness } from './readiness.ts';
import type { Digests, Health, Sluice, SluiceEvents, SnapshotView } from './sluice.ts';
import { itemValue } from './snapshot/held.ts';
import type { Store } from './snapshot/store.ts';
import type { View } from './snapshot/view.ts';

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
  /** Called when the client begins to close. */
  readonly closed: () => void;
}

const defaultReadyMs = 3000;

/** What the app holds in its hands. It only reads; everything that changes values is behind `origin`. */
export class Client implements Sluice {
  readonly #parts: ClientParts;
  readonly #views = new WeakMap<object, ConfigViewOf<ConfigSpec>>();
  /** What was made from a spec before: asking again with the same one, say in each request, costs nothing. */
  readonly #made = new WeakMap<ConfigSpec, Map<string, object>>();
  #closing: Promise<void> | undefined;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  config<const S extends ConfigSpec>(namespace: string, spec: S): Config<S> {
    const made = this.#made.get(spec) ?? new Map<string, object>();
    const before = made.get(namespace);
    if (before) return before as Config<S>;
    const view = configView(namespace, spec, (path) => this.#unknown(path));
    this.#made.set(spec, made.set(namespace, view.config));
    this.#views.set(view.config, view as unknown as ConfigViewOf<ConfigSpec>);
    this.#declare(view);
    return view.config;
  }

  document<T = Json>(namespace: string, fallback?: DocumentDefault): DocumentView<T> {
    const view = documentView<T>(namespace, fallback);
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

  ready({ timeoutMs = defaultReadyMs }: { readonly timeoutMs?: number } = {}): Promise<ReadyState> {
    const bounded = Number.isFinite(timeoutMs) ? Math.max(0, timeoutMs) : defaultReadyMs;
    return this.#parts.readiness.wait(bounded);
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
    };
  }

  on<E extends keyof SluiceEvents>(event: E, listener: SluiceEvents[E]): Unsubscribe {
    return this.#parts.events.on(event, listener);
  }

  close(): Promise<void> {
    if (!this.#closing) {
      this.#parts.closed();
      this.#closing = this.#parts.origin.close();
    }
    return this.#closing;
  }

  #declare(view: View): void {
    const refusal = this.#parts.store.declare(view);
    if (refusal) this.#parts.origin.refusedLater(view.namespace, refusal);
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
