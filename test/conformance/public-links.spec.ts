import { expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { Targets } from '../../apps/server/src/fleet/targets.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import type { HttpCaller } from '../support/http-caller.ts';
import { until } from '../support/until.ts';

const password = 'a long password 123';
const link = { app: 'platform', namespace: 'common' };
const content = (items: Record<string, unknown>): Content => ({ kind: 'map', items }) as Content;
const number = (value: number) => ({ type: 'number', value });

interface World {
  readonly server: BootedApp;
  readonly platform: ConfigDesk;
  readonly orders: ConfigDesk;
}

async function begin(server: BootedApp): Promise<World> {
  for (const name of ['platform', 'orders']) await server.admin.call(contracts.createApp, { body: { name } });
  const platform = new ConfigDesk(server.admin, 'prod', 'platform');
  const orders = new ConfigDesk(server.admin, 'prod', 'orders');
  await platform.create('common', { public: true });
  await platform.release('common', map({ timeoutMs: 100, retries: 1 }));
  await orders.create('net', { link });
  return { server, platform, orders };
}

async function personOf(
  { server }: World,
  name: string,
  grants: { role: 'editor' | 'publisher'; app: string }[],
): Promise<HttpCaller> {
  const body = { name, password, grants: grants.map((grant) => ({ environment: 'prod', ...grant })) };
  await server.admin.call(contracts.createUser, { body });
  return server.signIn(name, password);
}

/** What any instance of an app must hold of a namespace, as soon as the server has read this revision. */
async function effective({ server }: World, app: string, name: string, revision: number): Promise<unknown> {
  const targets = server.app.get(Targets, { strict: false });
  const target = await until('the server has read it', async () => {
    const now = await targets.get({ environment: 'prod', app });
    return now.revision >= revision && now;
  });
  const view = target.viewFor({ instanceId: 'any', labels: {} });
  return (view.namespaces.get(name)?.content() as { items?: unknown } | undefined)?.items;
}

onEachDatabase('public namespaces', (boot) => {
  it('lie under what links them, whichever of the two is released', async () => {
    const world = await begin(await boot());
    const { platform, orders } = world;
    expect(await effective(world, 'orders', 'net', 1)).toBeUndefined();
    const first = await orders.release('net', content({ timeoutMs: number(250) }));
    expect(await effective(world, 'orders', 'net', first.release.revision)).toEqual({
      timeoutMs: number(250),
      retries: number(1),
    });
    const next = await platform.release('common', map({ timeoutMs: 1, retries: 2, size: 3 }));
    expect(await effective(world, 'orders', 'net', next.release.revision)).toEqual({
      timeoutMs: number(250),
      retries: number(2),
      size: number(3),
    });
    const away = await orders.release('net', content({ size: { removed: true } }));
    expect(await effective(world, 'orders', 'net', away.release.revision)).toEqual({
      timeoutMs: number(1),
      retries: number(2),
    });
    expect(await orders.get('net')).toMatchObject({
      link,
      linkers: 0,
      inherited: {
        content: map({ timeoutMs: 1, retries: 2, size: 3 }),
        chain: [{ ...link, release: 2, keys: ['retries', 'size', 'timeoutMs'] }],
      },
    });
    const listed = await world.server.admin.call(contracts.listLinkers, { params: platform.at('common') });
    expect(listed).toEqual({
      total: 1,
      items: [{ app: 'orders', namespace: 'net', depth: 1, live: true, overrides: 1 }],
    });
  });

  it('are seen by who may read their home, and nobody learns more of who links them', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    await orders.release('net', content({}));
    const olga = await personOf(world, 'olga', [{ role: 'editor', app: 'orders' }]);
    const paul = await personOf(world, 'paul', [{ role: 'publisher', app: 'platform' }]);
    const open = await olga.call(contracts.listPublicNamespaces, { params: { env: 'prod' } });
    expect(open.items).toEqual([]);
    const asked = {
      params: { env: 'prod', app: 'orders' },
      body: { name: 'more', kind: 'map' as const, link },
    };
    expect(await olga.attempt(contracts.createNamespace, asked)).toMatchObject({ status: 404 });
    const none = { ...asked, body: { ...asked.body, link: { ...link, namespace: 'none' } } };
    expect(await olga.attempt(contracts.createNamespace, none)).toMatchObject({ status: 404 });
    const linkers = await paul.call(contracts.listLinkers, { params: platform.at('common') });
    expect(linkers).toEqual({ total: 1, items: [] });
    const closed = await paul.attempt(contracts.changeNamespace, {
      params: platform.at('common'),
      ifMatch: (await platform.get('common')).etag,
      body: { public: false },
    });
    expect(closed).toMatchObject({ status: 409, body: { details: { total: 1, linkers: [] } } });
    expect(JSON.stringify(closed.body)).toContain('1 of other apps');
    const changes = [{ namespace: 'common', base: 1, changes: { set: { retries: number(5) } } as never }];
    const at = { params: { env: 'prod', app: 'platform' } };
    const preview = (who: HttpCaller) =>
      who.call(contracts.previewPush, { ...at, body: { changes, target: { mode: 'global' } } });
    await server.admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'orders', environment: 'prod', app: 'orders' },
    });
    expect((await preview(paul)).hash).toBe((await preview(server.admin)).hash);
    const body = { changes, target: { mode: 'global' as const }, plan: (await preview(paul)).hash };
    const push = await paul.call(contracts.startPush, { ...at, body });
    const told = await paul.call(contracts.getPush, { params: { ...at.params, push: push.id } });
    expect(told.linked).toMatchObject({ apps: 1, pushes: [] });
    const known = await server.admin.call(contracts.getPush, { params: { ...at.params, push: push.id } });
    expect(known.linked!.pushes).toMatchObject([{ app: 'orders', namespaces: ['net'] }]);
  });

  it('hold still while publishes are frozen for an app that links them', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    await orders.release('net', content({}));
    await server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { app: 'orders', freezePublishes: true, monitorOnly: false, endFaults: false, reason: 'night' },
    });
    const { etag, revision } = await platform.get('common');
    const answer = await platform.tryPublish('common', { content: map({ retries: 9 }) } as never, etag);
    expect(answer).toMatchObject({ status: 409, body: { code: 'frozen' } });
    expect((await platform.get('common')).revision).toBe(revision);
  });

  it('give their schema to what lies over them, for both together', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    const schema = { type: 'object', required: ['timeoutMs'], properties: { retries: { maximum: 3 } } };
    await server.admin.call(contracts.changeNamespace, {
      params: platform.at('common'),
      ifMatch: (await platform.get('common')).etag,
      body: { schema },
    });
    expect((await orders.get('net')).schema).toEqual(schema);
    for (const items of [{ retries: number(9) }, { timeoutMs: { removed: true } }]) {
      const body = { content: content(items) } as never;
      expect(await orders.tryPublish('net', body, '"0"')).toMatchObject({
        status: 422,
        body: { code: 'schema_violation' },
      });
      const draft = { params: orders.at('net'), ifMatch: '"0"', body };
      expect(await server.admin.attempt(contracts.saveDraft, draft)).toMatchObject({ status: 422 });
    }
    expect(
      await orders.tryPublish('net', { content: content({ retries: number(3) }) } as never, '"0"'),
    ).toMatchObject({ status: 201 });
  });

  it('say by name, before and after a release, who does not fit the schema with what he lays over it', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    const { admin } = server;
    const at = platform.at('common');
    const params = { env: 'prod', app: 'platform' };
    await orders.release('net', content({ retries: number(4) }));
    const capped = async (maximum: number) =>
      admin.attempt(contracts.changeNamespace, {
        params: at,
        ifMatch: (await platform.get('common')).etag,
        body: { schema: { properties: { retries: { maximum }, timeoutMs: { maximum: 200 } } } },
      });
    const closed = await capped(3);
    expect([closed.status, JSON.stringify(closed.body)]).toEqual([
      409,
      expect.stringContaining('orders/net'),
    ]);
    expect((await platform.get('common')).schema).toBeNull();
    // Together they must stay small: neither knows of the other's share alone.
    const schema = { properties: { retries: { maximum: 5 } }, maxProperties: 3 };
    const body = { schema };
    await admin.call(contracts.changeNamespace, {
      params: at,
      ifMatch: (await platform.get('common')).etag,
      body,
    });
    await orders.release('net', content({ retries: number(4), size: number(1) }));
    const more = { timeoutMs: 100, retries: 1, extra: 1 };
    const named = /^orders\/net links it, and .* does not fit the schema: .*3/;
    const warned = { en: expect.stringMatching(named), zh: expect.stringContaining('orders/net') };
    const asked = async (values: Record<string, number>) => ({
      changes: [
        {
          namespace: 'common',
          base: (await platform.get('common')).revision,
          content: map(values) as never,
        },
      ],
      target: { mode: 'global' as const },
    });
    const warningsOf = async (caller: HttpCaller, values: Record<string, number>) =>
      (await caller.call(contracts.previewPush, { params, body: await asked(values) })).warnings;
    expect(await warningsOf(admin, more)).toContainEqual({ ...warned, app: 'orders' });
    expect(await warningsOf(admin, { timeoutMs: 100, retries: 2 })).not.toContainEqual(
      expect.objectContaining({ app: 'orders' }),
    );
    // Who may not see that app learns that there is one.
    const vera = await personOf(world, 'vera', [{ role: 'publisher', app: 'platform' }]);
    const told = JSON.stringify(await warningsOf(vera, more));
    expect(told).toContain('an app that you may not see');
    expect(told).not.toContain('orders');
    const released = await platform.release('common', map(more));
    expect(released.warnings).toEqual([warned]);
    const { etag } = await platform.get('common');
    const back = await platform.rollback('common', etag, 1);
    expect(back.status).toBe(201);
    expect((back.body as { warnings?: unknown }).warnings).toBeUndefined();
    const again = await platform.as(vera).release('common', map(more));
    expect(JSON.stringify(again.warnings)).not.toContain('orders');
    expect(again.warnings).toHaveLength(1);
    // The plan of going there again by a rollback says so, too.
    await platform.rollback('common', (await platform.get('common')).etag, 1);
    const { plan } = await admin.call(contracts.previewRollback, { params: at, body: { to: 2 } });
    expect(plan.warnings).toContainEqual({ ...warned, app: 'orders' });
    // And who links it can't release what doesn't fit, as ever.
    const overfull = await orders.tryPublish(
      'net',
      { content: content({ retries: number(4), size: number(1), extra: number(2) }) as never },
      (await orders.get('net')).etag,
    );
    expect(overfull.status).toBe(422);
    // Nor go back to it: the preview, the rollback and the undoing of a push say the same.
    const empty = await orders.release('net', content({}));
    await platform.release('common', map(more));
    const ofNet = { params: orders.at('net'), body: {} };
    const undo = { params: { env: 'prod', app: 'orders', push: empty.push.id }, body: { message: '' } };
    for (const refused of [
      await admin.attempt(contracts.previewRollback, ofNet),
      await orders.rollback('net', (await orders.get('net')).etag),
      await admin.attempt(contracts.rollbackPush, undo),
    ])
      expect(refused).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
  });

  it('demand it of what lies over them before anything is live there', async () => {
    const world = await begin(await boot());
    const { platform, orders } = world;
    await platform.create('later', { public: true, schema: { maxProperties: 2 } });
    await orders.create('over', { link: { app: 'platform', namespace: 'later' } });
    expect((await orders.get('over')).schema).toEqual({ maxProperties: 2 });
    const full = content({ a: number(1), b: number(2), c: number(3) });
    expect(await orders.tryPublish('over', { content: full } as never, '"0"')).toMatchObject({
      status: 422,
      body: { code: 'schema_violation' },
    });
    await orders.release('over', content({ a: number(1), b: number(2) }));
    const first = await platform.release('later', content({ c: number(3) }));
    expect(first.warnings).toEqual([
      expect.objectContaining({ en: expect.stringContaining('orders/over links it') }),
    ]);
  });

  it('show their secrets to nobody by way of a link, but instances get them', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    await platform.release(
      'common',
      content({ password: { type: 'string', value: 'hunter2', secret: true }, retries: number(1) }),
    );
    const first = await orders.release('net', content({}));
    const detail = await orders.get('net');
    expect(JSON.stringify(detail)).not.toContain('hunter2');
    expect(JSON.stringify(detail.inherited)).toContain('••••••');
    const revealed = await server.admin.attempt(contracts.revealItem, {
      params: { ...orders.at('net'), key: 'password' },
      body: { of: 'live' },
    });
    expect(revealed.status).toBe(404);
    const targets = server.app.get(Targets, { strict: false });
    await effective(world, 'orders', 'net', first.release.revision);
    const target = await targets.get({ environment: 'prod', app: 'orders' });
    const wire = target.viewFor({ instanceId: 'any', labels: {} }).namespaces.get('net')!.wire(0);
    expect(wire.layers.map(({ from, body }) => [from, body?.includes('hunter2')])).toEqual([
      [link, true],
      [undefined, false],
    ]);
    const exported = await server.admin.call(contracts.exportApp, {
      params: { env: 'prod', app: 'orders' },
      query: { secrets: 'reveal' },
    });
    expect(JSON.stringify(exported)).not.toContain('hunter2');
    // An override of the secret that would be taken back for some only would copy it.
    const over = await orders.release(
      'net',
      content({ password: { type: 'string', value: 'own', secret: true } }),
    );
    await server.admin.call(contracts.saveDraft, {
      params: orders.at('net'),
      ifMatch: over.etag,
      body: { content: content({}) } as never,
    });
    const gray = await server.admin.attempt(contracts.startPush, {
      params: { env: 'prod', app: 'orders' },
      body: {
        changes: [{ namespace: 'net', base: over.release.revision, draft: true }],
        target: { mode: 'single', instanceId: 'any' },
      },
    });
    expect([gray.status, JSON.stringify(gray.body)]).toEqual([409, expect.stringContaining('password')]);
  });

  it('are exported and imported with their links, and a link in use stays what it is', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    await orders.release('net', content({ size: { removed: true } }));
    const [home, linking] = await Promise.all(
      [platform, orders].map(({ app }) =>
        server.admin.call(contracts.exportApp, { params: { env: 'prod', app } }),
      ),
    );
    expect(home!.namespaces).toMatchObject([{ name: 'common', public: true }]);
    expect(linking!.namespaces).toMatchObject([
      { name: 'net', link, content: { items: { size: { removed: true } } } },
    ]);
    await server.admin.call(contracts.createEnvironment, { body: { name: 'staging' } });
    for (const { app, namespaces } of [home!, linking!])
      await server.admin.call(contracts.importApp, {
        params: { env: 'staging', app },
        body: { namespaces, message: 'as in prod' },
      });
    const there = new ConfigDesk(server.admin, 'staging', 'orders');
    expect(await there.get('net')).toMatchObject({ link, inherited: { chain: [{ ...link, release: 1 }] } });
    await platform.create('other', { public: true });
    const params = { env: 'prod', app: 'orders' };
    const file = { ...linking!.namespaces[0]!, link: { ...link, namespace: 'other' } };
    const moved = await server.admin.attempt(contracts.importApp, { params, body: { namespaces: [file] } });
    expect(moved).toMatchObject({
      status: 422,
      body: { details: { faults: [{ path: 'namespaces.0.link' }] } },
    });
    const change = await server.admin.attempt(contracts.changeNamespace, {
      params: orders.at('net'),
      ifMatch: (await orders.get('net')).etag,
      body: { link: null },
    });
    expect(change).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('can be closed once nobody links them, and what linked them does not come back then', async () => {
    const world = await begin(await boot());
    const { server, platform, orders } = world;
    await orders.release('net', content({ retries: number(5) }));
    const { etag } = await orders.get('net');
    await server.admin.call(contracts.deleteNamespace, { params: orders.at('net'), ifMatch: etag });
    await server.admin.call(contracts.changeNamespace, {
      params: platform.at('common'),
      ifMatch: (await platform.get('common')).etag,
      body: { public: false },
    });
    const history = await server.admin.call(contracts.listHistory, { params: orders.at('net') });
    const answer = await orders.rollback('net', `"${history.items[0]!.revision}"`, 1);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      409,
      expect.stringContaining('not public any more'),
    ]);
  });

  it('are linked by exactly one of two who would make a circle at once', async () => {
    const world = await begin(await boot());
    const { server } = world;
    for (const name of ['left', 'right']) {
      await server.admin.call(contracts.createApp, { body: { name } });
      await new ConfigDesk(server.admin, 'prod', name).create('n', { public: true });
    }
    const to = (app: string, other: string) =>
      server.admin.attempt(contracts.changeNamespace, {
        params: { env: 'prod', app, ns: 'n' },
        ifMatch: '"0"',
        body: { link: { app: other, namespace: 'n' } },
      });
    const both = await Promise.all([to('left', 'right'), to('right', 'left')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
  });
});
