import { expect, it } from '@jest/globals';
import { type BodyInputOf, type Contracts, contracts } from '@sluice/protocol';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';

type ImportBody = BodyInputOf<Contracts['importApp']>;
type File = ImportBody['namespaces'][number];

const params = { env: 'prod', app: 'orders' };

async function begin(server: BootedApp): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  return new ConfigDesk(server.admin, 'prod', 'orders');
}

const bring = (desk: ConfigDesk, body: ImportBody, idempotencyKey?: string) =>
  desk.caller.call(contracts.importApp, { params, body, ...(idempotencyKey && { idempotencyKey }) });
const tryBring = (desk: ConfigDesk, namespaces: unknown[]) =>
  desk.caller.attempt(contracts.importApp, { params, body: { namespaces: namespaces as File[] } });

const document = (name: string, format: 'json' | 'yaml' | 'properties' | 'text', text: string): File => ({
  name,
  kind: 'document',
  format,
  content: { kind: 'document', format, text },
});
const items = (name: string, values: Record<string, number>): File => ({
  name,
  kind: 'map',
  content: map(values),
});

onEachDatabase('import', (boot) => {
  it('brings several namespaces in one revision', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.create('same');
    await desk.create('other');
    await desk.release('same', map({ a: 1 }));
    await desk.release('other', map({ a: 1 }));
    const files = [items('same', { a: 1 }), items('other', { a: 2 }), document('new', 'yaml', 'a: 1\n')];

    const dry = await bring(desk, { namespaces: files, dryRun: true });
    expect(dry.revision).toBeUndefined();
    expect(dry.namespaces.map((n) => n.outcome)).toEqual(['same', 'changed', 'created']);
    expect((await desk.get('other')).revision).toBe(2);

    const done = await bring(desk, { namespaces: files, message: 'moving in' });
    expect(done.revision).toBe(3);
    expect(done.namespaces.map((n) => [n.outcome, n.released?.release.revision])).toEqual([
      ['same', undefined],
      ['changed', 3],
      ['created', 3],
    ]);
    expect(done.namespaces[1]!.diff).toMatchObject({ changes: [{ key: 'a', change: 'changed' }] });
    expect(done.namespaces[1]!.released!.push).toMatchObject({ state: 'running', revision: 3 });
    const changes = await server.admin.call(contracts.listChanges, {
      params: { env: 'prod' },
      query: { limit: '1' },
    });
    expect(changes.items.map((c) => [c.namespace, c.kind])).toEqual([
      ['new', 'import'],
      ['other', 'import'],
    ]);
    expect(changes.next).toBe(3);

    const again = await bring(desk, { namespaces: files });
    expect(again.revision).toBeUndefined();
    expect(again.namespaces.every((n) => n.outcome === 'same')).toBe(true);
  });

  it('says what it was compared with, and then writes over nothing that somebody else released', async () => {
    const desk = await begin(await boot());
    await desk.create('one');
    await desk.release('one', map({ a: 1 }));
    const namespaces = [items('one', { a: 2 }), items('two', { b: 1 })];
    const dry = await bring(desk, { namespaces, dryRun: true });
    const bases = Object.fromEntries(dry.namespaces.map(({ name, base }) => [name, base]));
    expect(bases).toEqual({ one: 1, two: 0 });
    await desk.release('one', map({ a: 3 }));
    const attempt = (body: ImportBody) => desk.caller.attempt(contracts.importApp, { params, body });
    const moved = await attempt({ namespaces, bases });
    expect(moved).toMatchObject({
      status: 412,
      body: { code: 'base_moved', details: { base: 1, revision: 2, threeWay: { of: 'items' } } },
    });
    expect(await attempt({ namespaces, bases, dryRun: true })).toMatchObject({ status: 412 });
    expect((await desk.get('one')).revision).toBe(2);
    await desk.create('two');
    await desk.release('two', map({ b: 9 }));
    expect(await attempt({ namespaces, bases: { two: 0 } })).toMatchObject({ status: 412 });
    const done = await bring(desk, { namespaces, bases: { one: 2, two: 3 } });
    expect(done.revision).toBe(4);
    // Of several at once with the same bases one is done.
    const race = await Promise.all(
      [5, 6, 7].map((a) => attempt({ namespaces: [items('one', { a })], bases: { one: 4 } })),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('is all or nothing', async () => {
    const server = await boot();
    const desk = await begin(server);
    const refused = await tryBring(desk, [
      items('good', { a: 1 }),
      document('bad', 'yaml', 'a: 1\n  b: [\n'),
    ]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_document' } });
    expect(JSON.stringify(refused.body)).toContain('bad');
    const { items: namespaces } = await server.admin.call(contracts.listNamespaces, { params });
    expect(namespaces).toEqual([]);
    const { items: environments } = await server.admin.call(contracts.listEnvironments);
    expect(environments[0]!.revision).toBe(0);
  });

  it('tells all that is wrong with the files, file by file', async () => {
    const desk = await begin(await boot());
    await desk.create('doc', { kind: 'document', format: 'json' });
    const mixed = await tryBring(desk, [{ name: 'mixed', kind: 'document', content: map({ a: 1 }) }]);
    expect(mixed).toMatchObject({
      status: 422,
      body: { details: { faults: [{ path: 'namespaces.0.kind' }] } },
    });
    const answer = await tryBring(desk, [
      items('twice', { a: 1 }),
      items('twice', { a: 2 }),
      items('doc', { a: 1 }),
      { ...items('format', { a: 1 }), format: 'yaml' },
    ]);
    const { details } = answer.body as { details: { faults: { path: string }[] } };
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(details.faults.map((f) => f.path)).toEqual([
      'namespaces.1.name',
      'namespaces.2.kind',
      'namespaces.3.format',
    ]);
  });

  it('checks against the schema that it brings, or the one that is there', async () => {
    const desk = await begin(await boot());
    const schema = { properties: { a: { type: 'integer', maximum: 5 } } };
    const own = await tryBring(desk, [{ ...items('one', { a: 9 }), schema }]);
    expect(own).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    expect(own.body).toMatchObject({ details: { faults: [{ path: 'namespaces.0.content.items.a.value' }] } });
    await desk.create('two', { schema });
    expect((await tryBring(desk, [items('two', { a: 9 })])).status).toBe(422);
    expect((await tryBring(desk, [{ ...items('two', { a: 9 }), schema: null }])).status).toBe(200);
    const broken = await tryBring(desk, [{ ...items('three', { a: 1 }), schema: { type: 'no-type' } }]);
    expect(broken.body).toMatchObject({ code: 'invalid' });
    expect(JSON.stringify(broken.body)).toContain('"path":"namespaces.0.schema.type"');
  });

  it('with an Idempotency-Key is done once, and a description alone takes no revision', async () => {
    const desk = await begin(await boot());
    const files = [items('one', { a: 1 })];
    const first = await bring(desk, { namespaces: files }, 'key-1');
    expect(await bring(desk, { namespaces: files }, 'key-1')).toEqual(first);
    const described = await bring(desk, { namespaces: [{ ...files[0]!, description: 'what it is' }] });
    expect(described.revision).toBeUndefined();
    expect(described.namespaces).toMatchObject([{ outcome: 'changed' }]);
    expect(await desk.get('one')).toMatchObject({ description: 'what it is', revision: 1 });
  });

  it('revives what was deleted', async () => {
    const desk = await begin(await boot());
    await bring(desk, { namespaces: [items('one', { a: 1 })] });
    await desk.caller.call(contracts.deleteNamespace, { params: desk.at('one'), ifMatch: '"1"' });
    const back = await bring(desk, { namespaces: [document('one', 'text', 'now a text')] });
    expect(back.namespaces).toMatchObject([{ outcome: 'created', released: { release: { number: 3 } } }]);
    expect(await desk.get('one')).toMatchObject({ kind: 'document', format: 'text' });
  });

  it('by several at once leaves one order and no gap', async () => {
    const server = await boot();
    const desk = await begin(server);
    const imports = [1, 2, 3, 4, 5].map((value) =>
      bring(desk, { namespaces: [items('x', { value }), items('y', { value })] }),
    );
    const revisions = (await Promise.all(imports)).map((done) => done.revision);
    expect(revisions.sort()).toEqual([1, 2, 3, 4, 5]);
    const [x, y] = [await desk.get('x'), await desk.get('y')];
    expect(x.target).toEqual(y.target);
    expect([x.live!.number, x.revision]).toEqual([5, 5]);
  });

  it('of an export gives the same digests, and every byte of a document', async () => {
    const server = await boot();
    const desk = await begin(server);
    const texts: Record<string, File> = {
      crlf: document('crlf', 'properties', 'a=1\r\nb = 2  \r\n\r\n'),
      bom: document('bom', 'json', '\uFEFF{ "a" : 1 }'),
      tail: document('tail', 'yaml', 'a: 1   \nb: |\n  text  \n\n\n'),
      odd: document('odd', 'text', 'no newline \u0000 \ud83d\ude00 \ud800 \u2028 end'),
      empty: document('empty', 'text', ''),
    };
    const files = [
      ...Object.values(texts),
      { ...items('limits', { a: 1.5, b: -0 }), description: 'd', schema: { type: 'object' } },
    ];
    const first = await bring(desk, { namespaces: files });
    const exported = await desk.caller.call(contracts.exportApp, { params });
    expect(exported).toMatchObject({ app: 'orders', environment: 'prod', revision: 1 });
    for (const [name, { content }] of Object.entries(texts))
      expect(exported.namespaces.find((n) => n.name === name)!.content).toEqual(content);

    await server.admin.call(contracts.createEnvironment, { body: { name: 'copy' } });
    const second = await server.admin.call(contracts.importApp, {
      params: { env: 'copy', app: 'orders' },
      body: { namespaces: exported.namespaces },
    });
    const digests = (done: typeof first): Record<string, string> =>
      Object.fromEntries(done.namespaces.map((n) => [n.name, n.released!.release.digest]));
    expect(digests(second)).toEqual(digests(first));
    const same = await bring(desk, { namespaces: exported.namespaces });
    expect(same.namespaces.every((n) => n.outcome === 'same')).toBe(true);
  });
});
