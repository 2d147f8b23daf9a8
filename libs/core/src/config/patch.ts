import type { Content, ItemsPatch } from '../model/content.ts';

/** `content` with `patch` applied: removes first, then sets. A document can't be patched by key. */
export function applyPatch(content: Content, patch: ItemsPatch): Content {
  if (content.kind === 'document') throw new TypeError('a document is replaced whole, not by key');
  const items = new Map<string, unknown>(Object.entries(content.items));
  for (const key of patch.remove) items.delete(key);
  for (const [key, value] of Object.entries(patch.set)) items.set(key, value);
  return { kind: content.kind, items: Object.fromEntries(items) } as Content;
}
