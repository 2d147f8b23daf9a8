import { applyPatch, type Content, type Json } from '@sluice/core';

/** One key with what the release says and what the draft says; absent where it isn't in one. */
export interface ValueRow<Entry> {
  readonly key: string;
  readonly target: Entry | undefined;
  readonly draft: Entry | undefined;
}

type Entries<Entry> = { readonly [key: string]: Entry };

const own = <Entry>(entries: Entries<Entry>, key: string): Entry | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;

/** Every key of the two, sorted, so that rows stay where they are while one is edited. */
export function rowsOf<Entry>(target: Entries<Entry>, draft: Entries<Entry>): ValueRow<Entry>[] {
  return [...new Set([...Object.keys(target), ...Object.keys(draft)])]
    .sort()
    .map((key) => ({ key, target: own(target, key), draft: own(draft, key) }));
}

export const withEntry = (content: Content, key: string, entry: unknown): Content =>
  applyPatch(content, { set: { [key]: entry as Json }, remove: [] });

export const withoutEntry = (content: Content, key: string): Content =>
  applyPatch(content, { set: {}, remove: [key] });
