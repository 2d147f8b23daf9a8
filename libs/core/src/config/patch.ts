import type { Content, ItemsPatch } from '../model/content.ts';

/** `content` with `patch` applied: removes first, then sets. A document can't be patched by key. */
export function applyPatch(content: Content, patch: ItemsPatch): Content {
  if (content.kind === 'document') throw new TypeError('a document is replaced whole, not by key');
  const items = new Map<string, unknown>(Object.entries(content.items));
  for (const key of patch.remove) items.delete(key);
  for (const [key, value] of Object.entries(patch.set)) items.set(key, value);
  return { kind: content.kind, items: Object.fromEntries(items) } as Content;
}

/**
 * The one patch that does what `older` and then `newer` do: how a standing layer takes its next push. Applying it is
 * applying both, over any content.
 */
export function mergePatches(older: ItemsPatch, newer: ItemsPatch): ItemsPatch {
  const set = new Map(Object.entries(older.set));
  for (const key of newer.remove) set.delete(key);
  for (const [key, value] of Object.entries(newer.set)) set.set(key, value);
  const remove = new Set([...older.remove, ...newer.remove].filter((key) => !set.has(key)));
  return { set: Object.fromEntries(set), remove: [...remove].sort() };
}
