import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields, Outcome } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { CallContext, CallGate, GateCall, Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { whenConnectionEnds } from './connection-end.ts';
import { keepWritten } from './keep-response.ts';
import { outcomeOfStatus } from './web-outcome.ts';
import { webRefusal } from './web-refusal.ts';

/** How a web framework tells what rules may look at. Asked only where one does. */
export interface WebFramework<R> {
  addressOf(request: R): string | undefined;
  queryOf(request: R): CallFields;
}

/**
 * A request that asks to be let in, and then ends its call. One object, for each that is made for a request costs it some
 * of its time.
 */
export class WebRequest<R = unknown> implements GateCall {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly #request: R;
  readonly #framework: WebFramework<R>;
  readonly #caller: CallContext | undefined;
  #passage: Passage | undefined;
  /** To be called when the response is closed, where its answer is kept. */
  #kept: (() => void) | undefined;

  constructor(
    framework: WebFramework<R>,
    request: R,
    raw: IncomingMessage,
    response: ServerResponse,
    caller: CallContext | undefined,
  ) {
    this.#framework = framework;
    this.#request = request;
    this.raw = raw;
    this.response = response;
    this.#caller = caller;
  }

  get origin(): string | undefined {
    return this.#caller?.origin;
  }

  get user(): string | undefined {
    return this.#caller?.user;
  }

  get tags(): CallContext['tags'] {
    return this.#caller?.tags;
  }

  get ip(): string | undefined {
    return this.#caller?.ip ?? this.#framework.addressOf(this.#request);
  }

  get headers(): CallFields {
    return this.raw.headers;
  }

  get query(): CallFields {
    return this.#framework.queryOf(this.#request);
  }

  /** A caller that hangs up while he waits isn't waited for. */
  signal(): AbortSignal {
    const { response } = this;
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    if (response.closed) leave();
    else response.once('close', leave);
    if (response.socket === null) whenConnectionEnds(this.raw.socket, response, leave);
    return gone.signal;
  }

  /** It is in: its call ends with the response, or with the connection. */
  endWithResponse(passage: Passage): void {
    const { response } = this;
    if (response.closed) {
      passage.exit('abort');
      return;
    }
    this.#passage = passage;
    const keep = passage.keeper();
    // To HEAD there is no body, which another method of the same name would be given.
    if (keep && this.raw.method !== 'HEAD')
      this.#kept = keepWritten(response, keep, (name) => this.raw.headers[name]);
    // A function that is made for each request has a long way to what its module imports: all that is in `#closed`.
    response.on('close', () => this.#closed());
    if (response.socket === null) whenConnectionEnds(this.raw.socket, response, () => this.#closed());
  }

  #closed(): void {
    const { response } = this;
    this.#kept?.();
    this.#kept = undefined;
    this.#passage?.exit(endingOf(response));
  }
}

/** Responses with a body that failed. */
const failing = new WeakSet<ServerResponse>();

/** The body of a response has failed: broken off by that, it is an error, though the response says nothing of one. */
export const bodyFailed = (response: ServerResponse): void => void failing.add(response);

/** Who hangs up says nothing of the route; a response that is broken off by an error of its own does. */
function endingOf(response: ServerResponse): Outcome {
  if (response.writableEnded) return outcomeOfStatus(response.statusCode);
  return response.errored || failing.has(response) ? 'error' : 'abort';
}

/** A request that goes on, into which a fault was injected: `drill/fault`. */
interface Injected {
  readonly fault: string | undefined;
}

/** What becomes of a request that had to wait. */
export type Admitted = HttpAnswer | Injected;

export const isAnswer = (admitted: Admitted): admitted is HttpAnswer => 'status' in admitted;

/** Where the requests of one resource come through. */
export class WebGate {
  readonly #sluice: Sluice;
  readonly #gate: CallGate;

  constructor(sluice: Sluice, resource: string) {
    this.#sluice = sluice;
    this.#gate = sluice.gate(resource, { type: 'web', protocol: 'http' });
  }

  /**
   * Lets a request in, at once where it doesn't have to wait; the call ends with the response, or with the connection.
   * Answers what has to be answered instead when it was refused, or broken by a fault.
   */
  admit(request: WebRequest): undefined | Promise<Admitted> {
    try {
      const admitted = this.#gate.admit(request);
      if (!isPassage(admitted)) return this.#admitLater(request, admitted);
      request.endWithResponse(admitted);
      return admitted.fault === undefined ? undefined : Promise.resolve({ fault: admitted.fault });
    } catch (error) {
      return this.#refusalOf(error, request);
    }
  }

  async #admitLater(request: WebRequest, admitting: Promise<Passage>): Promise<Admitted> {
    let passage: Passage;
    try {
      passage = await admitting;
    } catch (error) {
      return this.#refusalOf(error, request);
    }
    request.endWithResponse(passage);
    return { fault: passage.fault };
  }

  async #refusalOf(error: unknown, { raw }: WebRequest): Promise<HttpAnswer> {
    if (error instanceof BlockedError) return webRefusal(this.#sluice, error, raw);
    const injected = error instanceof InjectedError ? error.toHttp() : undefined;
    if (injected) return injected;
    throw error;
  }
}

/** Told apart by what only it has: `instanceof` looks through the prototypes of each passage, which takes its time. */
const isPassage = (admitted: Passage | Promise<Passage>): admitted is Passage => 'exit' in admitted;

/** Writes the answer to a refused request. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status: wanted, headers, body }: HttpAnswer,
): void {
  // A web socket that was brought to the routes of an app can be given no answer: it is closed where a status says that
  // it was refused, and would stay open for ever after any other.
  const isWebSocket = request.headers.upgrade !== undefined && response.socket === null;
  const status = isWebSocket && wanted <= 200 ? 204 : wanted;
  // Of these the length is that of an answer that is not there.
  const isBare = status === 204 || status === 304;
  response.writeHead(status, isBare ? headers : { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
