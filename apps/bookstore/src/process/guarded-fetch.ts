import type { Sluice } from '@sluice/client';
import { guardFetch } from '@sluice/client/fetch';

/** A `fetch` to the processes of one service, under the rules of what it calls: `POST stock/reservations/:id/confirm`. */
export function guardedFetch(sluice: Sluice, peer: string): typeof fetch {
  return guardFetch(sluice, {
    resource: ({ pathname }, method) => `${method} ${peer}${patternOf(pathname)}`,
  });
}

/** In paths of the bookstore the second part is the id of something. */
export const patternOf = (pathname: string): string => pathname.replace(/^(\/[^/]+)\/[^/]+/, '$1/:id');
