import type { App, ExpressRequest, Handler, Layer, Matcher, Router } from './express-shapes.ts';

/*
 * The patterns under which routers and apps are mounted, as they were registered: what a request writes names nothing.
 */

/** Where a mount has several patterns, the first names it; a regular expression is named by its source, as in routes. */
function nameOf(path: unknown): string {
  if (Array.isArray(path)) return nameOf(path.flat(Number.POSITIVE_INFINITY)[0] ?? '');
  return typeof path === 'string' ? path.replace(/\/+$/, '') : String(path);
}

/** A parameter or a wildcard as `path-to-regexp` of Express 4 writes it, with what stands before and after it. */
const compiled =
  /\(\?:(\\\.)?(\/)?(?:\(\[\^\/(?:\\\.)?\]\+\?\)|\(\(\?:\(\?!\/\|[^)]*\)\.\)\+\?\)|(\([^)]*\)))(\(\(\?:\[\/(?:\\\.)?\]\.\+\?\)\?\))?\)(\?)?|\(\.\*\)|\\\./g;

/** The pattern that such an expression was made of, if there was one. */
function uncompiled(source: string, names: Iterator<string>): string {
  const text = source.replaceAll('\\/', '/').replace(/^\^/, '').replace('/?(?=/|$)', '');
  return text.replace(compiled, (all, dot = '', slash = '', own = '', star = '', optional = '') => {
    if (all === '(.*)') return '*';
    if (all === '\\.') return '.';
    return `${dot && '.'}${slash}:${names.next().value}${own}${star && '*'}${optional}`;
  });
}

/** Express 4 keeps the compiled pattern only. What it was is what compiles to the same. */
function patternOfRegexp(layer: Layer, regexp: RegExp): string {
  const names = (layer.keys ?? []).map(({ name }) => name).filter((name) => typeof name === 'string');
  const iterator = names.values();
  const patterns = regexp.source.split('|^').map((source) => uncompiled(source, iterator));
  const path = patterns.length === 1 ? patterns[0]! : patterns;
  try {
    const Again = layer.constructor as new (...args: unknown[]) => Layer;
    const options = { sensitive: !regexp.ignoreCase, strict: false, end: false };
    const { regexp: same } = new Again(path, options, layer.handle);
    return nameOf(same?.source === regexp.source ? path : regexp);
  } catch {
    return nameOf(regexp);
  }
}

const patterns = new WeakMap<Layer, string>();

/** Undefined where Express, as 5 with its router before 2.3, keeps only functions. */
export function registeredPattern(layer: Layer): string | undefined {
  const { rawPath, regexp } = layer;
  if (rawPath !== undefined) return nameOf(rawPath);
  if (layer.slash || regexp?.fast_slash) return '';
  if (!regexp) return undefined;
  let pattern = patterns.get(layer);
  if (pattern === undefined) {
    pattern = patternOfRegexp(layer, regexp);
    patterns.set(layer, pattern);
  }
  return pattern;
}

const tried = new WeakMap<Matcher, string>();
const token = 'sluice0probe';

/** Of such a layer that a request is in: what of a path it takes for a parameter is found by trying another text there. */
export function matchedPattern({ matchers = [], path = '' }: Layer): string {
  for (const matcher of matchers) {
    const match = matcher(path);
    if (!match) continue;
    let pattern = tried.get(matcher);
    if (pattern === undefined) {
      const parts = path.split('/');
      pattern = parts
        .map((_, index) => partOf(matcher, parts, index))
        .filter((part, index, all) => index === 0 || !part.startsWith('*') || part !== all[index - 1])
        .join('/');
      tried.set(matcher, pattern);
    }
    return pattern;
  }
  return '';
}

function partOf(matcher: Matcher, parts: readonly string[], index: number): string {
  const part = parts[index]!;
  if (part === '') return part;
  const tryWith = (text: string) => {
    const path = parts.with(index, text).join('/');
    const match = matcher(path);
    return match && match.path === path ? match.params : undefined;
  };
  for (const text of [token, `${part}${token}`, `${token}${part}`])
    for (const [name, value] of Object.entries(tryWith(text) ?? {}))
      if (String(value).includes(token)) return Array.isArray(value) ? `*${name}` : `:${name}`;
  // Callers may write it as they like where the case doesn't matter.
  return tryWith(part.toLowerCase()) ? part.toLowerCase() : part;
}

const patternOf = (layer: Layer): string => registeredPattern(layer) ?? matchedPattern(layer);

/** The pattern of the place in which a router below this one has a handler. */
export function placeIn(router: Router, handler: Handler, above = new Set<unknown>()): string | undefined {
  if (above.has(router.stack)) return undefined;
  above.add(router.stack);
  for (const layer of router.stack) {
    const { handle } = layer;
    if (handle === handler) return '';
    const place = isRouter(handle) ? placeIn(handle, handler, above) : undefined;
    if (place !== undefined) return patternOf(layer) + place;
  }
  return undefined;
}

export const isRouter = (handle: Handler): handle is Handler & Router =>
  Array.isArray((handle as Partial<Router>).stack);

/** Undefined of an app that isn't mounted by another one's `use`. */
const mountOf = ({ parent, mountpath }: App): string | undefined =>
  parent && `${mountOf(parent) ?? ''}${nameOf(mountpath ?? '')}`;

/**
 * The place of an app of which nothing above it is guarded: where it was mounted. Where a function or a plain router
 * calls it, only the request says where that is; parameters are named in it.
 */
export function placeOf(app: App, { baseUrl = '', params = {} }: ExpressRequest): string {
  if (baseUrl === '') return '';
  const mount = mountOf(app);
  if (mount !== undefined) return mount;
  const names = new Map(Object.entries(params).map(([name, value]) => [String(value), `:${name}`]));
  return baseUrl
    .split('/')
    .map((part) => names.get(decoded(part)) ?? part)
    .join('/');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
