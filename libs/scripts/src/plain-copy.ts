import { types } from 'node:util';
import type { Json } from '@sluice/core';

/** How much a script may see of one call. */
export const mostInputLength = 16_384;
const mostNodes = 2000;
const mostDepth = 16;

/** There is more than a script may see. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

export interface CopyBudget {
  nodes: number;
  length: number;
}

export const fullBudget = (): CopyBudget => ({ nodes: mostNodes, length: mostInputLength });

/**
 * The part of a value that is plain data, as data of its own: no getter, method, class or cycle leads back. What
 * JSON can't say, and bytes, are left out (in lists: null). Throws a `TooLargeError` rather than cut something off.
 */
export function plainCopy(value: unknown, budget: CopyBudget, depth = 0): Json | undefined {
  if (--budget.nodes < 0 || depth > mostDepth) throw new TooLargeError();
  if (typeof value === 'string') {
    budget.length -= value.length;
    if (budget.length < 0) throw new TooLargeError();
    return value;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || isBinary(value)) return undefined;
  if (Array.isArray(value)) {
    if (value.length > mostNodes) throw new TooLargeError();
    return Array.from(value, (one) => plainCopy(one, budget, depth + 1) ?? null);
  }
  return copyOfObject(value, budget, depth);
}

/** Bytes are no plain data, and the list of their keys alone would take seconds. */
const isBinary = (value: object): boolean => ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);

function copyOfObject(value: object, budget: CopyBudget, depth: number): Json {
  const copy: Record<string, Json> = {};
  const keys = Object.keys(value);
  if (keys.length > budget.nodes) throw new TooLargeError(); // before any getter of the app runs
  for (const key of keys) {
    if (key === '__proto__') continue;
    budget.length -= key.length;
    const found = plainCopy(Reflect.get(value, key), budget, depth + 1);
    if (found !== undefined) copy[key] = found;
  }
  return copy;
}
