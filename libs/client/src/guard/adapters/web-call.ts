import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { CallContext, EnterOptions } from '../call-options.ts';
import { outcomeOfStatus } from './web-outcome.ts';
import { webRefusal } from './web-refusal.ts';

/** What an adapter for a web framework knows of a request. */
export interface WebRequest {
  readonly raw: IncomingMessage;
  /** The address of who called, as far as the framework trusts what it was told. */
  readonly ip: string | undefined;
  readonly query: () => CallFields;
  /** What the app knows of who calls; nested calls inherit it. */
  readonly caller: CallContext | undefined;
}

/** Read only while some rule looks at inputs. */
class WebFacts implements EnterOptions {
  readonly type = 'web';
  readonly signal: AbortSignal;
  readonly #request: WebRequest;

  constructor(request: WebRequest, signal: AbortSignal) {
    this.#request = request;
    this.signal = signal;
  }

  get ip(): string | undefined {
    return this.#request.caller?.ip ?? this.#request.ip;
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.raw.headers;
  }

  get query(): CallFields {
    return this.#request.query();
  }

  get origin(): string | undefined {
    return this.#request.caller?.origin;
  }

  get user(): string | undefined {
    return this.#request.caller?.user;
  }

  get tags(): CallContext['tags'] {
    return this.#request.caller?.tags;
  }
}

/**
 * Lets a request through the guard of its resource; the call ends with the response, or with the connection. Resolves
 * to what has to be answered instead when it was refused. A caller that hangs up while he waits isn't waited for.
 */
export async function admitWeb(
  sluice: Sluice,
  resource: string,
  request: WebRequest,
  response: ServerResponse,
): Promise<HttpAnswer | undefined> {
  const gone = new AbortController();
  const hangUp = (): void => gone.abort();
  response.once('close', hangUp);
  try {
    const passage = await sluice.enter(resource, new WebFacts(request, gone.signal));
    response.off('close', hangUp);
    if (response.closed) passage.exit('abort');
    else {
      response.once('finish', () => passage.exit(outcomeOfStatus(response.statusCode)));
      response.once('close', () => passage.exit('abort'));
    }
    return undefined;
  } catch (error) {
    response.off('close', hangUp);
    if (error instanceof BlockedError) return webRefusal(sluice, error, request.raw);
    throw error;
  }
}

/** Writes the answer to a refused request. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
