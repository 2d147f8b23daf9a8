import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Io } from '../host/io.ts';
import { readDraftRules, readRules } from './rules-file.ts';

const rule = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 5,
  intervalMs: 1000,
  resource: { match: 'exact', value: 'pay' },
  mode: 'monitor',
};
const namespace = (name: string, kind = 'rules') => ({ name, kind, content: { kind, items: { pay: rule } } });

let io: Io;
beforeAll(async () => {
  io = { cwd: await mkdtemp(join(tmpdir(), 'sluice-rules-')) } as unknown as Io;
});

async function file(data: unknown): Promise<string> {
  await writeFile(join(io.cwd, 'rules'), typeof data === 'string' ? data : JSON.stringify(data));
  return 'rules';
}

describe('rules of a file', () => {
  it.each([
    ['by id', { pay: rule }, ['pay']],
    ['one alone', rule, ['rule']],
    ['a content', { kind: 'rules', items: { pay: rule } }, ['pay']],
    ['a namespace', namespace('guard'), ['pay']],
    [
      'an app with one namespace of rules',
      { app: 'shop', namespaces: [namespace('guard'), namespace('order', 'map')] },
      ['pay'],
    ],
    [
      'an app with several',
      { namespaces: [namespace('guard'), namespace('more')] },
      ['guard/pay', 'more/pay'],
    ],
    ['a rule called like a field', { kind: rule, name: rule }, ['kind', 'name']],
  ])('are read as %s', async (_, data, ids) => {
    expect(Object.keys(await readRules(io, await file(data)))).toEqual(ids);
  });

  it('may be YAML, or JSON with a mark in front', async () => {
    expect(await readDraftRules(io, await file('a:\n  kind: limit\n'))).toEqual({ a: { kind: 'limit' } });
    expect(await readDraftRules(io, await file('\ufeff{"a":{}}'))).toEqual({ a: {} });
  });

  it.each(['', 'null', '[1]', '{}', '"text"', '{"a": 5}', 'a: [1\n', 'a: &a [*a]\nb: *a'])(
    'are not found in %j',
    async (text) => {
      await expect(readDraftRules(io, await file(text))).rejects.toMatchObject({
        code: 'not_rules',
        exit: 1,
      });
    },
  );
});
