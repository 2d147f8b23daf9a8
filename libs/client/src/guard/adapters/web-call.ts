import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sluice } from '../../sluice.ts';
import { BlockedError, type HttpAnswer } from '../blocked-error.ts';
import type { CallFacts, EnterOptions, Passage } from '../call-options.ts';
import { outcomeOfStatus } from './web-outcome.ts';
import { webRefusal } from './web-refusal.ts';

/** What an adapter for a web framework knows of a request. Each field is read only where a rule looks at it. */
export interface WebRequest extends CallFacts {
  readonly raw: IncomingMessage;
}

function optionsOf(request: WebRequest, response: ServerResponse): EnterOptions {
  return {
    type: 'web',
    inputs: () => request,
    // A caller that hangs up while he waits isn't waited for.
    signal: () => {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      return gone.signal;
    },
  };
}

/**
 * Lets a request through the guard of its resource, at once where it doesn't have to wait; the call ends with the
 * response, or with the connection. Answers what has to be answered instead when it was refused.
 */
export function admitWeb(
  sluice: Sluice,
  resource: string,
  request: WebRequest,
  response: ServerResponse,
): undefined | Promise<HttpAnswer | undefined> {
  try {
    const admitted = sluice.admit(resource, optionsOf(request, response));
    if (!(admitted instanceof Promise)) return endWith(admitted, response);
    return admitted.then(
      (passage) => endWith(passage, response),
      (error: unknown) => refusalOf(sluice, error, request),
    );
  } catch (error) {
    return refusalOf(sluice, error, request);
  }
}

async function refusalOf(sluice: Sluice, error: unknown, { raw }: WebRequest): Promise<HttpAnswer> {
  if (error instanceof BlockedError) return webRefusal(sluice, error, raw);
  throw error;
}

function endWith(passage: Passage, response: ServerResponse): undefined {
  if (response.closed) passage.exit('abort');
  else
    response.on('close', () =>
      passage.exit(response.writableEnded ? outcomeOfStatus(response.statusCode) : 'abort'),
    );
}

/** Writes the answer to a refused request. */
export function writeAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
