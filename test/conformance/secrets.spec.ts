import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createSluice, json, type Sluice, str } from '@sluice/client';
import { type Content, maskedAsLive, maskedValue } from '@sluice/core';
import { contracts, type NamespaceFile } from '@sluice/protocol';
import { LayersRead } from '../../apps/server/src/releases/layers.read.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { readRows, writeRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

/** Nothing else in a database, a file or an answer looks like it. */
const marker = 'hunter2-zanzibar';
const place = { env: 'prod', app: 'orders' };

const secret = (value: unknown, type: 'string' | 'json' = 'string') => ({ type, value, secret: true });
const plain = (value: string) => ({ type: 'string', value });
const content = (items: Record<string, unknown>): Content => ({ kind: 'map', items }) as Content;

async function open(server: BootedApp): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: place.app } });
  const desk = new ConfigDesk(server.admin, place.env, place.app);
  await desk.create('db');
  return desk;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sluice-secrets-'));

async function connect(server: BootedApp, cacheDir = newFolder()): Promise<Sluice> {
  const { secret: token } = await server.admin.call(contracts.createToken, {
    body: { kind: 'client', name: 'orders', environment: place.env, app: place.app },
  });
  return createSluice({
    server: server.url,
    token,
    environment: place.env,
    app: place.app,
    instanceId: 'orders-1',
    cacheDir,
    logger: false,
  });
}

/** Every value of every table, and with SQLite the bytes of its files. */
async function everythingStored(server: BootedApp, dialect: 'sqlite' | 'postgres'): Promise<string> {
  const names =
    dialect === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'";
  const tables = await readRows<{ name: string }>(server, names);
  expect(tables.length).toBeGreaterThan(20);
  const rows = await Promise.all(tables.map(({ name }) => readRows(server, `SELECT * FROM "${name}"`)));
  const files =
    dialect === 'sqlite' ? readdirSync(server.dataDir).filter((n) => n.includes('sluice.db')) : [];
  return (
    JSON.stringify(rows) + files.map((file) => readFileSync(join(server.dataDir, file), 'latin1')).join('')
  );
}

const dialectOf = (server: BootedApp) =>
  readdirSync(server.dataDir).includes('sluice.db') ? ('sqlite' as const) : ('postgres' as const);

