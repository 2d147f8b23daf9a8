import type { CacheState, Json, ReadyState } from '@sluice/core';
import type { Unsubscribe } from './config/change-meta.ts';
import type { Config } from './config/config.ts';
import type { DocumentDefault, DocumentView } from './config/document-view.ts';
import type { Explanation } from './config/explanation.ts';
import type { ConfigOptions, DocumentOptions } from './config/namespace-options.ts';
import type { ConfigSpec, ValuesOf } from './config/spec.ts';
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
import type { InjectedCall } from './guard/faults/injected-call.ts';
import type { BreakerTurn, Guarding } from './guard/guarding.ts';
import type { WouldBlock } from './guard/ruling-listener.ts';
import type { Notice } from './notices/notice.ts';
import type { CallsSecond } from './report/calls-second.ts';
import type { MissingNamespace } from './startup/startup-level.ts';

/** What other parts of a program may want to know of the client, say a health check. */
export interface Health {
  readonly state: ReadyState;
  /** The long connection stands and has been synchronised. */
  readonly connected: boolean;
  /** Since the server last confirmed what this process holds; undefined when it never did. */
  readonly confirmedAgoMs: number | undefined;
  readonly epoch: number;
  readonly revision: number;
  readonly cache: CacheState;
  /** Namespaces whose newest delivery was refused, and why. They keep their last good values. */
  readonly rejected: Readonly<Record<string, string>>;
  /** Namespaces declared `strong` or `eager` that never got what they need to start. */
  readonly missing: readonly MissingNamespace[];
}

/** All namespaces at one moment. Later pushes don't change it. */
export interface SnapshotView {
  readonly epoch: number;
  readonly revision: number;
  /** The values of a config at that moment. */
  of<S extends ConfigSpec>(config: Config<S>): ValuesOf<S>;
  /** The value of any held key, declared or not: `order.timeoutMs`. */
  get(path: string): Json | undefined;
}

/** Everything that the client holds, computed anew from live memory. */
export interface Digests {
  readonly epoch: number;
  readonly revision: number;
  readonly rootDigest: string;
  /** `revision`: the newest that changed a layer of it. */
  readonly namespaces: readonly {
    readonly name: string;
    readonly digest: string;
    readonly revision: number;
  }[];
}

export interface SluiceEvents {
  /** After a swap: what changed, by namespace. */
  change: (change: { readonly namespaces: readonly string[]; readonly revision: number }) => void;
  state: (state: ReadyState, previous: ReadyState) => void;
  notice: (notice: Notice) => void;
  /** Each second in which guarded calls came or went: what they came to. Nothing is told while there are none. */
  calls: (second: CallsSecond) => void;
  /** A breaker changed its state. Told inside of the call that made it do so, so listeners must be quick. */
  breaker: (turn: BreakerTurn) => void;
  /** A call was blocked. Told inside of that call, before its caller gets whatever it gets. */
  blocked: (error: BlockedError) => void;
  /** A call goes that rules in monitor mode would have blocked. Told inside of that call; of a script once it answers. */
  wouldBlock: (call: WouldBlock) => void;
  /** A fault of a drill was injected into a call. Told inside of that call, before it is held back or broken. */
  injected: (call: InjectedCall) => void;
}

/**
 * The client of one app in one process. But for `readyOrThrow`, none of its methods throws because of the server, the
 * network or the disk. Guarded calls throw what the rules in force say, server or not.
 */
export interface Sluice {
  /**
   * Declares what the code reads of a namespace. A pushed content that breaks the declaration is refused whole, and
   * the old values stay. May be called several times for one namespace.
   */
  config<const S extends ConfigSpec>(namespace: string, spec: S, options?: ConfigOptions<S>): Config<S>;
  /** Declares a `document` namespace. */
  document<T = Json>(
    namespace: string,
    fallback?: DocumentDefault,
    options?: DocumentOptions<T>,
  ): DocumentView<T>;
  /** The value of any key, declared or not: `order.timeoutMs`. Unknown: undefined, and a warning with the nearest name. */
  get(path: string): Json | undefined;
  /** Why a key has its value. */
  explain(path: string): Explanation;
  snapshot(): SnapshotView;
  digests(): Digests;
  /**
   * Resolves as soon as the server confirmed what is held, at the latest after `timeoutMs` (3000). Never rejects.
   * `live`: confirmed by the server; `snapshot`: last known values from disk; `defaults`: the code's.
   * Waits for nothing when everything that was declared so far has the startup level `none` or `async`.
   */
  ready(options?: { readonly timeoutMs?: number }): Promise<ReadyState>;
  /**
   * The same wait, for an app that must not start without its values: rejects with a `StartupError` when a namespace
   * that was declared `strong` or `eager` did not get what it needs. Nothing else rejects, and reads answer all the same.
   */
  readyOrThrow(options?: { readonly timeoutMs?: number }): Promise<ReadyState>;
  readonly state: ReadyState;
  /** Known once the cache folder has been looked at; at once when it was given as an option. */
  readonly instanceId: string | undefined;
  health(): Health;
  /**
   * The same function, under the rules of a resource, whose name is a route or an operation, never a raw path. A
   * synchronous function stays synchronous; what answers a promise answers a plain `Promise`. A refused caller gets
   * what the rule says (`onBlock`), else what `fallback` answers, else a `BlockedError`. Of a generator only its making
   * is guarded, not what it yields later, and a class is no function: `enter` and `exit` go around these.
   */
  protect<F extends Guardable>(resource: string, fn: F, options?: ProtectOptions<F>): F;
  /** Lets one call in, or throws a `BlockedError`; never waits. The passage has to be exited, whatever way it ends. */
  entry(resource: string, options?: EntryOptions): Passage;
  /** Lets one call in, after a wait where a rule says so, or rejects with a `BlockedError`. */
  enter(resource: string, options?: EnterOptions): Promise<Passage>;
  /** For adapters that carry many calls: where those of one resource come through. */
  gate(resource: string, options?: GateOptions): CallGate;
  /**
   * What the rule gives a caller that was refused at `entry` or `enter`, perhaps as a promise; throws the refusal
   * itself where it gives nothing. `args` go to the named fallback that the rule may ask for.
   */
  answer(error: BlockedError, ...args: readonly unknown[]): unknown;
  /** Registers a function that rules may name as the answer for refused callers: `onBlock: { answer: 'fallback' }`. */
  fallback(name: string, fallback: NamedFallback): Unsubscribe;
  /** Calls `run`; guarded calls in it, and in whatever it sets off, are made on behalf of this origin, user, address. */
  inContext<T>(context: CallContext, run: () => T): T;
  /**
   * What calls that are made here inherit. The tag `sluice.fault` names the fault of a drill that was injected into the
   * call that is being served, for logs.
   */
  context(): CallContext;
  /** How calls are guarded at this moment: breakers, calls under way, kill switch, scripts that don't run. */
  guarding(): Guarding;
  on<E extends keyof SluiceEvents>(event: E, listener: SluiceEvents[E]): Unsubscribe;
  /** Writes what is not yet on disk, gives the cache slot back and closes the connection. Values stay readable. */
  close(): Promise<void>;
}
