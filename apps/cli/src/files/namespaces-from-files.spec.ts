import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NamespaceFile } from '@sluice/protocol';
import type { Io } from '../host/io.ts';
import { yamlText } from '../output/yaml-text.ts';
import { filesNamed } from './folder.ts';
import { namespacesFromFiles } from './namespaces-from-files.ts';
import { readTargetFile } from './target-file.ts';

let cwd: string;
let io: Io;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  io = { cwd, readStdin: async () => Buffer.from('from: stdin\n') } as unknown as Io;
});

const put = (name: string, data: string | Uint8Array): Promise<void> => writeFile(join(cwd, name), data);
const order: NamespaceFile = {
  name: 'order',
  kind: 'map',
  content: { kind: 'map', items: { timeoutMs: { type: 'number', value: 800, min: 1 } } },
};

describe('files', () => {
  it('become documents with every byte of their text', async () => {
    const text = '\ufeffserver:\r\n  port: 1\r\n---\nb: 2  \n\n';
    await put('api-gateway.yml', text);
    await put('a.b.json', '{"x": 1}');
    await put('app.properties', 'a=1');
    await put('notes', 'plain');
    const files = ['api-gateway.yml', 'a.b.json', 'app.properties', 'notes'];
    const { namespaces } = await namespacesFromFiles(io, files);
    expect(namespaces.map((n) => [n.name, n.content])).toEqual([
      ['api-gateway', { kind: 'document', format: 'yaml', text }],
      ['a.b', { kind: 'document', format: 'json', text: '{"x": 1}' }],
      ['app', { kind: 'document', format: 'properties', text: 'a=1' }],
      ['notes', { kind: 'document', format: 'text', text: 'plain' }],
    ]);
  });

  it('that are exports are taken apart, one namespace or a whole app', async () => {
    await put('order.sluice.yaml', yamlText(order));
    expect((await namespacesFromFiles(io, ['order.sluice.yaml'])).namespaces).toEqual([order]);
    const whole = { app: 'shop', environment: 'prod', revision: 7, namespaces: [order] };
    await put('shop.json', JSON.stringify(whole));
    expect(await namespacesFromFiles(io, ['shop.json'])).toEqual(whole);
  });

  it('that look like an export and are faulty are refused, place by place', async () => {
    await put('shop.json', JSON.stringify({ namespaces: [{ ...order, kind: 'maap', extra: 1 }] }));
    const refused = namespacesFromFiles(io, ['shop.json']);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_file', exit: 1 });
  });

  it('that are rules without the name of their namespace are refused, unless they are wanted as a document', async () => {
    const rule = { kind: 'limit', resource: { match: 'exact', value: 'pay' }, limit: 3 };
    const forms = [
      { few: rule },
      rule,
      { kind: 'rules', items: { few: rule } },
      { kind: 'rules', content: { kind: 'rules', items: {} } },
    ];
    for (const form of forms) {
      await put('few.yaml', yamlText(form));
      const refused = namespacesFromFiles(io, ['few.yaml']);
      await expect(refused).rejects.toMatchObject({
        code: 'rules_without_name',
        params: { file: 'few.yaml' },
      });
    }
    expect((await namespacesFromFiles(io, ['few.yaml'], 'few')).namespaces[0]?.kind).toBe('document');
    for (const other of [{ few: { kind: 'limit' } }, { kind: 'rules' }, {}, [rule]]) {
      await put('few.yaml', yamlText(other));
      expect((await namespacesFromFiles(io, ['few.yaml'])).namespaces[0]?.kind).toBe('document');
    }
  });

  it('of one name are refused', async () => {
    await put('app.yml', 'a: 1');
    await put('app.json', '{}');
    const refused = namespacesFromFiles(io, ['app.yml', 'app.json']);
    await expect(refused).rejects.toMatchObject({ code: 'same_name' });
  });

  it('that are no UTF-8 are refused with the line', async () => {
    await put(
      'a.yml',
      Buffer.concat([Buffer.from('ok: 1\nname: '), Buffer.from([0xff, 0xfe]), Buffer.from('\n')]),
    );
    const refused = namespacesFromFiles(io, ['a.yml']);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_utf8', params: { line: 2 } });
  });

  it('whose name cannot name a namespace are refused', async () => {
    await put('my file.yml', 'a: 1');
    await expect(namespacesFromFiles(io, ['my file.yml'])).rejects.toMatchObject({ code: 'invalid_name' });
    expect((await namespacesFromFiles(io, ['my file.yml'], 'mine')).namespaces[0]?.name).toBe('mine');
  });

  it('that are missing are told', async () => {
    await expect(namespacesFromFiles(io, ['gone.yml'])).rejects.toMatchObject({
      code: 'unreadable_file',
      params: { reason: 'ENOENT' },
    });
  });
});

describe('a folder', () => {
  it('gives what its endings make known and names the rest', async () => {
    await mkdir(join(cwd, 'conf', 'sub'), { recursive: true });
    for (const name of ['b.yaml', 'a.yml', 'LICENSE', 'x.png']) await put(`conf/${name}`, '');
    expect(await filesNamed(io, ['conf'])).toEqual({
      files: ['conf/a.yml', 'conf/b.yaml'],
      skipped: ['conf/LICENSE', 'conf/sub', 'conf/x.png'],
    });
  });
});

describe('the file of apply', () => {
  it('is an export, or a document when its namespace is named', async () => {
    await put('order.yaml', yamlText(order));
    expect(await readTargetFile(io, 'order.yaml')).toEqual({ namespaces: [order] });
    const document = await readTargetFile(io, '-', 'conf');
    expect(document.namespaces[0]?.content).toEqual({
      kind: 'document',
      format: 'text',
      text: 'from: stdin\n',
    });
  });

  it('says what is wrong with it', async () => {
    await put('plain.yaml', 'a: 1\n');
    await expect(readTargetFile(io, 'plain.yaml')).rejects.toMatchObject({ code: 'not_an_export' });
    await put('broken.yaml', 'a: [1\n');
    const refused = readTargetFile(io, 'broken.yaml');
    await expect(refused).rejects.toMatchObject({
      params: {
        fault: { en: expect.stringMatching(/^line 2, column 1: /), zh: '第 2 行第 1 列：缩进不正确' },
      },
    });
  });
});