onEachDatabase('secret items', (boot) => {
  it('reach instances, and are nowhere in the database nor in any answer', async () => {
    const server = await boot();
    const desk = await open(server);
    const sluice = await connect(server);
    const db = sluice.config('db', { password: str(''), keys: json<string[]>([]), host: str('') });
    await sluice.ready();
    const { admin } = server;
    const first = content({
      password: secret(marker),
      keys: secret([`${marker}-a`, `${marker}-b`], 'json'),
      host: plain('db.local'),
    });
    const answers: unknown[] = [];
    const say = async <T>(answer: Promise<T>): Promise<T> => {
      const said = await answer;
      answers.push(said);
      return said;
    };
    const params = desk.at('db');
    // A draft, a refused save of another tab, a publish with a key that is tried again.
    const { etag } = await desk.get('db');
    await say(admin.call(contracts.saveDraft, { params, body: { content: first as never }, ifMatch: etag }));
    await say(
      admin.attempt(contracts.saveDraft, { params, body: { content: first as never }, ifMatch: etag }),
    );
    const body = { content: first as never };
    await say(desk.publish('db', body, etag, 'key-1'));
    await say(desk.publish('db', body, etag, 'key-1'));
    await until('the secret arrives', async () => db.password === marker);
    expect(db.keys).toEqual([`${marker}-a`, `${marker}-b`]);
    // Another value for one instance, a proposal, a stale base.
    const base = (await desk.get('db')).revision;
    const changes = { set: { password: secret(`${marker}-single`) }, remove: [] } as never;
    const asked = {
      changes: [{ namespace: 'db', base, changes }],
      target: { mode: 'single' as const, instanceId: 'orders-1' },
    };
    await say(admin.call(contracts.previewPush, { params: place, body: asked }));
    await say(admin.call(contracts.proposePush, { params: place, body: asked, idempotencyKey: 'key-2' }));
    const push = await say(admin.call(contracts.startPush, { params: place, body: asked }));
    await until('the layer arrives', async () => db.password === `${marker}-single`);
    await say(admin.call(contracts.getPushPlan, { params: { ...place, push: push.id } }));
    const stale = { content: content({ password: secret(`${marker}-late`) }) as never };
    const moved = await say(desk.tryPublish('db', stale, etag));
    expect(moved.status).toBe(412);
    // A rollback puts the draft aside.
    const second = content({ password: secret(`${marker}-2`), host: plain('db.local') });
    await say(desk.release('db', second));
    await say(desk.rollback('db', (await desk.get('db')).etag, 1));
    // Every way to read.
    await say(desk.get('db'));
    await say(admin.call(contracts.getDraft, { params }));
    await say(admin.call(contracts.getRelease, { params: { ...params, number: '2' } }));
    await say(admin.call(contracts.listHistory, { params }));
    const diff = await say(admin.call(contracts.diff, { params, query: { from: '1', to: '2' } }));
    expect(diff.diff).toMatchObject({
      changes: [
        { key: 'keys', change: 'removed', before: { secret: true, value: maskedValue } },
        { key: 'password', change: 'changed', before: { value: maskedValue }, after: { value: maskedValue } },
      ],
    });
    await say(admin.call(contracts.exportApp, { params: place }));
    await say(admin.call(contracts.getLiveValues, { params }));
    await say(admin.call(contracts.getKeySpread, { params: { ...params, key: 'password' } }));
    const instance = { ...place, instance: 'orders-1' };
    const query = { namespace: 'db', key: 'password' };
    const explained = await say(admin.call(contracts.explainInstance, { params: instance, query }));
    expect(explained.ladder.filter((rung) => rung.value !== undefined).length).toBeGreaterThan(0);
    await say(admin.call(contracts.instanceTimeline, { params: instance, query: { namespace: 'db' } }));
    await say(admin.call(contracts.listChanges, { params: { env: 'prod' } }));
    await say(admin.call(contracts.listAudit));
    const said = JSON.stringify(answers);
    expect(said).not.toContain(marker);
    expect(said).not.toContain('sluice-sealed');
    expect(said).toContain(maskedValue);
    await sluice.close();
    expect(await everythingStored(server, dialectOf(server))).not.toContain(marker);
  });

  it('are shown to who may and asks by name, with a row in the audit each', async () => {
    const server = await boot();
    const desk = await open(server);
    const { admin } = server;
    await desk.release('db', content({ password: secret(marker), host: plain('db.local') }));
    const params = desk.at('db');
    const reveal = (key: string, of = 'live', caller = admin) =>
      caller.attempt(contracts.revealItem, { params: { ...params, key }, body: { of } });
    expect(await reveal('password')).toMatchObject({
      status: 200,
      body: { key: 'password', of: 'live', value: marker },
    });
    expect(await reveal('password', '1')).toMatchObject({ body: { value: marker } });
    expect((await reveal('host')).status).toBe(409);
    expect((await reveal('none')).status).toBe(404);
    expect((await reveal('password', '7')).status).toBe(404);
    expect((await reveal('password', 'draft')).status).toBe(404);
    const token = async (role: 'editor' | 'publisher') => {
      const made = await admin.call(contracts.createToken, {
        body: { kind: 'api', name: role, environment: place.env, app: place.app, role },
      });
      return server.bearer(made.secret);
    };
    const [editor, publisher] = [await token('editor'), await token('publisher')];
    expect((await reveal('password', 'live', editor)).status).toBe(403);
    expect((await reveal('password', 'live', publisher)).status).toBe(200);
    const query = { secrets: 'reveal' as const };
    expect((await editor.attempt(contracts.exportApp, { params: place, query })).status).toBe(403);
    const exported = await publisher.call(contracts.exportApp, { params: place, query });
    expect(exported.namespaces[0]!.content).toMatchObject({ items: { password: secret(marker) } });
    const audit = await admin.call(contracts.listAudit, { query: { action: 'secret.reveal' } });
    expect(audit.items.map(({ actor, target, detail }) => [actor, target, detail.of])).toEqual([
      ['publisher', place.app, 'export'],
      ['publisher', 'db', 'live'],
      ['admin', 'db', '1'],
      ['admin', 'db', 'live'],
    ]);
    expect(JSON.stringify(audit)).not.toContain(marker);
  });

  it('stay as they were when their mask comes back, and can be replaced without being read', async () => {
    const server = await boot();
    const desk = await open(server);
    const { admin } = server;
    const params = desk.at('db');
    const shown = async (of = 'live'): Promise<unknown> =>
      (await admin.call(contracts.revealItem, { params: { ...params, key: 'password' }, body: { of } }))
        .value;
    await desk.release('db', content({ password: secret(marker), host: plain('a') }));
    const { target, etag, live } = await desk.get('db');
    const items = (target as { items: Record<string, object> }).items;
    // Through a draft, which then has a secret of its own that is kept too.
    const edited = content({ ...items, host: plain('b') });
    const draft = await admin.call(contracts.saveDraft, {
      params,
      body: { content: edited as never },
      ifMatch: etag,
    });
    expect(await shown('draft')).toBe(marker);
    expect(draft.changedSecrets).toEqual([]);
    const own = content({ ...items, password: secret('mine'), host: plain('b') });
    const again = await admin.call(contracts.saveDraft, {
      params,
      body: { content: own as never },
      ifMatch: draft.etag,
    });
    const kept = await admin.call(contracts.saveDraft, {
      params,
      body: { content: again.content as never },
      ifMatch: again.etag,
    });
    expect(await shown('draft')).toBe('mine');
    expect(kept.changedSecrets).toEqual(['password']);
    await desk.publish('db', { draft: true }, kept.etag);
    expect(await shown()).toBe('mine');
    // By a publish of the whole, by key, and by an import of what was exported.
    const now = await desk.get('db');
    expect((await desk.tryPublish('db', { content: now.target as never }, now.etag)).status).toBe(409);
    const changes = {
      set: { password: { ...secret(maskedValue), description: 'of the database' } },
    } as never;
    await desk.publish('db', { changes }, now.etag);
    expect(await shown()).toBe('mine');
    const file = (await admin.call(contracts.exportApp, { params: place })).namespaces;
    const imported = await admin.call(contracts.importApp, {
      params: place,
      body: { namespaces: file as NamespaceFile[] },
    });
    expect(imported.namespaces).toMatchObject([{ outcome: 'same' }]);
    // The same said anew is no change; another value is one.
    const same = await desk.get('db');
    const anew = { set: { password: { ...secret('mine'), description: 'of the database' } } } as never;
    expect((await desk.tryPublish('db', { changes: anew }, same.etag)).status).toBe(409);
    await desk.publish('db', { changes: { set: { password: secret('next') } } as never }, same.etag);
    expect(await shown()).toBe('next');
    // A digest is that of what instances see: the first content has its first digest again.
    await desk.release('db', content({ password: secret(marker), host: plain('a') }));
    expect((await desk.get('db')).live!.digest).toBe(live!.digest);
    const diff = await admin.call(contracts.diff, { params, query: { from: '1', to: 'live' } });
    expect(diff.diff).toEqual({ of: 'items', changes: [] });
  });

  it('of others are not taken back by a merge with a draft that has older ones', async () => {
    const server = await boot();
    const desk = await open(server);
    const { admin } = server;
    const params = desk.at('db');
    const save = (made: unknown, ifMatch: string) =>
      admin.attempt(contracts.saveDraft, { params, body: { content: made as never }, ifMatch });
    await desk.release(
      'db',
      content({ a: secret('a-1'), b: secret('b-1'), c: secret('c-1'), host: plain('x') }),
    );
    const before = await desk.get('db');
    const items = (before.target as { items: Record<string, object> }).items;
    const mine = content({ ...items, b: secret('b-mine'), c: secret('c-mine'), host: plain('y') });
    const { etag } = (await save(mine, before.etag)).body as { etag: string };
    // Meanwhile others change both.
    await desk.release(
      'db',
      content({ a: secret('a-2'), b: secret('b-2'), c: secret('c-1'), host: plain('x') }),
    );
    const refused = await save(mine, etag);
    expect(refused.status).toBe(412);
    const { details } = refused.body as { details: { etag: string; threeWay: { entries: object[] } } };
    const live = { secret: true, value: maskedAsLive };
    expect(details.threeWay.entries).toMatchObject([
      {
        key: 'a',
        base: { value: maskedValue },
        yours: { value: maskedValue },
        theirs: live,
        conflict: false,
      },
      { key: 'b', base: { value: maskedValue }, yours: { value: maskedValue }, theirs: live, conflict: true },
      { key: 'c', base: { value: maskedValue }, theirs: { value: maskedValue }, conflict: false },
      { key: 'host', conflict: false },
    ]);
    // A merge takes theirs of `a`, and one's own of `b`.
    const merged = content({
      a: secret(maskedAsLive),
      b: secret(maskedValue),
      c: secret(maskedValue),
      host: plain('y'),
    });
    const rebased = (await save(merged, details.etag)).body as { etag: string; changedSecrets: string[] };
    expect(rebased.changedSecrets).toEqual(['b', 'c']);
    const shown = async (key: string): Promise<unknown> =>
      (
        await admin.call(contracts.revealItem, {
          params: { ...params, key },
          body: { of: 'draft' },
        })
      ).value;
    expect([await shown('a'), await shown('b'), await shown('c')]).toEqual(['a-2', 'b-mine', 'c-mine']);
    // And back to what is live.
    const reverted = content({
      a: secret(maskedValue),
      b: secret(maskedAsLive),
      c: secret(maskedAsLive),
      host: plain('y'),
    });
    expect((await save(reverted, rebased.etag)).body).toMatchObject({ changedSecrets: [] });
    expect(await shown('b')).toBe('b-2');
  });

  it('are refused where a mask stands for nothing, where they are no text, and where they are forged', async () => {
    const server = await boot();
    const desk = await open(server);
    const { etag } = await desk.get('db');
    const faultsOf = async (items: Record<string, unknown>, tag = etag): Promise<unknown> => {
      const { status, body } = await desk.tryPublish('db', { content: content(items) as never }, tag);
      expect(status).toBe(422);
      return (body as { details: { faults: { path: string }[] } }).details.faults.map((fault) => fault.path);
    };
    expect(await faultsOf({ password: secret(maskedValue) })).toEqual(['content.items.password.value']);
    expect(await faultsOf({ n: { type: 'number', value: 1, secret: true } })).toEqual([
      'content.items.n.secret',
    ]);
    expect(await faultsOf({ a: { ...plain('x'), secret: false } })).toEqual(['content.items.a.secret']);
    expect(await faultsOf({ a: plain('sluice-sealed:1:0011223344556677:x:prod/orders/db/a') })).toEqual([
      'content',
    ]);
    await desk.release('db', content({ password: secret(marker), other: secret('else') }));
    const { etag: now } = await desk.get('db');
    expect(await faultsOf({ password: plain(maskedValue) }, now)).toEqual(['content.items.password.value']);
    expect(await faultsOf({ password: secret(maskedValue), new: secret(maskedValue) }, now)).toEqual([
      'content.items.new.value',
    ]);
    // The schema sees the value, and doesn't tell what is wrong with it.
    const schema = { properties: { password: { type: 'string', const: 'short' } } };
    const refused = await server.admin.attempt(contracts.changeNamespace, {
      params: desk.at('db'),
      body: { schema },
      ifMatch: now,
    });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).not.toContain('short');
  });

  it('do not open where somebody moved them in the database', async () => {
    const server = await boot();
    const desk = await open(server);
    await desk.release('db', content({ password: secret(marker), other: secret('else') }));
    const reads = () =>
      server.app.get(LayersRead, { strict: false }).inForce({ environment: place.env, app: place.app });
    const reveals = async () => {
      const params = { ...desk.at('db'), key: 'other' };
      return (await server.admin.attempt(contracts.revealItem, { params, body: {} })).status;
    };
    expect((await reads()).namespaces).toHaveLength(1);
    const [row] = await readRows<{ content: string }>(server, 'SELECT content FROM release');
    const sealedAt = (key: string) => new RegExp(`"(sluice-sealed:[^"]+/${key})"`);
    const [, password] = sealedAt('password').exec(row!.content)!;
    const moved = row!.content.replace(sealedAt('other'), `"${password}"`);
    await writeRows(server, `UPDATE release SET content = '${moved}'`);
    await expect(reads()).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await reveals()).toBe(409);
    // The same with another address written on it.
    const relabelled = row!.content.replace(
      sealedAt('other'),
      `"${password!.replace(/password$/, 'other')}"`,
    );
    await writeRows(server, `UPDATE release SET content = '${relabelled}'`);
    expect(await reveals()).toBe(409);
    await writeRows(server, `UPDATE release SET content = '${row!.content}'`);
    expect(await reveals()).toBe(200);
  });
});
