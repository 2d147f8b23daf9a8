import { describe, expect, it } from '@jest/globals';
import { type Content, canonicalText, type Json } from '@sluice/core';
import { Notices } from '../notices/notices.ts';
import { buildHeld } from '../snapshot/build-held.ts';
import type { Held } from '../snapshot/held.ts';
import { sha256 } from '../snapshot/sha256.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { mapOf } from '../testing/wire-namespace.ts';
import type { JsonSchema } from './prepared-schema.ts';
import { SchemaCheck } from './schema-check.ts';

function setUp() {
  const said: string[] = [];
  const notices = new Notices({ warn: (line) => said.push(line) }, manualClock(), 'en');
  return { said, check: new SchemaCheck(notices) };
}

function heldOf(content: Content): Held {
  const body = canonicalText(content);
  const layer = { id: 'g', kind: 'global', order: 0, revision: 1, digest: sha256(body), body } as const;
  const context = { source: 'server', since: 0, monotonicNow: 0 } as const;
  return buildHeld({ name: 'order', kind: content.kind, revision: 1, layers: [layer] }, context)!;
}

const refusalOf = async (schema: JsonSchema, values: Record<string, Json>) =>
  (await setUp().check.refusal(schema, heldOf(mapOf(values))))?.en;

describe('the JSON Schema of a namespace', () => {
  it('is held against values by key, and says the place', async () => {
    const schema = {
      properties: { pool: { type: 'object', properties: { size: { minimum: 5 } } }, 'a/b': {} },
      additionalProperties: false,
      required: ['pool'],
    };
    expect(await refusalOf(schema, { pool: { size: 5 } })).toBeUndefined();
    expect(await refusalOf(schema, { pool: { size: 3 } })).toBe(
      'pool.size does not fit the JSON Schema: 3 is less than 5',
    );
    expect(await refusalOf(schema, { pool: {}, other: 1 })).toBe('other is not allowed by the JSON Schema');
    expect(await refusalOf(schema, {})).toBe(
      'it does not fit its JSON Schema: Instance does not have required property "pool"',
    );
    expect(await refusalOf({ anyOf: [{ required: ['x'] }, { required: ['y'] }] }, {})).toContain(
      'does not match any subschemas',
    );
  });

  it('is held against the data of JSON documents and against rules, and not against other text', async () => {
    const { check, said } = setUp();
    const schema = { required: ['text'] };
    const document = (format: 'json' | 'yaml', text: string): Held =>
      heldOf({ kind: 'document', format, text });
    expect((await check.refusal(schema, document('json', '{}')))?.zh).toContain('不符合其 JSON Schema');
    expect(await check.refusal(schema, document('json', '{"text":""}'))).toBeUndefined();
    expect(await check.refusal(schema, document('yaml', 'other: 1'))).toBeUndefined();
    expect(await check.refusal({ maxProperties: 0 }, heldOf({ kind: 'rules', items: {} }))).toBeUndefined();
    expect(said).toEqual([]);
  });

  it('leaves to the server what is judged in different ways', async () => {
    expect(await refusalOf({ properties: { at: { format: 'time' } } }, { at: 'never' })).toBeUndefined();
    expect(await refusalOf({ properties: { at: { format: 'date' } } }, { at: 'never' })).toContain('at does');
    expect(await refusalOf({ properties: { n: { multipleOf: 0.1 } } }, { n: 0.35 })).toBeUndefined();
    // A property that has the name of a keyword is a property.
    expect(await refusalOf({ properties: { format: { minimum: 1 } } }, { format: 0 })).toContain('format');
  });

  it('is not held against anything when it cannot be judged, and that is said', async () => {
    const schemas: JsonSchema[] = [
      { not: { properties: { at: { format: 'time' } } } },
      { $defs: { a: { $dynamicAnchor: 'a' } }, $dynamicRef: '#a' },
      { $ref: '#/$defs/nowhere' },
    ];
    for (const schema of schemas) {
      const { check, said } = setUp();
      expect(await check.refusal(schema, heldOf(mapOf({ at: 'never' })))).toBeUndefined();
      expect(said.join()).toMatch(/schema_unchecked: .*(format time|\$dynamicRef|nowhere)/);
    }
  });
});
