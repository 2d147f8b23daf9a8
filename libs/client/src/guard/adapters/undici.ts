import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { outcomeOf } from '../outcome-of.ts';
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
interface DispatchHandler {
  onRequestStart?(controller: unknown, context: unknown): void;
  onRequestUpgrade?(controller: unknown, status: number, headers: unknown, socket: unknown): void;
  onResponseStarted?(): void;
  onResponseStart?(controller: unknown, status: number, headers: unknown, message?: string): void;
  onResponseData?(controller: unknown, chunk: unknown): void;
  onResponseEnd?(controller: unknown, trailers: unknown): void;
  onResponseError?(controller: unknown, error: Error): void;
}
type Dispatch = (options: DispatchOptions, handler: DispatchHandler) => boolean;

export interface UndiciOptions {
  /** The name of a call, which must not hold what differs from call to call. `GET stock:8080` when absent. */
  readonly resource?: (options: DispatchOptions) => string;
}

/**
 * `new Agent().compose(guardUndici(sluice))`: calls through the dispatcher are under the rules of what they call. Where
 * a rule gives a refused caller something, he gets it as the answer; else the call fails with the `BlockedError`.
 */
export function guardUndici(sluice: Sluice, { resource = hostResource }: UndiciOptions = {}) {
  return (dispatch: Dispatch): Dispatch =>
    (options, handler) => {
      const { method } = options;
      const tags = { method, host: hostOf(options) };
      sluice.enter(resource(options), { type: 'outbound', protocol: 'http', tags }).then(
        (passage) => {
          try {
            dispatch(options, watched(handler, passage, options));
          } catch (error) {
            passage.exit(outcomeOf(error));
            fail(handler, error);
          }
        },
        (error: unknown) => {
          if (error instanceof BlockedError) return void refuse(sluice, error, options, handler);
          const injected = error instanceof InjectedError ? error.toHttp() : undefined;
          if (injected) answer(handler, injected);
          else fail(handler, error);
        },
      );
      return true;
    };
}

async function refuse(
  sluice: Sluice,
  error: BlockedError,
  options: DispatchOptions,
  handler: DispatchHandler,
): Promise<void> {
  try {
    const given = await outboundAnswer(sluice, error, [options]);
    if (!(given instanceof Response)) return answer(handler, given);
    const headers = Object.fromEntries(given.headers);
    answer(handler, { status: given.status, headers, body: await given.text() });
  } catch (reason) {
    fail(handler, reason);
  }
}

/** The same handler, which also tells how the call ended, and keeps its answer now and then. */
function watched(handler: DispatchHandler, passage: Passage, options: DispatchOptions): DispatchHandler {
  let head: { readonly status: number; readonly headers: Readonly<Record<string, unknown>> } | undefined;
  let keeper: AnswerKeeper | undefined;
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
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
        if (keep && !asksForPart(options)) keeper = new AnswerKeeper(keep);
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
      passage.exit(outcomeOf(error));
      handler.onResponseError?.(controller, error);
    },
  };
}

/** What such a call is answered may be a part, whatever its status says. */
function asksForPart({ headers }: DispatchOptions): boolean {
  if (typeof headers !== 'object' || headers === null) return false;
  const names =
    Symbol.iterator in headers ? [...(headers as Iterable<unknown>)].flat() : Object.keys(headers);
  return names.some((name) => String(name).toLowerCase() === 'range');
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
  const reason = error instanceof Error ? error : new Error(String(error));
  handler.onResponseError?.(controllerOf(reason), reason);
}

/** As if this answer had come from the other side. */
function answer(handler: DispatchHandler, { status, headers, body }: HttpAnswer): void {
  const controller = controllerOf(null, headers);
  handler.onRequestStart?.(controller, null);
  handler.onResponseStart?.(controller, status, { ...headers }, '');
  if (body !== '') handler.onResponseData?.(controller, Buffer.from(body));
  handler.onResponseEnd?.(controller, {});
}

const hostOf = ({ origin }: DispatchOptions): string => (origin ? new URL(String(origin)).host : '');

const hostResource = (options: DispatchOptions): string => `${options.method} ${hostOf(options)}`;
