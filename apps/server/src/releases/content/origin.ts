import type { ItemsPatch } from '@sluice/core';

/** Where a content came from, for the words and the paths of its faults. */
export interface Origin {
  /** Path of the content in the request: `content`, `namespaces.3.content`. */
  readonly path: string;
  /** Named where a request carries several. */
  readonly namespace?: string;
  /** What the request changes and where that stands in it, of one that brings no whole content. */
  readonly patch?: (ItemsPatch & { readonly path: string }) | undefined;
}

/** Where the content of a request stands, and what that sends in place of a whole one; `at` is empty for the body itself. */
export function originOf(body: object, at: string): Origin {
  const under = (field: string): string => (at === '' ? field : `${at}.${field}`);
  if ('draft' in body) return { path: under('draft') };
  if (!('changes' in body)) return { path: under('content') };
  return { path: under('content'), patch: { ...(body.changes as ItemsPatch), path: under('changes') } };
}

/** The path of an entry as the caller sent it; of one that he didn't send, its place in what comes of his changes. */
export function pathOfEntry({ path, patch }: Origin, key: string): string {
  if (patch && Object.hasOwn(patch.set, key)) return `${patch.path}.set.${key}`;
  const removed = patch?.remove.indexOf(key) ?? -1;
  if (removed >= 0) return `${patch!.path}.remove.${removed}`;
  return `${path}.items.${key}`;
}
