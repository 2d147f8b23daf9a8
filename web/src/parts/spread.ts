import { canonicalText, type Item, type Json } from '@sluice/core';
import type { LiveValues } from '@sluice/protocol';

/** One value of one key and the online instances that hold it. `value` is absent where they hold nothing. */
export interface Held {
  readonly text: string;
  readonly value: Json | undefined;
  readonly known: boolean;
  readonly count: number;
  readonly instanceIds: readonly string[];
}

/** What an entry of a map or a rules content says: the value of an item, a rule whole. */
export function entryValue(kind: 'map' | 'rules', entry: Item | Json | undefined): Json | undefined {
  if (entry === undefined) return undefined;
  return kind === 'map' ? (entry as Item).value : (entry as Json);
}

/**
 * Which values of a key how many online instances hold, most first. Instances whose content the server doesn't know
 * are counted as unknown, never as holding nothing.
 */
export function spreadOf(live: LiveValues, key: string): Held[] {
  const found = new Map<string, { value: Json | undefined; known: boolean; count: number; ids: string[] }>();
  for (const variant of live.variants) {
    const { content } = variant;
    const known = content !== undefined || variant.digest === null;
    const entry =
      content && content.kind !== 'document' && Object.hasOwn(content.items, key)
        ? entryValue(content.kind, content.items[key] as Item | Json)
        : undefined;
    const text = known ? (entry === undefined ? '' : canonicalText(entry)) : '?';
    const held = found.get(text) ?? { value: entry, known, count: 0, ids: [] };
    held.count += variant.instanceCount;
    held.ids.push(...variant.instanceIds);
    found.set(text, held);
  }
  return [...found]
    .map(([text, held]) => ({
      text,
      value: held.value,
      known: held.known,
      count: held.count,
      instanceIds: held.ids,
    }))
    .sort((a, b) => b.count - a.count);
}
