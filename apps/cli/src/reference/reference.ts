/** What `<ns>` or `<ns>.<key>` means among the namespaces that exist. */
export interface Reference {
  readonly namespace: string;
  readonly key?: string;
}

/**
 * Both names may hold dots, so the longest namespace that fits wins: with `pay` and `pay.eu`, `pay.eu.rate` is the
 * key `rate` of `pay.eu`. With `needsKey` a namespace that leaves no key over doesn't fit.
 */
export function resolveReference(
  text: string,
  namespaces: readonly string[],
  needsKey = false,
): Reference | undefined {
  const fits = namespaces
    .filter((ns) => (!needsKey && text === ns) || (text.startsWith(`${ns}.`) && text.length > ns.length + 1))
    .sort((a, b) => b.length - a.length);
  const namespace = fits[0];
  if (namespace === undefined) return undefined;
  return text === namespace ? { namespace } : { namespace, key: text.slice(namespace.length + 1) };
}

/** What was probably meant to be the namespace in a text that fits none. */
export function namespacePart(text: string): string {
  const dot = text.indexOf('.');
  return dot < 0 ? text : text.slice(0, dot);
}
