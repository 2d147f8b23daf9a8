import { deepFreeze, type Json } from '@sluice/core';

/**
 * JSON values are shared by all readers and frozen, so their type says so. `Json` itself says it already, and has no
 * end that a compiler could come to.
 */
export type DeepReadonly<T> = [Json] extends [T]
  ? T
  : T extends (...args: never[]) => unknown
    ? T
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** What the code expects of one key: its default, and the check that a pushed value must pass. */
export interface ValueSpec<out T> {
  readonly default: T;
  /** In words, for messages: `number 50..5000`. */
  readonly expects: string;
  /** The same in Chinese; without it the English words are used. */
  readonly expectsZh?: string;
  /** Whether a pushed value may be served. Never throws. */
  accepts(value: unknown): boolean;
}

/** The keys of a namespace that the code reads. */
export type ConfigSpec = Readonly<Record<string, ValueSpec<unknown>>>;

export type ValueOf<V> = V extends ValueSpec<infer T> ? T : never;
export type ValuesOf<S extends ConfigSpec> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A number, optionally bounded (inclusive) and whole. Throws a `RangeError` when the default breaks its own bounds. */
export function num(
  defaultValue: number,
  bounds: { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
): ValueSpec<number> {
  const { min = -Infinity, max = Infinity, integer = false } = bounds;
  return own({
    default: defaultValue,
    expects: `${integer ? 'whole number' : 'number'}${rangeText(min, max)}`,
    expectsZh: `${integer ? '整数' : '数字'}${rangeTextZh(min, max)}`,
    accepts: (value) =>
      typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value)),
  });
}

function rangeText(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? '' : ` up to ${max}`;
  return max === Infinity ? ` from ${min}` : ` ${min}..${max}`;
}

function rangeTextZh(min: number, max: number): string {
  if (min === -Infinity) return max === Infinity ? '' : `，不大于 ${max}`;
  return max === Infinity ? `，不小于 ${min}` : ` ${min}..${max}`;
}

/** A string; with `oneOf` only those, and the type is their union. */
export function str(defaultValue: string): ValueSpec<string>;
export function str<const T extends string>(
  defaultValue: NoInfer<T>,
  options: { readonly oneOf: readonly T[] },
): ValueSpec<T>;
export function str(
  defaultValue: string,
  options?: { readonly oneOf: readonly string[] },
): ValueSpec<string> {
  const oneOf = options?.oneOf;
  return own({
    default: defaultValue,
    expects: oneOf ? `one of ${listed(oneOf)}` : 'string',
    expectsZh: oneOf ? `以下之一：${listed(oneOf)}` : '字符串',
    accepts: (value) => typeof value === 'string' && (!oneOf || oneOf.includes(value)),
  });
}

const listed = (values: readonly string[]): string => values.map((s) => JSON.stringify(s)).join(', ');

export function bool(defaultValue: boolean): ValueSpec<boolean> {
  return own({
    default: defaultValue,
    expects: 'boolean',
    expectsZh: '布尔值',
    accepts: (value) => typeof value === 'boolean',
  });
}

/**
 * Any JSON value. `T` is a promise of yours: give `check` to hold pushed values to it. What is read is frozen,
 * the default too.
 */
export function json<T = Json>(
  defaultValue: T,
  options: { readonly check?: (value: unknown) => boolean; readonly expects?: string } = {},
): ValueSpec<DeepReadonly<T>> {
  const { check } = options;
  const expects = options.expects ?? (check ? 'JSON that passes its check' : 'JSON');
  return own({
    default: deepFreeze(defaultValue) as DeepReadonly<T>,
    expects,
    expectsZh: options.expects ?? (check ? '能通过检查的 JSON' : 'JSON'),
    accepts: (value) => {
      try {
        return value !== undefined && (!check || check(value));
      } catch {
        return false; // a check that throws has not accepted
      }
    },
  });
}

function own<T>(spec: ValueSpec<T>): ValueSpec<T> {
  if (!spec.accepts(spec.default))
    throw new RangeError(
      `The default ${JSON.stringify(spec.default)} is not what it asks for itself: ${spec.expects}`,
    );
  return Object.freeze(spec);
}
