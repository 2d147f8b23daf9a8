import { isPlainObject } from '@sluice/core';

interface Kept {
  readonly copy: unknown;
  readonly atMs: number;
  readonly weight: number;
  /** Until then a newer answer isn't worth the copy. */
  readonly enoughUntilMs: number;
}

/** Nodes of one answer, and of all together. A text weighs one for each 64 characters. */
const mostWeight = 20_000;
const mostWeightTogether = 1_000_000;
const leastEveryMs = 1000;
/** A large answer is copied more rarely, so that copying never takes more than about a thousandth of the time. */
const everyMsPerNode = 0.5;

/** Whether the answer to a call of now is the one to be kept: that of the first in a second. */
export function claim(gate: { keepNextAtMs: number }, nowMs: number): boolean {
  if (nowMs < gate.keepNextAtMs) return false;
  gate.keepNextAtMs = nowMs + leastEveryMs;
  return true;
}

/**
 * The last good answer of each key: a copy, so that what callers do to theirs changes nothing. Taken at most once a
 * second. Only what a copy stands for as well is kept: plain data, dates, maps, sets, buffers. Streams, responses and
 * instances of classes are not.
 */
export class LastGood<K extends object> {
  readonly #kept = new Map<K, Kept>();
  #weight = 0;

  /** Answers until when a newer one isn't worth looking at. */
  note(key: K, value: unknown, nowMs: number): number {
    const before = this.#kept.get(key);
    if (before !== undefined && nowMs < before.enoughUntilMs) return before.enoughUntilMs;
    this.#forget(key);
    let enoughUntilMs = nowMs + leastEveryMs;
    try {
      const weight = weightOf(value);
      if (weight > mostWeight) return enoughUntilMs;
      enoughUntilMs = nowMs + Math.max(leastEveryMs, weight * everyMsPerNode);
      this.#kept.set(key, { copy: copyOf(value), atMs: nowMs, weight, enoughUntilMs });
      this.#weight += weight;
    } catch {
      return enoughUntilMs; // a getter of the app threw, or a buffer has been handed on: there is nothing to keep
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#weight <= mostWeightTogether) break;
      this.#forget(oldest);
    }
    return enoughUntilMs;
  }

  /** A copy of it, unless it is older than `maxAgeMs`. */
  find(key: K, nowMs: number, maxAgeMs = Number.POSITIVE_INFINITY): { readonly value: unknown } | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || nowMs - kept.atMs > maxAgeMs) return undefined;
    return { value: copyOf(kept.copy) };
  }

  #forget(key: K): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#weight -= kept.weight;
  }
}

export function copyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

/** How many nodes a copy would have; Infinity for what can't be copied and still be the same, or is too large. */
function weightOf(root: unknown): number {
  const queue: unknown[] = [root];
  let weight = 0;
  for (let i = 0; i < queue.length && weight <= mostWeight; i++) {
    const value = queue[i];
    weight += 1;
    if (typeof value === 'string') weight += value.length / 64;
    else if (typeof value === 'function' || typeof value === 'symbol') return Number.POSITIVE_INFINITY;
    else if (ArrayBuffer.isView(value)) weight += value.byteLength / 64;
    else if (typeof value === 'object' && value !== null) {
      const parts = partsOf(value);
      if (parts === undefined) return Number.POSITIVE_INFINITY;
      for (const part of parts) if (queue.push(part) > mostWeight) return Number.POSITIVE_INFINITY;
    }
  }
  return weight;
}

function partsOf(value: object): Iterable<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Date) return [];
  return isPlainObject(value) ? Object.values(value) : undefined;
}
