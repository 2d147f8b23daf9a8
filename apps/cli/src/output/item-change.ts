import type { ItemChange, Json } from '@sluice/core';
import { shortValue } from './value-text.ts';

/** Before and after as one reads them: the values, or the whole items when only their type or bounds differ. */
export function bothSides(change: ItemChange): [string, string] {
  const before = plainValue(change.before);
  const after = plainValue(change.after);
  const fields = isRule(before) && isRule(after) ? differingFields(before, after) : undefined;
  if (fields) return fields;
  if (change.change === 'changed' && shortValue(before) === shortValue(after))
    return [shortValue(change.before), shortValue(change.after)];
  return [shortValue(before), shortValue(after)];
}

type Fields = { readonly [key: string]: Json };

const isRule = (value: Json | undefined): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.hasOwn(value, 'kind') &&
  Object.hasOwn(value, 'resource') &&
  Object.hasOwn(value, 'mode');

/** A whole rule is longer than a line bears: of two, only what differs is told. */
function differingFields(before: Fields, after: Fields): [string, string] | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => shortValue(before[name]) !== shortValue(after[name]),
  );
  if (names.length === 0 || names.length > 3) return undefined;
  const told = (fields: Fields): string =>
    names.map((name) => `${name}=${shortValue(fields[name])}`).join(' ');
  return [told(before), told(after)];
}

/** The value of a map's item; a rule is its own value. */
export function plainValue(entry: Json | undefined): Json | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
  const item = entry as { readonly [key: string]: Json };
  return Object.hasOwn(item, 'value') && Object.hasOwn(item, 'type') ? item.value : entry;
}
