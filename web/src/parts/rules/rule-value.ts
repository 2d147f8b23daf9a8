import type { Json } from '@sluice/core';

/** A rule as it is being written: an object that may be no rule yet. */
export type RuleDraft = { readonly [field: string]: Json };

export const isDraft = (value: unknown): value is RuleDraft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies at a path with dots; undefined where there is nothing. */
export function valueAt(draft: RuleDraft, path: string): Json | undefined {
  let value: Json | undefined = draft as Json;
  for (const step of path.split('.')) {
    if (!isDraft(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** The same with another value there; undefined takes the field away, and an object that it leaves empty. */
export function withValue(draft: RuleDraft, path: string, value: Json | undefined): RuleDraft {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  const { [first]: old, ...others } = draft;
  let next: Json | undefined = value;
  if (rest.length > 0) {
    const inner = withValue(isDraft(old) ? old : {}, rest.join('.'), value);
    next = Object.keys(inner).length > 0 ? (inner as Json) : undefined;
  }
  if (next === undefined) return others;
  // A field that was there keeps its place, so that the text beside the form doesn't jump.
  return Object.hasOwn(draft, first) ? { ...draft, [first]: next } : { ...others, [first]: next };
}
