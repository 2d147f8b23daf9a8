import type { Outcome } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import { BlockedError } from '../blocked-error.ts';
import type { Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { isOutcome, isPromise, outcomeOf, outcomeOfGivingUp } from '../outcome-of.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { keepFetched } from './keep-fetched.ts';
import { outboundRefusal, responseOf } from './outbound-refusal.ts';
import { outcomeOfStatus } from './web-outcome.ts';

type Fetch = typeof globalThis.fetch;

export interface FetchOptions {
  /** Carries the calls; the global `fetch` when absent. */
  readonly fetch?: Fetch;
  /**
   * The name of a call, which must not hold what differs from call to call. The host when absent: `GET stock:8080`.
   */
  readonly resource?: (url: URL, method: string) => string;
  /** How an answer is taken; 5xx is an error when absent. */
  readonly outcome?: (response: Response) => Outcome;
}

/**
 * A `fetch` under the rules of what it calls. The call ends when the head of the answer is there. Where a rule gives a
 * refused caller something, he gets it as a `Response`; else it rejects with the `BlockedError`.
 */
export function guardFetch(sluice: Sluice, options: FetchOptions = {}): Fetch {
  const { resource = hostResource, outcome } = options;
  return async (input, init) => {
    const carry = options.fetch ?? globalThis.fetch;
    const { url, method, signal } = callOf(input, init);
    let passage: Passage;
    try {
      passage = await sluice.enter(resource(url, method), {
        type: 'outbound',
        protocol: 'http',
        args: [url.href, init],
        tags: { method, host: url.host },
        ...(signal && { signal }),
        ...(outcome && { injected: (error: InjectedError) => injectedEnding(error, outcome) }),
      });
    } catch (error) {
      if (error instanceof BlockedError)
        return unlessAborted(outboundRefusal(sluice, error, [input, init]), signal);
      const injected = error instanceof InjectedError ? error.toHttp() : undefined;
      if (!injected) throw error;
      return responseOf(injected);
    }
    let response: Response;
    try {
      response = await carry(input, init);
    } catch (error) {
      passage.exit(failureOf(error, signal));
      throw error;
    }
    const ending = endingOf(response, outcome);
    const keep = ending === 'success' ? passage.keeper() : undefined;
    passage.exit(ending);
    const asked = keep && method !== 'HEAD' ? headersOf(input, init) : undefined;
    return keep && asked ? keepFetched(response, keep, (name) => asked.get(name) ?? undefined) : response;
  };
}

function callOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]) {
  // It may be a request of another `fetch` than the global.
  const request = typeof input === 'object' && 'url' in input ? input : undefined;
  return {
    url: new URL(request ? request.url : String(input)),
    method: (init?.method ?? request?.method ?? 'GET').toUpperCase(),
    signal: init?.signal ?? request?.signal,
  };
}

/** What is thrown where the caller gives up is his own reason. */
const failureOf = (error: unknown, signal: AbortSignal | null | undefined): Outcome =>
  signal?.aborted && error === signal.reason ? outcomeOfGivingUp(error) : outcomeOf(error);

/** What the call asks with; undefined where another `fetch` knows headers of another kind. */
function headersOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Headers | undefined {
  const request = typeof input === 'object' && 'url' in input ? input : undefined;
  try {
    return new Headers(init?.headers ?? request?.headers);
  } catch {
    return undefined;
  }
}

/** What the app says of the ending; where asking it fails, the call has to be ended all the same. */
function endingOf(response: Response, outcome: FetchOptions['outcome']): Outcome {
  try {
    const said: unknown = outcome?.(response);
    if (isOutcome(said)) return said;
    if (isPromise(said)) said.then(undefined, () => undefined);
  } catch {
    // As if there were none.
  }
  return outcomeOfStatus(response?.status);
}

/** Of a fault that answers, what the app says of such an answer. */
function injectedEnding(error: InjectedError, outcome: FetchOptions['outcome']): Outcome {
  const answer = error.toHttp();
  return answer ? endingOf(responseOf(answer), outcome) : error.outcome;
}

const hostResource = (url: URL, method: string): string => `${method} ${url.host}`;
