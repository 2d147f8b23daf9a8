import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompiledSchema } from '../../apps/server/src/releases/content/compiled-schema.ts';
import { Notices } from '../../libs/client/src/notices/notices.ts';
import { type JsonSchema, preparedSchema } from '../../libs/client/src/schema/prepared-schema.ts';
import { SchemaCheck } from '../../libs/client/src/schema/schema-check.ts';
import type { Held } from '../../libs/client/src/snapshot/held.ts';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';

const key = fc.constantFrom('a', 'b', 'ab', 'x-1', 'a/b', 'a~b', 'é');
const number = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0.1, 0.3, 1.5, 1e20, -2.5));
const text = fc.constantFrom(
  '',
  'a',
  'ab',
  'abc',
  '😀',
  '😀b',
  '2024-02-29',
  '2024-02-30',
  '::1',
  '/a',
  'x y',
);
const scalar = fc.oneof(number, text, fc.boolean(), fc.constant(null));
const named = <T>(value: fc.Arbitrary<T>, maxKeys: number) => fc.dictionary(key, value, { maxKeys });
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('data'), { maxLength: 4 }),
    named(tie('data'), 4),
  ),
}));

const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });
const count = fc.integer({ min: 0, max: 4 });
const typeName = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object');
const { schema } = fc.letrec((tie) => {
  const inner = tie('schema');
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  // Around a `not` that nothing passes, the server's checker compiles `if` into code that breaks or judges wrongly.
  const choosy = inner.filter((part) => {
    const keywords = Object.keys(part as object);
    return part === false || (keywords.length > 0 && !keywords.includes('$ref'));
  });
  return {
    schema: fc.oneof(
      { depthSize: 'small' },
      fc.boolean(),
      some({ type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })) }),
      some({ const: data, enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }) }),
      some({ minimum: number, maximum: number, exclusiveMinimum: number, exclusiveMaximum: number }),
      some({ multipleOf: fc.constantFrom(1, 2, 3, 0.5, 0.1) }),
      some({ minLength: count, maxLength: count, pattern: fc.constantFrom('^a', 'b$', '^.$', '\\p{L}') }),
      some({
        format: fc.constantFrom('date', 'ipv6', 'json-pointer', 'uri', 'uri-reference', 'time', 'email'),
      }),
      some({ minItems: count, maxItems: count, uniqueItems: fc.boolean(), items: inner, prefixItems: list }),
      some({ contains: inner, minContains: count, maxContains: count, unevaluatedItems: inner }),
      some({
        required: fc.uniqueArray(key, { maxLength: 3 }),
        properties: named(inner, 3),
        patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$', '.'), inner, { maxKeys: 2 }),
        additionalProperties: inner,
        propertyNames: inner,
      }),
      some({
        minProperties: count,
        maxProperties: count,
        dependentRequired: named(fc.uniqueArray(key, { maxLength: 2 }), 2),
        dependentSchemas: named(inner, 2),
        unevaluatedProperties: inner,
      }),
      some({ allOf: list, anyOf: list, oneOf: list, not: choosy, properties: named(inner, 2) }),
      some(Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, inner]))),
      fc.record({ $ref: fc.constantFrom('#/$defs/one', '#anchored') }),
    ),
  };
});

/** A whole schema; what is referred to refers to nothing, so that nothing goes in circles. */
const wholeSchema = fc.tuple(schema, schema, schema).map((parts): JsonSchema => {
  const [root, one, anchored] = JSON.parse(JSON.stringify(parts)) as [unknown, unknown, unknown];
  const closed = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replace(/"\$ref":"[^"]*"/g, '"title":""'));
  const definitions = { one: closed(one), two: { allOf: [closed(anchored)], $anchor: 'anchored' } };
  return { ...(typeof root === 'object' ? root : { allOf: [root] }), $defs: definitions } as JsonSchema;
});

/** What the server's checker says; undefined where that one itself breaks on a schema. */
function onServer(checker: CompiledSchema, value: unknown): boolean | undefined {
  try {
    return checker.faults(value).length === 0;
  } catch {
    return undefined;
  }
}

it('is judged as the server judges it, whatever the schema and the data', async () => {
  let compared = 0;
  const asserted = fc.asyncProperty(
    wholeSchema,
    fc.array(data, { minLength: 4, maxLength: 8 }),
    async (json, values) => {
      const server = new CompiledSchema(json, 'schema');
      const client = new SchemaCheck(new Notices(false, manualClock(), 'en'));
      const isWhole = JSON.stringify(preparedSchema(json)) === JSON.stringify({ schema: json });
      for (const value of JSON.parse(JSON.stringify(values)) as never[]) {
        const held = { name: 'n', content: { kind: 'document' }, data: value } as unknown as Held;
        const [ours, theirs] = [(await client.refusal(json, held)) === undefined, onServer(server, value)];
        if (theirs === undefined) continue;
        // Where something is left to the server the client may accept more, and never less.
        if (isWhole) expect(ours).toBe(theirs);
        else if (theirs) expect(ours).toBe(true);
        if (isWhole) compared++;
      }
    },
  );
  await fc.assert(asserted, { numRuns: 400 });
  expect(compared).toBeGreaterThan(500);
}, 120_000);
