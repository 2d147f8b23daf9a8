import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Content, canonicalText, type DocumentFormat } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import type { Answer } from '../support/http-caller.ts';

let server: BootedApp;
let desk: ConfigDesk;
let ns = '';
let count = 0;

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  desk = new ConfigDesk(server.admin, 'prod', 'orders');
});
afterAll(() => server.close());
beforeEach(() => {
  ns = `ns-${++count}`;
});

const document = (format: DocumentFormat, text: string): Content => ({ kind: 'document', format, text });
const tryContent = (content: unknown): Promise<Answer> =>
  desk.tryPublish(ns, { content: content as Content }, '"0"');
const faultPaths = (answer: Answer): string[] =>
  (answer.body as { details: { faults: { path: string }[] } }).details.faults.map((f) => f.path);

describe('documents', () => {
  it.each([
    ['a missing colon', 'json', '{\n  "a": 1,\n  "b" 2\n}', 3, 7],
    ['a trailing comma', 'json', '{"a": 1,}', 1, 9],
    ['nothing in it', 'json', '', 1, 1],
    ['a comment', 'json', '// why\n{}', 1, 1],
    ['33 levels', 'json', `${'['.repeat(33)}${']'.repeat(33)}`, 1, 33],
    ['200,000 levels', 'json', '['.repeat(200_000), 1, 33],
    ['a tab', 'yaml', 'a: 1\nb:\n\t- c\n', 3, 1],
    ['a key twice', 'yaml', 'a: 1\nb: 2\na: 3\n', 3, 1],
    ['an alias of nothing', 'yaml', 'a: *nothing\n', 1, 4],
    ['5,000 levels', 'yaml', '['.repeat(5_000), 1, undefined],
    ['half an escape', 'properties', 'a=1\nb=\\u12\n', 2, 3],
  ] as const)('with %s in %s are refused at that place', async (_, format, text, line, column) => {
    await desk.create(ns, { kind: 'document', format });
    const answer = await tryContent(document(format, text));
    const place = { line, ...(column !== undefined && { column }) };
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_document', details: place } });
    const draft = await desk.caller.attempt(contracts.saveDraft, {
      params: desk.at(ns),
      body: { content: document(format, text) },
      ifMatch: '"0"',
    });
    expect(draft.body).toMatchObject({ code: 'invalid_document' });
    expect((await desk.get(ns)).revision).toBe(0);
  });

  it('that expand without end are refused', async () => {
    await desk.create(ns, { kind: 'document', format: 'yaml' });
    const levels = 'abcdefghi'.split('').map((name, i, all) => {
      const below = i === 0 ? 'x' : `*${all[i - 1]}`;
      return `${name}: &${name} [${Array(9).fill(below).join(',')}]`;
    });
    expect((await tryContent(document('yaml', levels.join('\n')))).status).toBe(422);
    expect((await tryContent(document('yaml', 'a: &a [1, *a]\n'))).status).toBe(422);
  });

  it('of YAML may be several in one text, each checked', async () => {
    const schema = { type: 'object', required: ['name'] };
    await desk.create(ns, { kind: 'document', format: 'yaml', schema });
    const bad = await tryContent(document('yaml', '---\nname: a\n---\nother: b\n'));
    expect(bad).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    expect(faultPaths(bad)).toEqual(['content.1.name']);
    expect((await tryContent(document('yaml', 'name: a\n---\nname: b\n---\n'))).status).toBe(201);
  });

  it('are told in Chinese to who reads Chinese', async () => {
    await desk.create(ns, { kind: 'document', format: 'json' });
    const answer = await fetch(
      `${server.url}/api/v1/environments/prod/apps/orders/namespaces/${ns}/releases`,
      {
        method: 'POST',
        headers: {
          ...server.admin.headers,
          'content-type': 'application/json',
          'x-sluice': '1',
          'accept-language': 'zh-CN',
          'if-match': '"0"',
        },
        body: JSON.stringify({ content: document('json', '{') }),
      },
    );
    expect(((await answer.json()) as { message: string }).message).toContain('第 1 行第 2 列：缺少右花括号');
  });

  it('keep the size that they have: 1 MiB is taken, one byte more is not', async () => {
    await desk.create(ns, { kind: 'document', format: 'text' });
    const around = Buffer.byteLength(canonicalText(document('text', '')));
    const room = 1024 * 1024 - around;
    const over = await tryContent(document('text', 'x'.repeat(room + 1)));
    expect(over).toMatchObject({ status: 413, body: { code: 'too_large' } });
    const full = await tryContent(document('text', 'x'.repeat(room)));
    expect(full).toMatchObject({ status: 201, body: { release: { sizeBytes: 1024 * 1024 } } });
  });
});

