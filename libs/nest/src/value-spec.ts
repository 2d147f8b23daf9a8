import { bool, json, num, str, type ValueSpec } from '@sluice/client';
import type { ValueOptions } from './config-notes.ts';
import { text } from './texts.ts';

type Kind = 'number' | 'string' | 'boolean' | 'json';

const optionsOf: Readonly<Record<Kind, readonly (keyof ValueOptions)[]>> = {
  number: ['min', 'max', 'integer'],
  string: ['oneOf'],
  boolean: [],
  json: ['check'],
};

const kindOf = (value: unknown): Kind =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? (typeof value as Kind)
    : 'json';

/** What the client is told of a property, from its initial value and its options; or what is wrong with them. */
export function valueSpec(
  name: string,
  initial: unknown,
  options: ValueOptions,
): { readonly spec: ValueSpec<unknown> } | { readonly faults: readonly string[] } {
  if (initial === undefined) return { faults: [text('noDefault', { name })] };
  const kind = kindOf(initial);
  const faults = Object.keys(options)
    .filter((option) => !optionsOf[kind].includes(option as keyof ValueOptions))
    .map((option) => text('optionDoesNotFit', { name, option, type: kind }));
  if (faults.length > 0) return { faults };
  try {
    return { spec: specOf(initial, options) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { faults: [text('badDefault', { name, reason })] };
  }
}

function specOf(initial: unknown, { oneOf, check, ...bounds }: ValueOptions): ValueSpec<unknown> {
  if (typeof initial === 'number') return num(initial, bounds);
  if (typeof initial === 'string') return oneOf ? str(initial, { oneOf }) : str(initial);
  if (typeof initial === 'boolean') return bool(initial);
  return json(initial, check && { check });
}
