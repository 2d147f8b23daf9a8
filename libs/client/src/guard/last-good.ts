import { isPlainObject } from '@sluice/core';

interface Kept {
  readonly copy: unknown;
  readonly copyAgain: (value: unknown) => unknown;
  readonly atMs: number;
  readonly weight: number;
  /** Until then a newer answer isn't worth the copy. */
  readonly enoughUntilMs: number;
}

/** Nodes of one answer, and of all together. A text weighs one for each 64 characters. */
const mostWeight = 20_000;
const mostWeightTogether = 1_000_000;
/** What is kept with each answer weighs, too: a resource, with the plan of its rules. */
const weightOfKey = 100;
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
 * instances of classes are not, and what is too large; the one before stays then, and goes on ageing.
 */
export class LastGood<K extends object> {
  readonly #kept = new Map<K, Kept>();
  #weight = 0;

  /** Answers until when a newer one isn't worth looking at. */
  note(key: K, value: unknown, nowMs: number): number {
    const before = this.#kept.get(key);
    if (before !== undefined && nowMs < before.enoughUntilMs) return before.enoughUntilMs;
    let enoughUntilMs = nowMs + leastEveryMs;
    try {
      const { weight: own, hasBytes } = weightOf(value);
      if (own > mostWeight) return enoughUntilMs;
      const weight = own + weightOfKey;
      const copyAgain = hasBytes ? copyWithBytes : copyOf;
      enoughUntilMs = nowMs + Math.max(leastEveryMs, own * everyMsPerNode);
      const kept = { copy: copyAgain(value), copyAgain, atMs: nowMs, weight, enoughUntilMs };
      this.#forget(key);
      this.#kept.set(key, kept);
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
    return { value: kept.copyAgain(kept.copy) };
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

/**
 * The same, where there are views of bytes in it: `structuredClone` makes other ones of buffers, and copies all of the
 * memory that they lie in, which is mostly that of others too.
 */
function copyWithBytes(root: unknown): unknown {
  const copies = new Map<object, unknown>();
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (!copies.has(value)) copies.set(value, made(value));
    return copies.get(value);
  };
  const made = (value: object): unknown => {
    if (ArrayBuffer.isView(value)) return copyOfView(value);
    if (Array.isArray(value)) return Array.from(value, copy);
    if (value instanceof Set) return new Set(Array.from(value, copy));
    if (value instanceof Map) return new Map(Array.from(value, ([key, each]) => [copy(key), copy(each)]));
    if (value instanceof Date) return new Date(value);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copy(each)]));
  };
  return copy(root);
}

function copyOfView(view: ArrayBufferView): ArrayBufferView {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  if (Buffer.isBuffer(view)) return Buffer.from(bytes);
  // By the name of what it really is: a class of the app may need more to be made.
  const kind = view instanceof DataView ? 'DataView' : (view as Uint8Array)[Symbol.toStringTag];
  const Kind = (globalThis as never as Record<string, new (buffer: ArrayBufferLike) => ArrayBufferView>)[
    kind
  ]!;
  return new Kind(bytes);
}

const uncopied = { weight: Number.POSITIVE_INFINITY, hasBytes: false };

/** How many nodes a copy would have; infinitely many what can't be copied and still be the same, or is too large. */
function weightOf(root: unknown): { readonly weight: number; readonly hasBytes: boolean } {
  const queue: unknown[] = [root];
  let [weight, hasBytes] = [0, false];
  for (let i = 0; i < queue.length && weight <= mostWeight; i++) {
    const value = queue[i];
    weight += 1;
    if (typeof value === 'string') weight += value.length / 64;
    else if (typeof value === 'function' || typeof value === 'symbol') return uncopied;
    else if (ArrayBuffer.isView(value)) [weight, hasBytes] = [weight + value.byteLength / 64, true];
    else if (typeof value === 'object' && value !== null) {
      const parts = partsOf(value);
      if (parts === undefined) return uncopied;
      for (const part of parts) if (queue.push(part) > mostWeight) return uncopied;
    }
  }
  return { weight, hasBytes };
}

function partsOf(value: object): Iterable<unknown> | undefined {
  if (isPlainObject(value)) return Object.values(value);
  // A copy of what has a class of the app above it would lack what that class gives.
  if (depthOf(value) !== 2) return undefined;
  if (Array.isArray(value) || value instanceof Set) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return value instanceof Date ? [] : undefined;
}

/** Prototypes above it: an array, a map, a set or a date has two, whichever realm it comes from. */
function depthOf(value: object): number {
  let depth = 0;
  for (
    let at: unknown = Object.getPrototypeOf(value);
    at !== null && depth < 3;
    at = Object.getPrototypeOf(at)
  )
    depth++;
  return depth;
}
