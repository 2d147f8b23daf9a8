import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { CallFacts, EnterOptions, Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { keepWritten } from './keep-response.ts';
import { outcomeOfStatus } from './web-outcome.ts';
import { webRefusal } from './web-refusal.ts';

/** What an adapter for a web framework knows of a request. Each field is read only where a rule looks at it. */
export interface WebRequest extends CallFacts {
  readonly raw: IncomingMessage;
}

/** A request that asks to be let in. One object, for each that is made for a request costs it some of its time. */
class Asking implements EnterOptions {
  readonly #request: WebRequest;
  readonly #response: ServerResponse;

  constructor(request: WebRequest, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get type(): 'web' {
    return 'web';
  }

  get protocol(): 'http' {
    return 'http';
  }

  inputs(): WebRequest {
    return this.#request;
  }

  /** A caller that hangs up while he waits isn't waited for. */
  signal(): AbortSignal {
    const gone = new AbortController();
    this.#response.once('close', () => gone.abort());
    return gone.signal;
  }
}

/** A request that goes on, into which a fault was injected: `drill/fault`. */
interface Injected {
  readonly fault: string | undefined;
}

/** What becomes of a request that had to wait. */
export type Admitted = HttpAnswer | Injected;

export const isAnswer = (admitted: Admitted): admitted is HttpAnswer => 'status' in admitted;

/**
 * Lets a request through the guard of its resource, at once where it doesn't have to wait; the call ends with the
 * response, or with the connection. Answers what has to be answered instead when it was refused, or broken by a fault.
 */
export function admitWeb(
  sluice: Sluice,
  resource: string,
  request: WebRequest,
  response: ServerResponse,
): undefined | Promise<Admitted> {
  try {
    const admitted = sluice.admit(resource, new Asking(request, response));
    if (!(admitted instanceof Promise)) {
      endWith(admitted, response);
      return admitted.fault === undefined ? undefined : Promise.resolve({ fault: admitted.fault });
    }
    return admitted.then(
      (passage): Admitted => {
        endWith(passage, response);
        return { fault: passage.fault };
      },
      (error: unknown) => refusalOf(sluice, error, request),
    );
  } catch (error) {
    return refusalOf(sluice, error, request);
  }
}

async function refusalOf(sluice: Sluice, error: unknown, { raw }: WebRequest): Promise<HttpAnswer> {
  if (error instanceof BlockedError) return webRefusal(sluice, error, raw);
  const injected = error instanceof InjectedError ? error.toHttp() : undefined;
  if (injected) return injected;
  throw error;
}

function endWith(passage: Passage, response: ServerResponse): void {
  if (response.closed) {
    passage.exit('abort');
    return;
  }
  const keep = passage.keeper();
  const closed = keep && keepWritten(response, keep);
  response.on('close', () => {
    closed?.();
    passage.exit(response.writableEnded ? outcomeOfStatus(response.statusCode) : 'abort');
  });
}

/** Writes the answer to a refused request. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
