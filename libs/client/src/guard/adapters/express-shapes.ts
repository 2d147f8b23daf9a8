import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { CallContext } from '../call-options.ts';

/*
 * What of Express is looked at; the same in 4 and 5 but for the mark of what is mounted at the root.
 */

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;

export interface Layer {
  handle: Handler;
  readonly slash?: boolean;
  readonly regexp?: { readonly fast_slash?: boolean };
  readonly method?: string;
  readonly route?: Route;
  readonly rawPath?: unknown;
  /** Of the request that is in the layer. */
  readonly path?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}
export interface Route {
  readonly path: unknown;
  readonly stack: readonly Layer[];
}
export interface Router {
  stack: readonly Layer[];
  handle?: Handler;
}
/** The pattern under which the router is mounted that a request is in. */
export const prefix = Symbol('sluice:prefix');

export interface ExpressRequest extends IncomingMessage {
  [prefix]?: string | undefined;
  readonly app: {
    readonly router?: Router;
    readonly _router?: Router;
    readonly settings?: Readonly<Record<string, unknown>>;
  };
  /** Not there before Express has come to a router. */
  readonly baseUrl?: string;
  readonly ip?: string;
  readonly query: CallFields;
}

export interface ExpressOptions {
  /** Who calls, as far as the app knows it; nested calls inherit it. Called once for each request. */
  readonly caller?: (request: IncomingMessage) => CallContext | undefined;
  /** Another name for a route, or undefined to leave it unguarded. `GET /books/:id` when absent. */
  readonly resource?: (route: { readonly method: string; readonly pattern: string }) => string | undefined;
}
