import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import type { CallContext } from '../call-options.ts';
import { inherited } from '../faults/fault-tag.ts';
import { type Admitted, isAnswer, type WebFramework, WebGate, WebRequest, writeAnswer } from './web-call.ts';

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;

/** What of Express is looked at; the same in 4 and 5 but for the mark of what is mounted at the root. */
interface Layer {
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
interface Route {
  readonly path: unknown;
  readonly stack: readonly Layer[];
}
interface Router {
  stack: readonly Layer[];
  handle?: Handler;
}
/** The pattern under which the router is mounted that a request is in. */
const prefix = Symbol('sluice:prefix');

interface ExpressRequest extends IncomingMessage {
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

const express: WebFramework<ExpressRequest> = {
  /** An app that trusts no proxy needn't have Express read the headers of proxies, anew each time that it is asked. */
  addressOf: (request) =>
    request.app.settings?.['trust proxy'] === false ? request.socket.remoteAddress : request.ip,
  queryOf: ({ query }) => query,
};

/**
 * `app.use(guardExpress(sluice))`, before the routes: guards every route of the app and of the routers mounted in it,
 * under its method and pattern. A refused request gets what the rule says and doesn't reach the handlers of its route.
 * Middleware that runs before a route is not part of its call; what answers without a route is not guarded.
 *
 * A second one in the same app, such as in a router of it, adds nothing: what the first is told counts for all routes.
 */
export function guardExpress(sluice: Sluice, options: ExpressOptions = {}): Handler {
  const routes = new RouteGuards(sluice, options);
  const guard: Handler = (incoming, _response, next) => {
    const request = incoming as ExpressRequest;
    const router = request.app._router ?? request.app.router;
    if (router) routes.first(router).come(router, guard, request);
    next();
  };
  return guard;
}

/** What comes after a mounted app belongs to the one that it is mounted in again. */
function leaving(request: ExpressRequest, before: string | undefined, next: Next): Next {
  return (error) => {
    request[prefix] = before;
    next(error);
  };
}

/** Who guards the routes of a router, for each client. */
const guarding = new WeakMap<Router, WeakMap<Sluice, RouteGuards>>();

/** Puts the guard in front of the handlers of each route, once. */
class RouteGuards {
  readonly #sluice: Sluice;
  readonly #options: ExpressOptions;
  /** How many layers of a router are guarded already: routes may be added at any time. */
  readonly #done = new WeakMap<Router, number>();
  /** Those of apps that tell of each request by themselves. */
  readonly #telling = new WeakSet<Router>();

  constructor(sluice: Sluice, options: ExpressOptions) {
    this.#sluice = sluice;
    this.#options = options;
  }

