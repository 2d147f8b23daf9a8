import { type Content, type Item, type Json, maskedValue } from '@sluice/core';
import type { Held } from './held.ts';

const noKeys: ReadonlySet<string> = new Set();

/** The keys of a content whose values are for the code only, and for no log. */
export function secretKeysOf(content: Content | undefined): ReadonlySet<string> {
  if (content?.kind !== 'map') return noKeys;
  const keys = Object.keys(content.items).filter((key) => content.items[key]!.secret === true);
  return keys.length === 0 ? noKeys : new Set(keys);
}

/** Whether any layer of a namespace says that this key is secret: then none of its values is shown. */
export function isSecretIn(held: Held, key: string): boolean {
  if (held.kind !== 'map') return false;
  return held.layers.some(({ value }) => {
    const items = ('set' in value ? value.set : value.kind === 'map' ? value.items : {}) as Record<
      string,
      Item | null
    >;
    // As in `entryValue`: it may be anything.
    return Object.hasOwn(items, key) && items[key]?.secret === true;
  });
}

export const maskedIf = (isSecret: boolean, value: Json): Json => (isSecret ? maskedValue : value);
