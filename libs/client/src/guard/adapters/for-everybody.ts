/** A header by its name in lower case; undefined where there is none. */
export type HeaderOf = (name: string) => unknown;

/** Whether a request tells who asks, so that its answer may be meant for him alone. */
const tellsWhoAsks = (asked: HeaderOf): boolean =>
  asked('authorization') !== undefined || asked('cookie') !== undefined;

/**
 * For adapters: whether an answer over HTTP may be given to others than who asked for it, as caches that many share have
 * it (RFC 9111, 3 and 5.2). One that is `private` or `no-store`, that sets a cookie or that differs by who asks may not;
 * one to a request with `authorization` or `cookie` may where it says that it is `public`. Asks for headers by their
 * names in lower case.
 */
export function isForEverybody(asked: HeaderOf, answered: HeaderOf): boolean {
  const control = textOf(answered('cache-control'));
  if (/\b(?:private|no-store)\b/.test(control) || answered('set-cookie') !== undefined) return false;
  if (/\*|\b(?:authorization|cookie)\b/.test(textOf(answered('vary')))) return false;
  return !tellsWhoAsks(asked) || /\b(?:public|s-maxage)\b/.test(control);
}

const textOf = (header: unknown): string => String(header ?? '').toLowerCase();
