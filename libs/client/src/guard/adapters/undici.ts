import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { outcomeOf, outcomeOfGivingUp } from '../outcome-of.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { HeaderOf } from './for-everybody.ts';
import { AnswerKeeper } from './kept-answer.ts';
import { outboundAnswer } from './outbound-refusal.ts';
import { outcomeOfStatus } from './web-outcome.ts';

/** What of undici is looked at. */
interface DispatchOptions {
  readonly origin?: string | URL | null;
  readonly path: string;
  readonly method: string;
  /** A record, or names and values in turn, or in pairs. */
  readonly headers?: unknown;
}
/** By which a handler holds a request in hand. */
interface RequestController {
  readonly aborted: boolean;
  readonly paused: boolean;
  readonly reason: unknown;
  abort(reason: unknown): void;
  pause(): void;
  resume(): void;
}
interface DispatchHandler {
  /** What handlers had in place of all these before undici 7. */
  onConnect?(...args: never[]): unknown;
  onRequestStart?(controller: RequestController, context: unknown): void;
  onRequestUpgrade?(controller: unknown, status: number, headers: unknown, socket: unknown): void;
  onResponseStarted?(): void;
  onResponseStart?(controller: unknown, status: number, headers: unknown, message?: string): void;
  onResponseData?(controller: unknown, chunk: unknown): void;
  onResponseEnd?(controller: unknown, trailers: unknown): void;
  onResponseError?(controller: unknown, error: Error): void;
}
type Dispatch<O extends DispatchOptions, H extends DispatchHandler> = (options: O, handler: H) => boolean;

export interface UndiciOptions {
  /** The name of a call, which must not hold what differs from call to call. `GET stock:8080` when absent. */
  readonly resource?: (options: DispatchOptions) => string;
}

/**
 * `new Agent().compose(guardUndici(sluice))`: calls through the dispatcher are under the rules of what they call. Where
 * a rule gives a refused caller something, he gets it as the answer; else the call fails with the `BlockedError`. Of
 * undici 7 and later; requests of an older one fail with a TypeError.
 */
export function guardUndici(sluice: Sluice, { resource = hostResource }: UndiciOptions = {}) {
  // Its types are undici's own, of whichever version, so that `compose` takes it as it is.
  return <O extends DispatchOptions, H extends DispatchHandler>(dispatch: Dispatch<O, H>): Dispatch<O, H> =>
    (options, handler) => {
      // It would never hear of its answer.
      if (handler.onConnect && !handler.onRequestStart)
        throw new TypeError('guardUndici needs undici 7 or later; this request comes from an older one');
      const { method } = options;
      const held = new HeldRequest();
      const call = { tags: { method, host: hostOf(options) }, signal: () => held.signal };
      const gate = sluice.gate(resource(options), { type: 'outbound', protocol: 'http' });
      const go = (passage: Passage, kept?: HeldRequest): boolean => {
        try {
          held.throwIfAborted();
          return dispatch(options, watched(handler, passage, options, kept) as H);
        } catch (error) {
          passage.exit(outcomeOf(error));
          fail(handler, error);
          return true;
        }
      };
      let admitted: Passage | Promise<Passage>;
      try {
        admitted = gate.admit(call);
        // At once, as without the guard: a dispatcher that is closed next still carries what was asked before.
        if (!(admitted instanceof Promise)) return go(admitted);
        held.begin(handler);
      } catch (error) {
        admitted = Promise.reject(error);
      }
      admitted.then(
        (passage) => void go(passage, held),
        (error: unknown) => void giveInstead(sluice, error, options, handler, held),
      );
      return true;
    };
}

/** What a caller has in hand to give up by while his request is held back; then it stands for what undici gives. */
class HeldRequest implements RequestController {
  readonly rawHeaders: readonly Buffer[] = [];
  readonly rawTrailers: readonly Buffer[] = [];
  /** Most requests need none: they are let in at once. */
  #gone: AbortController | undefined;
  #real: RequestController | undefined;
  #hasBegun = false;

  get signal(): AbortSignal {
    this.#gone ??= new AbortController();
    return this.#gone.signal;
  }

  get aborted(): boolean {
    return this.#real?.aborted ?? this.#gone?.signal.aborted ?? false;
  }

  get paused(): boolean {
    return this.#real?.paused ?? false;
  }

  get reason(): unknown {
    return this.#real ? this.#real.reason : (this.#gone?.signal.reason ?? null);
  }

  abort(reason: unknown): void {
    if (this.#real) this.#real.abort(reason);
    else this.#gone?.abort(reason);
  }

  pause(): void {
    this.#real?.pause();
  }

  resume(): void {
    this.#real?.resume();
  }

  /** Who waits may give up, which undici tells only who has said that he began. */
  begin(handler: DispatchHandler): AbortSignal {
    const { signal } = this;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      handler.onRequestStart?.(this, null);
    }
    return signal;
  }

