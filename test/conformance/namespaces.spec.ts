import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { ReleasesRead } from '../../apps/server/src/releases/releases.read.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';

const params = { env: 'prod', app: 'orders' };

async function begin(server: BootedApp): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  return new ConfigDesk(server.admin, 'prod', 'orders');
}

onEachDatabase('namespaces', (boot) => {
  it('are created empty, once, even by two at the same time', async () => {
    const server = await boot();
    const desk = await begin(server);
    const body = { name: 'limits', kind: 'map' as const };
    const both = await Promise.all(
      [1, 2].map(() => server.admin.attempt(contracts.createNamespace, { params, body })),
    );
    expect(both.map((a) => a.status).sort()).toEqual([201, 409]);
    expect(await desk.get('limits')).toMatchObject({
      revision: 0,
      etag: '"0"',
      itemCount: 0,
      hasDraft: false,
      schema: null,
    });
    expect((await desk.get('limits')).target).toBeUndefined();
  });

  it('of an app or an environment that is not there are not found', async () => {
    const server = await boot();
    await begin(server);
    for (const [env, app, ns] of [
      ['prod', 'orders', 'none'],
      ['prod', 'nobody', 'none'],
      ['nowhere', 'orders', 'none'],
    ] as const) {
      const answer = await server.admin.attempt(contracts.getNamespace, { params: { env, app, ns } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
      const list = await server.admin.attempt(contracts.listHistory, { params: { env, app, ns } });
      expect(list.status).toBe(404);
    }
    const made = await server.admin.attempt(contracts.createNamespace, {
      params: { env: 'prod', app: 'nobody' },
      body: { name: 'x', kind: 'map' },
    });
    expect(made.status).toBe(404);
  });

  it.each(['../x', '__proto__', 'constructor', '.', '', 'a/b', 'a'.repeat(129)])(
    'are not called %j',
    async (name) => {
      const server = await boot();
      await begin(server);
      const answer = await server.admin.attempt(contracts.createNamespace, {
        params,
        body: { name, kind: 'map' },
      });
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'invalid', details: { faults: [{ path: 'name' }] } },
      });
    },
  );

  it('answer no strange text with a 500', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.create('limits');
    const nul = 'a\u0000b';
    const answers = [
      await server.admin.attempt(contracts.createNamespace, {
        params,
        body: { name: 'x', kind: 'map', description: nul },
      }),
      await desk.tryPublish('limits', { content: map({ a: 1 }), message: nul }, '"0"'),
      await server.admin.attempt(contracts.createApp, { body: { name: 'y', title: nul } }),
      await server.admin.attempt(contracts.listHistory, {
        params: desk.at('limits'),
        query: { before: '9007199254740991' },
      }),
      await server.admin.attempt(contracts.getRelease, {
        params: { ...desk.at('limits'), number: '2147483648' },
      }),
      await server.admin.attempt(contracts.getRelease, {
        params: { ...desk.at('limits'), number: '2147483647' },
      }),
      await server.admin.attempt(contracts.diff, {
        params: desk.at('limits'),
        query: { from: '999999999', to: 'live' },
      }),
      await desk.rollback('limits', '"0"', Number.MAX_SAFE_INTEGER),
      await desk.tryPublish('limits', { content: map({ a: 1 }) }, '"9999999999999999"'),
      await server.admin.attempt(contracts.saveDraft, {
        params: desk.at('limits'),
        body: { content: map({ a: 1 }) },
        ifMatch: '"0.999999999"',
      }),
      await server.admin.attempt(contracts.listChanges, {
        params: { env: 'prod' },
        query: { before: '9007199254740991' },
      }),
    ];
    for (const answer of answers) expect(answer.status).toBeLessThan(500);
    const odd = await desk.publish(
      'limits',
      {
        content: map({ 'a-b.c': 'nul \u0000, lone \ud800, emoji 😀' }),
        message: '改超时 😀',
      },
      '"0"',
    );
    expect(odd.release.number).toBe(1);
    expect((await desk.get('limits')).target).toEqual(map({ 'a-b.c': 'nul \u0000, lone \ud800, emoji 😀' }));
  });

  it('are listed with what is live, and say who has a draft', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.create('b-doc', { kind: 'document', format: 'yaml', description: 'd' });
    await desk.create('a-map');
    await desk.release('a-map', map({ x: 1, y: 2 }), 'first');
    await server.admin.call(contracts.saveDraft, {
      params: desk.at('b-doc'),
      body: { content: { kind: 'document', format: 'yaml', text: 'a: 1' } },
      ifMatch: '"0"',
    });
    const { items } = await server.admin.call(contracts.listNamespaces, { params });
    expect(items).toMatchObject([
      {
        name: 'a-map',
        kind: 'map',
        itemCount: 2,
        revision: 1,
        live: { number: 1, message: 'first' },
        hasDraft: false,
      },
      { name: 'b-doc', kind: 'document', format: 'yaml', description: 'd', revision: 0, hasDraft: true },
    ]);
  });

  it('show their history page by page, any release, and any difference', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.create('limits');
    for (const value of [1, 2, 3, 4, 5]) await desk.release('limits', map({ value }), `to ${value}`);
    const at = desk.at('limits');
    const first = await server.admin.call(contracts.listHistory, { params: at, query: { limit: '2' } });
    expect(first).toMatchObject({ items: [{ number: 5 }, { number: 4 }], next: 4 });
    const last = await server.admin.call(contracts.listHistory, {
      params: at,
      query: { limit: '5', before: '4' },
    });
    expect(last.items.map((r) => r.message)).toEqual(['to 3', 'to 2', 'to 1']);
    expect(last.next).toBeUndefined();
    const second = await server.admin.call(contracts.getRelease, { params: { ...at, number: '2' } });
    expect(second).toMatchObject({ number: 2, content: map({ value: 2 }) });
    const diff = async (from: string, to: string) =>
      (await server.admin.call(contracts.diff, { params: at, query: { from, to } })).diff;
    expect(await diff('2', 'live')).toMatchObject({
      changes: [{ key: 'value', before: { value: 2 }, after: { value: 5 } }],
    });
    expect(await diff('empty', '1')).toMatchObject({ changes: [{ key: 'value', change: 'added' }] });
    expect(await diff('live', '5')).toEqual({ of: 'items', changes: [] });
    const none = await server.admin.attempt(contracts.diff, { params: at });
    expect(none.status).toBe(404);
    const body = { content: map({ value: 6 }) };
    await server.admin.call(contracts.saveDraft, {
      params: at,
      body,
      ifMatch: (await desk.get('limits')).etag,
    });
    expect(await diff('live', 'draft')).toMatchObject({ changes: [{ key: 'value', change: 'changed' }] });
  });

  it('show changes only of apps that one may read, in whole revisions', async () => {
    const server = await boot();
    const desk = await begin(server);
    await server.admin.call(contracts.createApp, { body: { name: 'secret' } });
    const secret = new ConfigDesk(server.admin, 'prod', 'secret');
    for (const place of [desk, secret]) {
      await place.create('limits');
      for (const value of [1, 2]) await place.release('limits', map({ value }));
    }
    const password = 'a long enough secret';
    const grants = [{ role: 'viewer' as const, environment: 'prod', app: 'orders' }];
    await server.admin.call(contracts.createUser, { body: { name: 'vera', password, grants } });
    const vera = await server.signIn('vera', password);
    const env = { env: 'prod' };
    const hers = await vera.call(contracts.listChanges, { params: env });
    expect(hers.items.map((c) => [c.app, c.revision])).toEqual([
      ['orders', 2],
      ['orders', 1],
    ]);
    const hidden = await vera.attempt(contracts.listChanges, { params: env, query: { app: 'secret' } });
    expect(hidden.status).toBe(404);
    const page = await server.admin.call(contracts.listChanges, { params: env, query: { limit: '3' } });
    expect(page.items.map((c) => c.revision)).toEqual([4, 3, 2]);
    const rest = await server.admin.call(contracts.listChanges, {
      params: env,
      query: { limit: '3', before: '2' },
    });
    expect(rest.items.map((c) => c.revision)).toEqual([1]);
    expect(rest.next).toBeUndefined();
    const revisions = async (query: { kind?: 'publish' | 'rollback'; actor?: string }): Promise<number[]> =>
      (await server.admin.call(contracts.listChanges, { params: env, query })).items.map((c) => c.revision);
    const { actor } = page.items[0]!;
    expect(await revisions({ kind: 'publish', actor })).toEqual([4, 3, 2, 1]);
    expect(await revisions({ kind: 'rollback' })).toEqual([]);
    expect(await revisions({ actor: 'nobody-here' })).toEqual([]);
  });

  it('are read with their revision in one piece, whatever is published meanwhile', async () => {
    const server = await boot();
    const desk = await begin(server);
    for (const name of ['x', 'y']) await desk.create(name);
    const read = server.app.get(ReleasesRead, { strict: false });
    let isDone = false;
    const publishes = (async () => {
      for (let value = 1; value <= 15; value++)
        await desk.publish(
          value % 2 ? 'x' : 'y',
          { content: map({ value }) },
          value < 3 ? '"0"' : `"${value - 2}"`,
        );
      isDone = true;
    })();
    let reads = 0;
    while (!isDone) {
      const live = await read.liveOf('prod', 'orders');
      const newest = Math.max(0, ...live.namespaces.map((n) => n.revision));
      expect(live.revision).toBe(newest);
      reads++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await publishes;
    expect(reads).toBeGreaterThan(10);
    const live = await read.liveOf('prod', 'orders');
    expect(live).toMatchObject({
      revision: 15,
      epoch: expect.any(Number),
      namespaces: [{ name: 'x', release: 8 }, { name: 'y' }],
    });
    const { namespaceId, digest } = live.namespaces[0]!;
    expect((await read.releaseByDigest(namespaceId, digest))?.number).toBe(8);
    expect(await read.releaseByDigest(namespaceId, '0'.repeat(64))).toBeUndefined();
    expect(await read.releaseContent(namespaceId, 8)).toEqual(map({ value: 15 }));
    await expect(read.liveOf('nowhere', 'orders')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leave a row in the audit for each thing done', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.create('limits');
    const { etag } = await desk.release('limits', map({ a: 1 }), 'why not');
    const at = desk.at('limits');
    await server.admin.call(contracts.changeNamespace, {
      params: at,
      body: { description: 'd' },
      ifMatch: etag,
    });
    await server.admin.call(contracts.saveDraft, {
      params: at,
      body: { content: map({ a: 2 }) },
      ifMatch: etag,
    });
    await desk.rollback('limits', etag, 1);
    await server.admin.call(contracts.discardDraft, { params: at });
    await server.admin.call(contracts.deleteNamespace, { params: at, ifMatch: etag });
    const { items } = await server.admin.call(contracts.listAudit, { query: { app: 'orders' } });
    expect(items.map((entry) => entry.action).reverse()).toEqual([
      'app.create',
      'namespace.create',
      'release.publish',
      'namespace.change',
      'draft.save',
      'draft.discard',
      'namespace.delete',
    ]);
    expect(items.find((e) => e.action === 'release.publish')).toMatchObject({
      target: 'limits',
      revision: 1,
      detail: { release: 1, message: 'why not' },
    });
  });
});
