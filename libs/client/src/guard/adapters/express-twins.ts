import { isRouter, registeredPattern } from './express-mounts.ts';
import type { Layer, Router } from './express-shapes.ts';
import { type GuardedHandler, patternOf } from './guarded-handler.ts';

interface Named {
  readonly method: string | undefined;
  readonly route: unknown;
  readonly handler: GuardedHandler;
}

/**
 * Finds the routes that share a name with another one, such as two of one pattern: a request that goes from one to the
 * other is one call. Only those look at each request for the calls that it is in.
 */
export function markTwins(root: Router, handlers: WeakMap<Layer, GuardedHandler>): void {
  const byPattern = new Map<string, Named[]>();
  for (const [prefix, { route }] of routesOf(root, '', new Set())) {
    if (!route) continue;
    const pattern = patternOf(prefix ?? '', String(route.path));
    const others = byPattern.get(pattern) ?? [];
    byPattern.set(pattern, others);
    for (const layer of route.stack) {
      const handler = handlers.get(layer);
      if (!handler) continue;
      // Of a place that isn't known before a request is in it, nothing is known.
      handler.isShared ||= prefix === undefined;
      const method = layer.method === 'head' ? 'get' : layer.method;
      for (const other of others)
        if (other.route !== route && isEither(other.method, method))
          other.handler.isShared = handler.isShared = true;
      others.push({ method, route, handler });
    }
  }
}

/** Undefined stands for all methods. */
const isEither = (a: string | undefined, b: string | undefined): boolean =>
  a === b || a === undefined || b === undefined;

/** The layers of all routes, with the pattern of where their router is mounted; again for each place where it is. */
function* routesOf(
  { stack }: Router,
  prefix: string | undefined,
  above: ReadonlySet<unknown>,
): Generator<[prefix: string | undefined, layer: Layer]> {
  if (above.has(stack)) return;
  for (const layer of stack)
    if (layer.route) yield [prefix, layer];
    else if (isRouter(layer.handle)) {
      const mount = registeredPattern(layer);
      const below = prefix === undefined || mount === undefined ? undefined : prefix + mount;
      yield* routesOf(layer.handle, below, new Set(above).add(stack));
    }
}
