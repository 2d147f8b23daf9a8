/** Plain data: what JSON can say, and nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Whether an object is nothing but its own properties. Literals of another realm (a worker, a test) count too. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * What keeps `value` from being plain data: `type` when something in it isn't JSON (NaN, `1e400`, undefined, a date),
 * `depth` when it nests deeper than `maxDepth` (a scalar is 0, `[]` and `{}` are 1), which a cycle does too.
 * Undefined when nothing does.
 */
export function jsonProblem(value: unknown, maxDepth: number): 'type' | 'depth' | undefined {
  const queue: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { value: found, depth } = next;
    if (found === null || typeof found === 'string' || typeof found === 'boolean') continue;
    if (typeof found === 'number' && Number.isFinite(found)) continue;
    if (typeof found !== 'object') return 'type';
    const isArray = Array.isArray(found);
    if (!isArray && !isPlainObject(found)) return 'type';
    if (depth === maxDepth) return 'depth';
    for (const child of isArray ? Array.from<unknown>(found) : Object.values(found))
      queue.push({ value: child, depth: depth + 1 });
  }
  return undefined;
}

/** Freezes plain data all the way down and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  const inside = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(value)) {
    const child = inside[key];
    if (typeof child === 'object') deepFreeze(child);
  }
  return value;
}
