import { isPlainObject, type Json } from '../model/json.ts';

/**
 * The one text of a piece of plain data: JSON without spaces, object keys sorted by UTF-16 code unit, `-0` as `0`.
 * Equal data has equal text whatever order it was built in, so digests can be compared instead of values.
 * A property that is undefined counts as absent. Throws a `TypeError` for what JSON cannot say (NaN, Infinity,
 * functions, dates and other instances of classes, undefined or a hole in an array).
 */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`not plain data: ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, canonicalText).join(',')}]`;
  if (typeof value === 'object') {
    if (!isPlainObject(value)) throw new TypeError(`not plain data: ${value.constructor?.name}`);
    const source = value as Record<string, unknown>;
    const parts: string[] = [];
    for (const key of Object.keys(source).sort())
      if (source[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalText(source[key])}`);
    return `{${parts.join(',')}}`;
  }
  throw new TypeError(`not plain data: ${typeof value}`);
}

/** Whether two pieces of plain data say the same. */
export function sameData(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return canonicalText(a) === canonicalText(b);
}
