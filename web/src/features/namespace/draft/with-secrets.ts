import { type Content, type ContentDiff, type Json, maskedValue } from '@sluice/core';

/** A diff of two masked contents, with the keys of which the server says that your draft has another secret. */
export function withSecrets(diff: ContentDiff, changed: readonly string[], content: Content): ContentDiff {
  if (diff.of === 'text' || content.kind !== 'map') return diff;
  const told = new Set(diff.changes.map((change) => change.key));
  const items = content.items as Readonly<Record<string, { readonly value: Json }>>;
  const more = changed.filter(
    (key) => !told.has(key) && Object.hasOwn(items, key) && items[key]!.value === maskedValue,
  );
  if (more.length === 0) return diff;
  const changes = more.map((key) => {
    const item = items[key] as unknown as Json;
    return { key, change: 'changed' as const, before: item, after: item };
  });
  return { of: 'items', changes: [...diff.changes, ...changes].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}
