import type { ItemChange, Json } from '@sluice/core';
import { shortValue } from './value-text.ts';

/** Before and after as one reads them: the values, or the whole items when only their type or bounds differ. */
export function bothSides(change: ItemChange): [string, string] {
  const before = plainValue(change.before);
  const after = plainValue(change.after);
  if (change.change === 'changed' && shortValue(before) === shortValue(after))
    return [shortValue(change.before), shortValue(change.after)];
  return [shortValue(before), shortValue(after)];
}

/** The value of a map's item; a rule is its own value. */
export function plainValue(entry: Json | undefined): Json | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
  const item = entry as { readonly [key: string]: Json };
  return Object.hasOwn(item, 'value') && Object.hasOwn(item, 'type') ? item.value : entry;
}