describe('maps', () => {
  it.each([
    ['a field that is unknown', { kind: 'map', items: {}, more: 1 }, 'content.more'],
    [
      'an item with an unknown field',
      { kind: 'map', items: { a: { type: 'number', value: 1, no: 1 } } },
      'content.items.a.no',
    ],
    [
      'a value of another type',
      { kind: 'map', items: { a: { type: 'number', value: '1' } } },
      'content.items.a.value',
    ],
    [
      'a value out of bounds',
      { kind: 'map', items: { a: { type: 'number', value: 9, max: 5 } } },
      'content.items.a.value',
    ],
    [
      'a key that is a path',
      { kind: 'map', items: { '../x': { type: 'number', value: 1 } } },
      'content.items.../x',
    ],
    [
      'a key that is special',
      JSON.parse('{"kind":"map","items":{"__proto__":{"type":"number","value":1}}}'),
      'content.items.__proto__',
    ],
    [
      'a value nested 33 deep',
      { kind: 'map', items: { a: { type: 'json', value: nested(33) } } },
      'content.items.a.value',
    ],
    ['another kind', { kind: 'rules', items: {} }, 'content.kind'],
    ['a document', { kind: 'document', format: 'json', text: '{}' }, 'content.kind'],
  ])('with %s are refused at that place', async (_, content, path) => {
    await desk.create(ns);
    const answer = await tryContent(content);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(faultPaths(answer)).toContain(path);
  });

  it('may nest 32 deep, and hold 10,000 items', async () => {
    await desk.create(ns);
    const many = Object.fromEntries(Array.from({ length: 9_999 }, (_, i) => [`k${i}`, i]));
    const answer = await tryContent(map({ ...many, deep: nested(32) as never }));
    expect(answer.status).toBe(201);
    expect(await desk.get(ns)).toMatchObject({ itemCount: 10_000 });
    const over = await desk.tryPublish(
      ns,
      { changes: { set: { more: { type: 'number', value: 1 } } } },
      (await desk.get(ns)).etag,
    );
    expect(over).toMatchObject({ status: 422 });
  });

  it('change by key: set, remove, and nothing else', async () => {
    await desk.create(ns);
    await desk.release(ns, map({ a: 1, b: 2 }));
    const one = { type: 'number' as const, value: 1 };
    const before = (await desk.get(ns)).etag;
    const done = await desk.publish(ns, { changes: { set: { c: one }, remove: ['b'] } }, before);
    expect(done.etag).toMatch(/^"\d+"$/);
    expect((await desk.get(ns)).target).toEqual(map({ a: 1, c: 1 }));
    const { etag } = await desk.get(ns);
    const attempt = (changes: object) => desk.tryPublish(ns, { changes }, etag);
    expect(faultPaths(await attempt({ remove: ['b'] }))).toEqual(['changes.remove.0']);
    expect(faultPaths(await attempt({ set: { a: one }, remove: ['a'] }))).toEqual(['changes.remove.0']);
    expect(faultPaths(await attempt({ set: { a: { type: 'number', value: 'x' } } }))).toEqual([
      'changes.set.a.value',
    ]);
    expect(await attempt({ set: { a: one } })).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect(await attempt({})).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect(await desk.tryPublish(ns, { changes: { remove: ['b'] } }, before)).toMatchObject({ status: 412 });
  });
});