  /** Those of the guard that a request of this app came to first: a call that two of them see is one call. */
  first(router: Router): RouteGuards {
    let ofRouter = guarding.get(router);
    if (!ofRouter) {
      ofRouter = new WeakMap();
      guarding.set(router, ofRouter);
    }
    const first = ofRouter.get(this.#sluice);
    if (first) return first;
    ofRouter.set(this.#sluice, this);
    return this;
  }

  /** A request has come to the layer of the guard in this app, or in a router of it. */
  come(router: Router, guard: Handler, request: ExpressRequest): void {
    this.#guard(router);
    const layer = router.stack.find(({ handle }) => handle === guard);
    // Of a request that wasn't told of yet, the first of a router or one beside the first of an app, this is its place.
    if (!layer) request[prefix] ??= request.baseUrl ?? '';
    else if (!this.#telling.has(router)) this.#listen(router, layer, request);
  }

  /**
   * From its first request on, the router of an app tells of each before it looks at its layers: one more that every
   * request goes through is a good part of what the guard costs it. So the layer of the guard goes, unless it stands
   * under a path.
   */
  #listen(router: Router, layer: Layer, request: ExpressRequest): void {
    const { handle } = router;
    if (!handle) return;
    this.#telling.add(router);
    const isAtRoot = layer.slash ?? layer.regexp?.fast_slash ?? false;
    request[prefix] = (isAtRoot && request.baseUrl) || '';
    // Another list, not a shorter one: requests that are on their way through the old one would leave a layer out.
    if (isAtRoot) {
      router.stack = router.stack.filter((each) => each !== layer);
      this.#done.set(router, router.stack.length);
    }
    let { stack } = router;
    let done = stack.length;
    router.handle = (incoming, response, next) => {
      const told = incoming as ExpressRequest;
      if (router.stack !== stack || stack.length !== done) {
        this.#guard(router);
        ({ stack } = router);
        done = stack.length;
      }
      const before = told[prefix];
      // Of an app that nothing is above, a request needn't be marked: that is nearly every one.
      if (before === undefined && !told.baseUrl) handle.call(router, told, response, next);
      else {
        told[prefix] = told.baseUrl ?? '';
        handle.call(router, told, response, leaving(told, before, next));
      }
    };
  }

  #guard(router: Router): void {
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
    const enterRouter: Handler = (incoming, response, next) => {
      const request = incoming as ExpressRequest;
      this.#guard(router);
      const before = request[prefix] ?? '';
      request[prefix] = before + mountPattern(layer);
      router(request, response, (error) => {
        request[prefix] = before;
        next(error);
      });
    };
    // Whoever looks for routes through the layers finds them where they were.
    layer.handle = Object.assign(enterRouter, { stack: router.stack });
  }

  /** The first handler of each method stands for all of them. */
  #guardRoute(route: Route): void {
    const methods = new Set<string | undefined>();
    const callerOf = this.#options.caller?.bind(this.#options);
    const gateOf = this.#gatesOf(String(route.path));
    for (const layer of route.stack) {
      if (methods.has(layer.method) || layer.handle.length > 3) continue;
      methods.add(layer.method);
      const { handle } = layer;
      layer.handle = (incoming, response, next) => {
        const request = incoming as ExpressRequest;
        const gate = gateOf(request);
        if (gate === undefined) return handle(request, response, next);
        const caller = callerOf?.(request);
        const waiting = gate.admit(new WebRequest(express, request, request, response, caller));
        return waiting || caller
          ? this.#goOn(waiting, caller, handle, request, response, next)
          : handle(request, response, next);
      };
    }
  }

  /** In a method of its own: its closures would cost every request. */
  #goOn(
    waiting: Promise<Admitted> | undefined,
    caller: CallContext | undefined,
    handle: Handler,
    request: ExpressRequest,
    response: ServerResponse,
    next: Next,
  ): unknown {
    const go = (fault?: string): unknown =>
      this.#sluice.inContext(inherited(caller, fault), () => handle(request, response, next));
    if (!waiting) return go();
    return waiting
      .then((admitted) => (isAnswer(admitted) ? writeAnswer(response, admitted) : go(admitted.fault)))
      .catch((error: unknown) => {
        // Nobody is there any more who could be answered.
        if (!response.closed) next(error);
      });
  }

  /** The gates of a route, by method and by where its router is mounted. */
  #gatesOf(path: string): (request: ExpressRequest) => WebGate | undefined {
    const known = new Map<string, Map<string, WebGate | undefined>>();
    /** Mostly there is one. */
    let lastMethod: string | undefined;
    let lastMounted: string | undefined;
    let last: WebGate | undefined;
    const gateOf = (method: string, mounted: string): WebGate | undefined => {
      let ofMethod = known.get(method);
      if (!ofMethod) {
        ofMethod = new Map();
        known.set(method, ofMethod);
      }
      if (!ofMethod.has(mounted)) ofMethod.set(mounted, this.#gate(method, `${mounted}${path}`));
      return ofMethod.get(mounted);
    };
    return (request) => {
      const { method = 'GET', [prefix]: mounted = '' } = request;
      if (method !== lastMethod || mounted !== lastMounted) {
        lastMethod = method;
        lastMounted = mounted;
        last = gateOf(method, mounted);
      }
      return last;
    };
  }

  #gate(method: string, path: string): WebGate | undefined {
    const pattern = path.replace(/(.)\/$/, '$1');
    const { resource } = this.#options;
    const name = resource ? resource({ method, pattern }) : `${method} ${pattern}`;
    return name === undefined ? undefined : new WebGate(this.#sluice, name);
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
