import type { Content } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { canonicalText } from './canonical.ts';

/** One key that differs. `before` is absent for an added key, `after` for a removed one. */
export interface ItemChange {
  readonly key: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: Json;
  readonly after?: Json;
}

/** What differs between two contents of one namespace: keys for items, the two texts for a document. */
export type ContentDiff =
  | { readonly of: 'items'; readonly changes: readonly ItemChange[] }
  | { readonly of: 'text'; readonly same: boolean; readonly before: string; readonly after: string };

const itemsOf = (content: Content | undefined): Readonly<Record<string, Json>> =>
  content && content.kind !== 'document' ? (content.items as Readonly<Record<string, Json>>) : {};

const has = (items: Readonly<Record<string, Json>>, key: string): boolean => Object.hasOwn(items, key);

/** What has to change in `before` to make it `after`; keys in canonical order. An absent content holds nothing. */
export function diffContent(before: Content | undefined, after: Content | undefined): ContentDiff {
  if (before?.kind === 'document' || after?.kind === 'document') {
    const old = before?.kind === 'document' ? before.text : '';
    const now = after?.kind === 'document' ? after.text : '';
    return { of: 'text', same: old === now, before: old, after: now };
  }
  const old = itemsOf(before);
  const now = itemsOf(after);
  const changes: ItemChange[] = [];
  for (const key of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
    if (!has(now, key)) changes.push({ key, change: 'removed', before: old[key]! });
    else if (!has(old, key)) changes.push({ key, change: 'added', after: now[key]! });
    else if (canonicalText(old[key]) !== canonicalText(now[key]))
      changes.push({ key, change: 'changed', before: old[key]!, after: now[key]! });
  }
  return { of: 'items', changes };
}

/** Whether a diff says that nothing differs. */
export function isSame(diff: ContentDiff): boolean {
  return diff.of === 'items' ? diff.changes.length === 0 : diff.same;
}

/** One key as three people see it: what both started from, what you made of it, what is live now. */
export interface ThreeWayEntry {
  readonly key: string;
  readonly base?: Json;
  readonly yours?: Json;
  readonly theirs?: Json;
  /** Both changed it, to different things: somebody has to choose. */
  readonly conflict: boolean;
}

export type ThreeWayDiff =
  | { readonly of: 'items'; readonly entries: readonly ThreeWayEntry[] }
  | { readonly of: 'text'; readonly base: string; readonly yours: string; readonly theirs: string };

/** Compares your content and the live one, both against the base that you started from. Only keys that moved. */
export function threeWayDiff(
  base: Content | undefined,
  yours: Content | undefined,
  theirs: Content | undefined,
): ThreeWayDiff {
  if ([base, yours, theirs].some((c) => c?.kind === 'document')) {
    const text = (c: Content | undefined): string => (c?.kind === 'document' ? c.text : '');
    return { of: 'text', base: text(base), yours: text(yours), theirs: text(theirs) };
  }
  const b = itemsOf(base);
  const y = itemsOf(yours);
  const t = itemsOf(theirs);
  const text = (items: Readonly<Record<string, Json>>, key: string): string =>
    has(items, key) ? canonicalText(items[key]) : '';
  const entries: ThreeWayEntry[] = [];
  for (const key of [...new Set([...Object.keys(b), ...Object.keys(y), ...Object.keys(t)])].sort()) {
    const [inBase, inYours, inTheirs] = [text(b, key), text(y, key), text(t, key)];
    if (inBase === inYours && inBase === inTheirs) continue;
    entries.push({
      key,
      ...(has(b, key) && { base: b[key]! }),
      ...(has(y, key) && { yours: y[key]! }),
      ...(has(t, key) && { theirs: t[key]! }),
      conflict: inYours !== inBase && inTheirs !== inBase && inYours !== inTheirs,
    });
  }
  return { of: 'items', entries };
}
