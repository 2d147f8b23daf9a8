import type { Sluice } from '../../sluice.ts';
import {
  type ExpressOptions,
  type ExpressRequest,
  type Handler,
  type Layer,
  type Next,
  prefix,
  type Route,
  type Router,
} from './express-shapes.ts';
import { GuardedHandler } from './guarded-handler.ts';

export type { ExpressOptions, Handler, Next } from './express-shapes.ts';

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
    for (const layer of route.stack) {
      if (methods.has(layer.method) || layer.handle.length > 3) continue;
      methods.add(layer.method);
      const guarded = new GuardedHandler(this.#sluice, this.#options, String(route.path), layer.handle);
      layer.handle = (request, response, next) => guarded.call(request, response, next);
    }
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
