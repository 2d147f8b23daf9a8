import type { Content } from '../model/content.ts';
import { canonicalText } from './canonical.ts';

/** SHA-256 of the UTF-8 bytes of a text, in lower-case hex. Core is given it, so that it runs anywhere. */
export type Hash = (text: string) => string;

/** The digest of a content: what the server expects and what a client recomputes from its live memory. */
export function contentDigest(content: Content, hash: Hash): string {
  return hash(canonicalText(content));
}

/**
 * One digest over all namespaces of an instance: SHA-256 over lines `name digest`, sorted by name.
 * Equal roots mean that nothing has to be said; two instances that hold the same have the same root.
 */
export function rootDigest(
  namespaces: Iterable<{ readonly name: string; readonly digest: string }>,
  hash: Hash,
): string {
  const lines = Array.from(namespaces, (n) => `${n.name} ${n.digest}\n`);
  return hash(lines.sort().join(''));
}

/** What is held of a namespace and the layers that it comes from. */
export interface LayeredDigest {
  readonly name: string;
  readonly digest: string;
  readonly layers: readonly { readonly id: string; readonly kind: string; readonly digest: string }[];
}

/**
 * Like the root digest, over the layers too: the same content may come from others after a push was promoted or
 * abandoned. Equal to the root digest as long as every namespace is what is global and nothing else.
 */
export function layeredDigest(namespaces: Iterable<LayeredDigest>, hash: Hash): string {
  const told = Array.from(namespaces, ({ name, digest, layers }) => {
    const isPlain = layers.length === 1 && layers[0]!.kind === 'global';
    const ids = isPlain ? [] : layers.map((layer) => `${layer.id}:${layer.digest}`).sort();
    return { name, digest: [digest, ...ids].join(' ') };
  });
  return rootDigest(told, hash);
}