describe('rules', () => {
  const rule = {
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 100,
    intervalMs: 1000,
    mode: 'monitor',
    resource: { match: 'exact', value: 'GET /books/:id' },
  };

  it('are released and changed by their ids, each checked as a rule', async () => {
    await desk.create(ns, { kind: 'rules' });
    const first = await tryContent({ kind: 'rules', items: { slow: rule } });
    expect(first).toMatchObject({ status: 201 });
    const { etag } = await desk.get(ns);
    const bad = await desk.tryPublish(ns, { changes: { set: { more: { ...rule, limit: -1 } } } }, etag);
    expect(bad.status).toBe(422);
    expect(faultPaths(bad)).toEqual(['changes.set.more.limit']);
    await desk.publish(ns, { changes: { set: { more: rule } } }, etag);
    expect(await desk.get(ns)).toMatchObject({ itemCount: 2, target: { items: { slow: rule, more: rule } } });
  });
});

describe('JSON Schemas', () => {
  it('name what the caller sent, where that are changes only', async () => {
    const schema = { required: ['timeoutMs'], properties: { timeoutMs: { type: 'integer', maximum: 100 } } };
    await desk.create(ns, { schema });
    await desk.publish(ns, { content: map({ timeoutMs: 50, other: 1 }) }, '"0"');
    const { etag } = await desk.get(ns);
    const attempt = async (changes: object) =>
      faultPaths(await desk.tryPublish(ns, { changes } as never, etag));
    const high = { timeoutMs: { type: 'number', value: 500 } };
    expect(await attempt({ set: high })).toEqual(['changes.set.timeoutMs.value']);
    expect(await attempt({ remove: ['other', 'timeoutMs'] })).toEqual(['changes.remove.1']);
  });

  it('see the plain values of a map', async () => {
    const schema = { required: ['timeoutMs'], properties: { timeoutMs: { type: 'integer', maximum: 100 } } };
    await desk.create(ns, { schema });
    const high = await tryContent(map({ timeoutMs: 500 }));
    expect(high).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    expect(faultPaths(high)).toEqual(['content.items.timeoutMs.value']);
    expect(faultPaths(await tryContent(map({})))).toEqual(['content.items.timeoutMs']);
    expect((await tryContent(map({ timeoutMs: 50 }))).status).toBe(201);
    const tighter = { properties: { timeoutMs: { maximum: 10 } } };
    const params = desk.at(ns);
    const { etag } = await desk.get(ns);
    const refused = await desk.caller.attempt(contracts.changeNamespace, {
      params,
      body: { schema: tighter },
      ifMatch: etag,
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    const lifted = await desk.caller.call(contracts.changeNamespace, {
      params,
      body: { schema: null },
      ifMatch: etag,
    });
    expect(lifted.schema).toBeNull();
  });

  it.each([
    ['that is none', { type: 'nothing' }, 'schema.type'],
    ['of elsewhere', { $ref: 'https://example.com/schema.json' }, 'schema.$ref'],
    ['of a draft that is not known', { $schema: 'https://example.com/draft' }, 'schema.$schema'],
    ['with a pattern that is none', { pattern: '(' }, 'schema'],
    ['that is asynchronous', { $async: true }, 'schema.$async'],
  ])('one %s is refused with its place', async (_, schema, path) => {
    const answer = await desk.caller.attempt(contracts.createNamespace, {
      params: { env: 'prod', app: 'orders' },
      body: { name: ns, kind: 'map', schema },
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(faultPaths(answer)[0]).toBe(path);
  });

  it('of draft-07 are read too', async () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { a: { type: 'string' } },
    };
    await desk.create(ns, { schema });
    expect((await tryContent(map({ a: 1 }))).status).toBe(422);
  });

  it('whose pattern never ends do not stop the server', async () => {
    await desk.create(ns, { schema: { properties: { a: { pattern: '^(a+)+$' } } } });
    const begun = performance.now();
    const answer = await tryContent(map({ a: `${'a'.repeat(40)}!` }));
    expect(answer).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('are for content that has data', async () => {
    const answer = await desk.caller.attempt(contracts.createNamespace, {
      params: { env: 'prod', app: 'orders' },
      body: { name: ns, kind: 'document', format: 'text', schema: {} },
    });
    expect(faultPaths(answer)).toEqual(['schema']);
  });
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
