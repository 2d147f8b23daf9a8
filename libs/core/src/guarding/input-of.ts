import type { CallFields, CallInputs } from '../model/call.ts';
import type { Scalar } from '../model/condition.ts';

/** What of a call a rule looks at. */
export type Place =
  | { readonly by: 'origin' | 'user' | 'ip' }
  | { readonly by: 'header' | 'query' | 'tag'; readonly name: string }
  | { readonly by: 'argument'; readonly index: number; readonly path?: string };

type Read = (inputs: CallInputs) => Scalar | undefined;

function fieldOf(fields: CallFields | undefined, name: string): string | undefined {
  if (fields === undefined || !Object.hasOwn(fields, name)) return undefined;
  const value = fields[name];
  return typeof value === 'object' ? value[0] : value;
}

function scalarOf(value: unknown): Scalar | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

function within(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[step];
  }
  return found;
}

/** Reads one place of a call. What is absent, or no text, number or boolean, is undefined. */
export function inputOf(place: Place): Read {
  switch (place.by) {
    case 'origin':
      return (inputs) => inputs.origin;
    case 'user':
      return (inputs) => inputs.user;
    case 'ip':
      return (inputs) => inputs.ip;
    case 'header':
      return (inputs) => fieldOf(inputs.headers, place.name);
    case 'query':
      return (inputs) => fieldOf(inputs.query, place.name);
    case 'tag':
      return (inputs) => fieldOf(inputs.tags, place.name);
    case 'argument': {
      const path = place.path?.split('.') ?? [];
      return (inputs) => scalarOf(within(inputs.args?.[place.index], path));
    }
  }
}
