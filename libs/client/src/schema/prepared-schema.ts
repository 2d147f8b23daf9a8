import type { Json } from '@sluice/core';

export type JsonSchema = Readonly<Record<string, Json>>;

export interface PreparedSchema {
  /** The schema without what is left to the server. */
  readonly schema: JsonSchema;
  /** Why it can't be judged here, in words; absent when it can. */
  readonly unable?: string;
}

const withOneSchema = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedProperties',
]);
const withListOfSchemas = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const withNamedSchemas = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);
/** Formats that are checked here exactly as on the server; of the others each checker has an opinion of its own. */
const sameFormats = new Set(['date', 'ipv6', 'json-pointer', 'uri', 'uri-reference']);
/** So with fractions and large numbers, and with items that `contains` has seen. */
const leftKeywords = new Set(['multipleOf', 'unevaluatedItems']);
/** Below these a part that is left out could turn a yes into a no. */
const turning = new Set([
  'contains',
  'else',
  'if',
  'not',
  'oneOf',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const unknownHere = new Set(['$dynamicRef', '$recursiveRef']);

/**
 * A copy of a schema that never refuses what the server, which has checked the content, accepted: the formats and
 * keywords that it decides in its own way are left to it.
 */
export function preparedSchema(schema: JsonSchema): PreparedSchema {
  const seen = { left: new Set<string>(), turning: new Set<string>(), unknown: new Set<string>() };

  function copy(value: Json): Json {
    if (!isObject(value)) return value;
    const kept: Record<string, Json> = {};
    for (const [keyword, inner] of Object.entries(value)) {
      if (turning.has(keyword)) seen.turning.add(keyword);
      if (unknownHere.has(keyword)) seen.unknown.add(keyword);
      if (isLeft(keyword, inner)) seen.left.add(keyword === 'format' ? `format ${String(inner)}` : keyword);
      else kept[keyword] = copyOf(keyword, inner);
    }
    return kept;
  }

  function copyOf(keyword: string, inner: Json): Json {
    if (withOneSchema.has(keyword)) return copy(inner);
    if (withListOfSchemas.has(keyword) && Array.isArray(inner)) return inner.map(copy);
    if (withNamedSchemas.has(keyword) && isObject(inner))
      return Object.fromEntries(Object.entries(inner).map(([name, each]) => [name, copy(each)]));
    return structuredClone(inner);
  }

  const prepared = copy(schema) as JsonSchema;
  const odd = [...seen.unknown, ...(seen.left.size > 0 && seen.turning.size > 0 ? seen.left : [])];
  return odd.length > 0 ? { schema: prepared, unable: odd.join(', ') } : { schema: prepared };
}

const isLeft = (keyword: string, value: Json): boolean =>
  leftKeywords.has(keyword) || (keyword === 'format' && !sameFormats.has(String(value)));

const isObject = (value: Json): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
