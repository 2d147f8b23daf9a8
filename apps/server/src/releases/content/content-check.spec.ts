import { describe, expect, it } from '@jest/globals';
import type { Content, SluiceError } from '@sluice/core';
import { ContentCheck, type Shape } from './content-check.ts';

const check = new ContentCheck();
const map: Shape = { kind: 'map', format: null, schema: null };
const origin = { path: 'content' };
const items = (values: Record<string, number>): Content => ({
  kind: 'map',
  items: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { type: 'number' as const, value }]),
  ),
});
const errorOf = (work: () => unknown): SluiceError => {
  try {
    work();
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error('nothing was refused');
};

describe('ContentCheck', () => {
  it('gives the digest of the canonical text, whatever the order of keys', () => {
    const one = check.check(items({ a: 1, b: 2 }), map, origin);
    const other = check.check(items({ b: 2, a: 1 }), map, origin);
    expect(one.digest).toBe(other.digest);
    expect(one).toMatchObject({ itemCount: 2, sizeBytes: Buffer.byteLength(one.text) });
  });

  it('tells a key with dots from a path', () => {
    const schema = { properties: { 'a.b': { maximum: 1 }, a: { maximum: 1 } } };
    const error = errorOf(() => check.check(items({ 'a.b': 2, a: 2 }), { ...map, schema }, origin));
    expect(error.code).toBe('schema_violation');
    expect(error.details?.faults?.map((fault) => fault.path).sort()).toEqual([
      'content.items.a.b.value',
      'content.items.a.value',
    ]);
    expect(error.details?.faults?.[0]?.zh).toBe('必须 <= 1');
  });

  it('checks the data of a document', () => {
    const shape: Shape = {
      kind: 'document',
      format: 'json',
      schema: { additionalProperties: false, properties: { port: { type: 'integer' } } },
    };
    const text = '{"port": "x", "more": 1}';
    const error = errorOf(() => check.check({ kind: 'document', format: 'json', text }, shape, origin));
    expect(error.details?.faults?.map((fault) => `${fault.path} ${fault.message}`).sort()).toEqual([
      'content.more is not allowed here',
      'content.port must be integer',
    ]);
  });

  it('refuses a schema that is too large', () => {
    const schema = { description: 'x'.repeat(300_000) };
    expect(errorOf(() => check.checkSchema({ ...map, schema }, 'schema')).code).toBe('too_large');
  });
});