  throwIfAborted(): void {
    this.#gone?.signal.throwIfAborted();
  }

  /** It goes, by this. */
  begins(real: RequestController): void {
    this.#real = real;
    if (this.#gone?.signal.aborted) real.abort(this.#gone.signal.reason);
  }
}

/** Answers as if it came from the other side. What the app gives may take its time, and then the caller may give up. */
async function giveInstead(
  sluice: Sluice,
  error: unknown,
  options: DispatchOptions,
  handler: DispatchHandler,
  held: HeldRequest,
): Promise<void> {
  try {
    const signal = held.begin(handler);
    answer(handler, await unlessAborted(insteadOf(sluice, error, options), signal));
  } catch (reason) {
    fail(handler, reason);
  }
}

/** What the caller gets of a call that was refused, or that a fault has broken; rejects where it fails. */
async function insteadOf(sluice: Sluice, error: unknown, options: DispatchOptions): Promise<HttpAnswer> {
  if (error instanceof BlockedError) {
    const given = await outboundAnswer(sluice, error, [options]);
    if (!(given instanceof Response)) return given;
    const headers = Object.fromEntries(given.headers);
    return { status: given.status, headers, body: await given.text() };
  }
  const injected = error instanceof InjectedError ? error.toHttp() : undefined;
  if (injected) return injected;
  throw error;
}

/** The same handler, which also tells how the call ended, and keeps its answer now and then; `held`: it has begun. */
function watched(
  handler: DispatchHandler,
  passage: Passage,
  options: DispatchOptions,
  held: HeldRequest | undefined,
): DispatchHandler {
  let head: { readonly status: number; readonly headers: Readonly<Record<string, unknown>> } | undefined;
  let keeper: AnswerKeeper | undefined;
  return {
    onRequestStart: (controller, context) => {
      if (held) held.begins(controller);
      else handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (controller, status, headers, socket) => {
      passage.exit(outcomeOfStatus(status));
      handler.onRequestUpgrade?.(controller, status, headers, socket);
    },
    onResponseStarted: () => handler.onResponseStarted?.(),
    onResponseStart: (controller, status, headers, message) => {
      if (status >= 200) {
        const keep = outcomeOfStatus(status) === 'success' ? passage.keeper() : undefined;
        passage.exit(outcomeOfStatus(status));
        head = { status, headers: headers as Readonly<Record<string, unknown>> };
        if (keep && options.method !== 'HEAD') keeper = new AnswerKeeper(keep, askedBy(options));
      }
      handler.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (controller, chunk) => {
      keeper?.add(chunk);
      handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (controller, trailers) => {
      if (head) keeper?.end(head.status, (name) => head?.headers[name]);
      handler.onResponseEnd?.(controller, trailers);
    },
    onResponseError: (controller, error) => {
      const hasGivenUp = (controller as RequestController | null | undefined)?.aborted === true;
      passage.exit(hasGivenUp ? outcomeOfGivingUp(error) : outcomeOf(error));
      handler.onResponseError?.(controller, error);
    },
  };
}

/** Which headers the call asks with: their names only, in whichever of the ways they were given. */
function askedBy({ headers }: DispatchOptions): HeaderOf {
  if (typeof headers !== 'object' || headers === null) return () => undefined;
  const given =
    Symbol.iterator in headers ? [...(headers as Iterable<unknown>)].flat() : Object.keys(headers);
  const names = new Set(given.map((name) => String(name).toLowerCase()));
  return (name) => (names.has(name) ? name : undefined);
}

/** A call that never began has no controller: this stands for it. The `fetch` of undici reads the headers from there. */
const controllerOf = (reason: Error | null, headers: HttpAnswer['headers'] = {}) => ({
  rawHeaders: Object.entries(headers)
    .flat()
    .map((text) => Buffer.from(text, 'latin1')),
  rawTrailers: [],
  aborted: reason !== null,
  paused: false,
  reason,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
});

function fail(handler: DispatchHandler, error: unknown): void {
  const isError = error instanceof Error || error instanceof DOMException;
  const reason = isError ? error : new Error(String(error));
  handler.onResponseError?.(controllerOf(reason), reason);
}

function answer(handler: DispatchHandler, { status, headers, body }: HttpAnswer): void {
  const controller = controllerOf(null, headers);
  handler.onResponseStart?.(controller, status, { ...headers }, '');
  if (body !== '') handler.onResponseData?.(controller, Buffer.from(body));
  handler.onResponseEnd?.(controller, {});
}

const hostOf = ({ origin }: DispatchOptions): string => (origin ? new URL(String(origin)).host : '');

const hostResource = (options: DispatchOptions): string => `${options.method} ${hostOf(options)}`;
