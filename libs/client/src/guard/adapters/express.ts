import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import type { CallContext } from '../call-options.ts';
import { admitWeb, writeAnswer } from './web-call.ts';

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;

/** What of Express is looked at; the same in 4 and 5. */
interface Layer {
  handle: Handler;
  readonly method?: string;
  readonly route?: Route;
  readonly rawPath?: unknown;
  /** Of the request that is in the layer. */
  readonly path?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}
interface Route {
  readonly path: unknown;
  readonly stack: readonly Layer[];
}
interface Router {
  readonly stack: readonly Layer[];
}
interface ExpressRequest extends IncomingMessage {
  readonly app: { readonly router?: Router; readonly _router?: Router };
  readonly baseUrl: string;
  readonly ip?: string;
  readonly query: CallFields;
}

export interface ExpressOptions {
  /** Who calls, as far as the app knows it; nested calls inherit it. Called once for each request. */
  readonly caller?: (request: IncomingMessage) => CallContext | undefined;
  /** Another name for a route, or undefined to leave it unguarded. `GET /books/:id` when absent. */
  readonly resource?: (route: { readonly method: string; readonly pattern: string }) => string | undefined;
}

/**
 * `app.use(guardExpress(sluice))`, before the routes: guards every route of the app and of the routers mounted in it,
 * under its method and pattern. A refused request gets what the rule says and doesn't reach the handlers of its route.
 * Middleware that runs before a route is not part of its call; what answers without a route is not guarded.
 */
export function guardExpress(sluice: Sluice, options: ExpressOptions = {}): Handler {
  const routes = new RouteGuards(sluice, options);
  return (request, _response, next) => {
    const { app, baseUrl } = request as ExpressRequest;
    const router = app.router ?? app._router;
    if (router) routes.guard(router);
    routes.prefixes.set(request, baseUrl);
    next();
  };
}

/** Puts the guard in front of the handlers of each route, once. */
class RouteGuards {
  /** The pattern under which the router is mounted that a request is in. */
  readonly prefixes = new WeakMap<IncomingMessage, string>();
  readonly #sluice: Sluice;
  readonly #options: ExpressOptions;
  /** How many layers of a router are guarded already: routes may be added at any time. */
  readonly #done = new WeakMap<Router, number>();
  readonly #names = new WeakMap<Route, Map<string, string | undefined>>();

  constructor(sluice: Sluice, options: ExpressOptions) {
    this.#sluice = sluice;
    this.#options = options;
  }

  guard(router: Router): void {
    const { stack } = router;
    const done = this.#done.get(router) ?? 0;
    if (done === stack.length) return;
    this.#done.set(router, stack.length);
    for (const layer of stack.slice(done)) {
      if (layer.route) this.#guardRoute(layer.route);
      else if (isRouter(layer.handle)) this.#guardMounted(layer, layer.handle);
    }
  }

  #guardMounted(layer: Layer, router: Handler & Router): void {
    const enterRouter: Handler = (request, response, next) => {
      this.guard(router);
      const before = this.prefixes.get(request) ?? '';
      this.prefixes.set(request, before + mountPattern(layer));
      router(request, response, (error) => {
        this.prefixes.set(request, before);
        next(error);
      });
    };
    // Whoever looks for routes through the layers finds them where they were.
    layer.handle = Object.assign(enterRouter, { stack: router.stack });
  }

  /** The first handler of each method stands for all of them. */
  #guardRoute(route: Route): void {
    const methods = new Set<string | undefined>();
    for (const layer of route.stack) {
      if (methods.has(layer.method) || layer.handle.length > 3) continue;
      methods.add(layer.method);
      const { handle } = layer;
      layer.handle = (request, response, next) => this.#call(route, handle, request, response, next);
    }
  }

  #call(
    route: Route,
    handle: Handler,
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ): unknown {
    const resource = this.#resourceOf(route, request);
    if (resource === undefined) return handle(request, response, next);
    const { ip } = request as ExpressRequest;
    const caller = this.#options.caller?.(request);
    const query = (): CallFields => (request as ExpressRequest).query;
    return admitWeb(this.#sluice, resource, { raw: request, ip, query, caller }, response)
      .then((refusal) => {
        if (refusal) return writeAnswer(response, refusal);
        if (!caller) return handle(request, response, next);
        return this.#sluice.inContext(caller, () => handle(request, response, next));
      })
      .catch((error: unknown) => {
        // Nobody is there any more who could be answered.
        if (!response.closed) next(error);
      });
  }

  #resourceOf(route: Route, request: IncomingMessage): string | undefined {
    const prefix = this.prefixes.get(request) ?? '';
    const key = `${request.method} ${prefix}`;
    const names = this.#names.get(route) ?? new Map<string, string | undefined>();
    this.#names.set(route, names);
    if (names.has(key)) return names.get(key);
    const method = request.method ?? 'GET';
    const pattern = `${prefix}${String(route.path)}`.replace(/(.)\/$/, '$1');
    const name = this.#options.resource
      ? this.#options.resource({ method, pattern })
      : `${method} ${pattern}`;
    names.set(key, name);
    return name;
  }
}

const isRouter = (handle: Handler): handle is Handler & Router =>
  Array.isArray((handle as Partial<Router>).stack);

/** The pattern as it was mounted; where Express doesn't keep it, what matched, with the names of its parameters. */
function mountPattern({ rawPath, path = '', params = {} }: Layer): string {
  if (typeof rawPath === 'string') return rawPath === '/' ? '' : rawPath;
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), `:${name}`]));
  return path
    .split('/')
    .map((part) => names.get(decodeURIComponent(part)) ?? part)
    .join('/');
}
