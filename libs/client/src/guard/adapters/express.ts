import type { Sluice } from '../../sluice.ts';
import { isRouter, matchedPattern, placeIn, placeOf, registeredPattern } from './express-mounts.ts';
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
import { markTwins } from './express-twins.ts';
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
  guards.add(guard);
  return guard;
}

/** The layers that these are in are looked for. */
const guards = new WeakSet<Handler>();
/** What tells requests where they are, for whichever client. */
const places = new WeakSet<Handler>();

/** What comes after a mounted app belongs to the one that it is mounted in again. */
function leaving(request: ExpressRequest, before: string | undefined, next: Next): Next {
  return (error) => {
    request[prefix] = before;
    next(error);
  };
}

/** Who guards the routes of a router, for each client. */
const guarding = new WeakMap<Router, WeakMap<Sluice, RouteGuards>>();

/** What is guarded for a client already: a router may be in several apps. */
interface Known {
  readonly layers: WeakSet<Layer>;
  readonly handlers: WeakMap<Layer, GuardedHandler>;
  /** Of the handlers of a route that are guarded: their methods, or `every`. */
  readonly methods: WeakMap<Route, Set<string>>;
}

const known = new WeakMap<Sluice, Known>();

/** Puts the guard in front of the handlers of each route, once. */
class RouteGuards {
  readonly #sluice: Sluice;
  readonly #options: ExpressOptions;
  /** How many layers of a router are guarded already: routes may be added at any time. */
  readonly #done = new WeakMap<Router, number>();
  readonly #known: Known;
  /** Those of apps that tell of each request by themselves. */
  readonly #telling = new WeakSet<Router>();

  constructor(sluice: Sluice, options: ExpressOptions) {
    this.#sluice = sluice;
    this.#options = options;
    this.#known = known.get(sluice) ?? {
      layers: new WeakSet(),
      handlers: new WeakMap(),
      methods: new WeakMap(),
    };
    known.set(sluice, this.#known);
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
    this.#guard(router, router);
    const layer = router.stack.find(({ handle }) => handle === guard);
    // Of a request that wasn't told of yet, the first of a router or one beside the first of an app, this is its place.
    if (!layer) request[prefix] ??= placeIn(router, guard) ?? placeOf(request.app, request);
    else if (!this.#telling.has(router)) this.#listen(router, layer, request);
  }

  /**
   * From its first request on, the router of an app tells of each before it looks at its layers: one more that every
   * request goes through is a good part of what the guard costs it. So the layer of the guard goes, unless it stands
   * under a path.
   */
  #listen(router: Router, layer: Layer, request: ExpressRequest): void {
    const { handle } = router;
    // Express 4 doesn't say of a request whose it is before it is in the router.
    const { app } = request;
    if (!handle) return;
    this.#telling.add(router);
    const isAtRoot = layer.slash ?? layer.regexp?.fast_slash ?? false;
    request[prefix] ??= isAtRoot ? placeOf(app, request) : '';
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
        this.#guard(router, router);
        ({ stack } = router);
        done = stack.length;
      }
      const before = told[prefix];
      // Of an app that nothing is above, a request needn't be marked: that is nearly every one.
      if (before === undefined && !told.baseUrl) handle.call(router, told, response, next);
      else {
        told[prefix] = before ?? placeOf(app, told);
        handle.call(router, told, response, leaving(told, before, next));
      }
    };
  }

  #guard(router: Router, root: Router): void {
    if (this.#guardTree(router, root)) markTwins(root, this.#known.handlers);
  }

  /** Answers whether there was something new. */
  #guardTree(router: Router, root: Router): boolean {
    const { stack } = router;
    if (this.#done.get(router) === stack.length) return false;
    this.#done.set(router, stack.length);
    for (const layer of stack) {
      if (this.#known.layers.has(layer)) continue;
      this.#known.layers.add(layer);
      if (layer.route) this.#guardRoute(layer.route, root);
      else this.#guardMounted(layer, root);
    }
    return true;
  }

  #guardMounted(layer: Layer, root: Router): void {
    const { handle } = layer;
    const mount = registeredPattern(layer);
    const router = isRouter(handle) ? handle : undefined;
    if (router) this.#guardTree(router, root);
    // What stands at the root changes no place, and a handler of errors must stay one.
    else if (mount === '' || handle.length > 3 || guards.has(handle) || places.has(handle)) return;
    const isPlaced = places.has(handle);
    const enter: Handler = (incoming, response, next) => {
      const request = incoming as ExpressRequest;
      if (router) this.#guard(router, root);
      if (isPlaced) return handle(request, response, next);
      const before = request[prefix] ?? '';
      request[prefix] = before + (mount ?? matchedPattern(layer));
      return handle(request, response, (error) => {
        request[prefix] = before;
        next(error);
      });
    };
    places.add(enter);
    // Whoever looks for routes through the layers finds them where they were.
    layer.handle = router ? Object.assign(enter, { stack: router.stack }) : enter;
  }

  /** The first handler that a request of a method comes to stands for all of them. */
  #guardRoute(route: Route, root: Router): void {
    if (!this.#known.methods.has(route)) {
      this.#known.methods.set(route, new Set());
      onPush(route.stack, () => {
        this.#guardRoute(route, root);
        markTwins(root, this.#known.handlers);
      });
    }
    const methods = this.#known.methods.get(route)!;
    for (const layer of route.stack) {
      const { method = every, handle } = layer;
      if (this.#known.layers.has(layer) || methods.has(method) || methods.has(every) || handle.length > 3)
        continue;
      this.#known.layers.add(layer);
      const guarded = new GuardedHandler(this.#sluice, this.#options, route, new Set(methods), handle);
      methods.add(method);
      this.#known.handlers.set(layer, guarded);
      layer.handle = (request, response, next) => guarded.call(request, response, next);
    }
  }
}

const every = '*';

/** Calls back when something is added to a list of layers. */
function onPush(stack: readonly Layer[], added: () => void): void {
  const { push } = stack as Layer[];
  const value = function (this: Layer[], ...layers: Layer[]): number {
    const length = push.apply(this, layers);
    added();
    return length;
  };
  Object.defineProperty(stack, 'push', { configurable: true, writable: true, value });
}
