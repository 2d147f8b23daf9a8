import type { CallInputs } from '../model/call.ts';
import type { Scalar } from '../model/condition.ts';
import { plainAddress } from './ip-range.ts';

/** What of a call a rule looks at. */
export type Place =
  | { readonly by: 'origin' | 'user' | 'ip' }
  | { readonly by: 'header' | 'query' | 'tag'; readonly name: string }
  | { readonly by: 'argument'; readonly index: number; readonly path?: string };

type Look = (inputs: CallInputs) => unknown;

type Fields = Readonly<Record<string, unknown>>;

/** Callers write headers and parameters, and their parsers make of them what they like. */
function fieldOf(fields: Fields | undefined, name: string): unknown {
  if (fields === undefined || !Object.hasOwn(fields, name)) return undefined;
  const value = fields[name];
  return typeof value === 'object' && Array.isArray(value) ? value[0] : value;
}

function within(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Fields)[step];
  }
  return found;
}

/** What lies there, as it is. May throw: it may be a getter of the app. */
function lookAt(place: Place): Look {
  switch (place.by) {
    case 'origin':
      return (inputs) => inputs.origin;
    case 'user':
      return (inputs) => inputs.user;
    case 'ip':
      return ({ ip }) => (typeof ip === 'string' ? plainAddress(ip) : ip);
    case 'header':
      return (inputs) => fieldOf(inputs.headers, place.name);
    case 'query':
      return (inputs) => fieldOf(inputs.query, place.name);
    case 'tag':
      return (inputs) => fieldOf(inputs.tags, place.name);
    case 'argument': {
      const path = place.path?.split('.') ?? [];
      return (inputs) => within(inputs.args?.[place.index], path);
    }
  }
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Reads one place of a call. What is absent, can't be read, or is no text, number or boolean, is undefined. */
export function inputOf(place: Place): (inputs: CallInputs) => Scalar | undefined {
  const look = lookAt(place);
  return (inputs) => {
    try {
      const value = look(inputs);
      return isScalar(value) ? value : undefined;
    } catch {
      return undefined;
    }
  };
}

/** The same as the key that a call is counted under: empty where `inputOf` reads nothing. */
export function keyOf(place: Place): (inputs: CallInputs) => string {
  const look = lookAt(place);
  return (inputs) => {
    try {
      const value = look(inputs);
      // Nearly every key is a text, and making a text of one is a call that the compiler doesn't take in.
      if (typeof value === 'string') return value;
      return isScalar(value) ? String(value) : '';
    } catch {
      return '';
    }
  };
}
