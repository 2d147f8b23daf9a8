import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { CallContext } from '../call-options.ts';

/*
 * What of Express is looked at; the same in 4 and 5 but for the mark of what is mounted at the root.
 */

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;

/** What of a path it takes for itself, and what it finds in that. */
export type Matcher = (
  path: string,
) => { readonly path: string; readonly params: Readonly<Record<string, unknown>> } | false;

export interface Layer {
  handle: Handler;
  readonly slash?: boolean;
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
  readonly matchers?: readonly Matcher[];
  readonly method?: string;
  readonly route?: Route;
  readonly rawPath?: unknown;
  /** Of the request that is in the layer. */
  readonly path?: string;
}
export interface Route {
  readonly path: unknown;
  readonly stack: readonly Layer[];
  readonly methods?: Readonly<Record<string, boolean | undefined>>;
}
export interface Router {
  stack: readonly Layer[];
  handle?: Handler;
}
/** The pattern under which the router is mounted that a request is in. */
export const prefix = Symbol('sluice:prefix');

/** The calls of routes that share their names with others, of a request that is in them. */
export const calls = Symbol('sluice:calls');

export interface App {
  readonly router?: Router;
  readonly _router?: Router;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Of an app that another one uses. */
  readonly parent?: App;
  readonly mountpath?: unknown;
}

export interface ExpressRequest extends IncomingMessage {
  [prefix]?: string | undefined;
  [calls]?: { readonly sluice: unknown; readonly name: string }[];
  readonly app: App;
  readonly params?: Readonly<Record<string, unknown>>;
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
