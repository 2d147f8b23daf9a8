import type { Outcome } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import { BlockedError } from '../blocked-error.ts';
import type { Passage } from '../call-options.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { outcomeOf } from '../outcome-of.ts';
import { keepFetched } from './keep-response.ts';
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
  const { resource = hostResource, outcome = ({ status }) => outcomeOfStatus(status) } = options;
  return async (input, init) => {
    const carry = options.fetch ?? globalThis.fetch;
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request ? request.url : String(input));
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
    const signal = init?.signal ?? request?.signal;
    let passage: Passage;
    try {
      passage = await sluice.enter(resource(url, method), {
        type: 'outbound',
        protocol: 'http',
        args: [url.href, init],
        tags: { method, host: url.host },
        ...(signal && { signal }),
      });
    } catch (error) {
      if (error instanceof BlockedError) return outboundRefusal(sluice, error, [input, init]);
      const injected = error instanceof InjectedError ? error.toHttp() : undefined;
      if (!injected) throw error;
      return responseOf(injected);
    }
    try {
      const response = await carry(input, init);
      const ending = outcome(response);
      const keep = ending === 'success' ? passage.keeper() : undefined;
      passage.exit(ending);
      if (keep) void keepFetched(response, keep);
      return response;
    } catch (error) {
      passage.exit(outcomeOf(error));
      throw error;
    }
  };
}

const hostResource = (url: URL, method: string): string => `${method} ${url.host}`;
