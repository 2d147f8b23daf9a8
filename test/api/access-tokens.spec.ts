import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { TokenStore } from '../../apps/server/src/access/token.store.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { makeApp, readRows, writeRows } from '../support/rows.ts';

const dayMs = 86_400_000;
const storeOf = ({ app }: BootedApp): TokenStore => app.get(TokenStore, { strict: false });
const place = { environment: 'prod', app: 'order-api' };

onEachDatabase('tokens', (boot) => {
  const bootWithApps = async (): Promise<BootedApp> => {
    const app = await boot({ environments: ['prod', 'staging'] });
    await makeApp(app, 'order-api');
    await makeApp(app, 'stock');
    return app;
  };
  const create = (app: BootedApp, body: Parameters<typeof bodyOf>[0]) =>
    app.admin.call(contracts.createToken, { body: bodyOf(body) });
  const bodyOf = (body: {
    name?: string;
    environment?: string;
    app?: string;
    role?: 'viewer' | 'admin' | 'publisher';
    expiresInDays?: number;
  }) => {
    const { role, ...rest } = body;
    const common = { name: 'a token', ...place, ...rest };
    return role ? { kind: 'api' as const, role, ...common } : { kind: 'client' as const, ...common };
  };

  it('shows a secret once and stores its hash only', async () => {
    const app = await bootWithApps();
    const { secret, token } = await create(app, { role: 'viewer' });
    expect(secret).toMatch(/^sla_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect((await create(app, {})).secret).toMatch(/^slc_[0-9a-f]{16}_/);
    const part = secret.split('_').slice(2).join('_');
    const stored = ['token', 'audit', 'session'].map((table) => readRows(app, `SELECT * FROM ${table}`));
    expect(JSON.stringify(await Promise.all(stored))).not.toContain(part);
    const listed = await app.admin.call(contracts.listTokens);
    expect(listed.items).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toContain(part);
    expect(token).toMatchObject({ kind: 'api', role: 'viewer', createdBy: 'admin', ...place });
  });

  it('lets an API token do what its role may where it is for, and hides the rest', async () => {
    const app = await bootWithApps();
    const viewer = app.bearer((await create(app, { role: 'viewer' })).secret);
    expect(await viewer.call(contracts.whoAmI)).toMatchObject({
      kind: 'token',
      grants: [{ role: 'viewer', ...place }],
    });
    expect(await viewer.attempt(contracts.listUsers)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await viewer.call(contracts.listTokens)).toEqual({ items: [] });
    expect(await viewer.attempt(contracts.listAudit)).toMatchObject({ status: 403 });
  });

  it('refuses a wrong secret, a wrong kind, an unknown id and anything else', async () => {
    const app = await bootWithApps();
    const { secret } = await create(app, { role: 'admin', environment: '*', app: '*' });
    const [, id, part] = /^sla_([^_]+)_(.+)$/.exec(secret)!;
    const wrong = [
      `sla_${id}_${'A'.repeat(43)}`,
      `slc_${id}_${part}`,
      `sla_${'0'.repeat(16)}_${part}`,
      secret.slice(0, -1),
      `${secret}A`,
      secret.toUpperCase(),
      'sla_',
      'x'.repeat(4000),
      "' OR 1=1 --",
    ];
    for (const text of wrong)
      expect(await app.bearer(text).attempt(contracts.whoAmI)).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
    expect(await app.bearer(secret).attempt(contracts.whoAmI)).toMatchObject({ status: 200 });
  });

  it('ends by expiry, also for those who were let in before', async () => {
    const app = await bootWithApps();
    const { secret, token } = await create(app, { expiresInDays: 1 });
    const store = storeOf(app);
    const shown = await store.verify(secret, 'client');
    expect(shown).toMatchObject({ token: { id: token.id, ...place } });
    expect(await store.revokedAmong([shown!.credential])).toEqual([]);
    app.advance(dayMs - 60_000);
    expect(await store.verify(secret, 'client')).toBeDefined();
    app.advance(61_000);
    expect(await store.verify(secret, 'client')).toBeUndefined();
    expect(await store.revokedAmong([shown!.credential])).toEqual([shown!.credential]);
  });

  it('ends by revocation: at once here, within 5 s on another node', async () => {
    const app = await bootWithApps();
    const { secret, token } = await create(app, {});
    const other = await create(app, {});
    const store = storeOf(app);
    expect(await store.verify(secret, 'client')).toBeDefined();
    expect(await store.verify(other.secret, 'client')).toBeDefined();
    await app.admin.call(contracts.revokeToken, { params: { token: token.id } });
    expect(await store.verify(secret, 'client')).toBeUndefined();
    // What another node does to this one's memory: nothing; it must look again.
    await writeRows(app, `UPDATE token SET revoked_at = 1 WHERE id = '${other.token.id}'`);
    app.advance(5000);
    expect(await store.verify(other.secret, 'client')).toBeUndefined();
    const credentials = [`${token.id}.1`, `${other.token.id}.1`, 'unknown.1'];
    expect(await store.revokedAmong(credentials)).toEqual(credentials);
    expect(await app.admin.attempt(contracts.revokeToken, { params: { token: token.id } })).toMatchObject({
      status: 204,
    });
    const { items } = await app.admin.call(contracts.listAudit, { query: { action: 'token.revoke' } });
    expect(items).toHaveLength(1);
  });

  it('keeps a client in that was known when the database went away', async () => {
    const app = await bootWithApps();
    const { secret } = await create(app, {});
    const store = storeOf(app);
    await store.verify(secret, 'client');
    await app.app.close();
    app.advance(10_000);
    expect(await store.verify(secret, 'client')).toMatchObject({ token: place });
    app.advance(16 * 60_000);
    await expect(store.verify(secret, 'client')).rejects.toThrow();
  });

  it('notes when a token was last used', async () => {
    const app = await bootWithApps();
    const { secret } = await create(app, { role: 'viewer' });
    const before = (await app.admin.call(contracts.listTokens)).items[0]!;
    expect(before.lastUsedAt).toBeUndefined();
    await app.bearer(secret).call(contracts.whoAmI);
    await storeOf(app).writeUsage();
    expect((await app.admin.call(contracts.listTokens)).items[0]!.lastUsedAt).toBeDefined();
  });

  it('is made for places that exist', async () => {
    const app = await bootWithApps();
    const attempt = (body: object) =>
      app.admin.attempt(contracts.createToken, { body: { kind: 'client', name: 'x', ...place, ...body } });
    expect(await attempt({ environment: 'nowhere' })).toMatchObject({ status: 404 });
    expect(await attempt({ app: 'nothing' })).toMatchObject({ status: 404 });
    expect(await attempt({ app: '*' })).toMatchObject({ status: 422 });
    expect(await attempt({ name: 'a\u0000b' })).toMatchObject({ status: 422 });
    expect(await attempt({ role: 'admin' })).toMatchObject({ status: 422 });
  });

  it('is managed by those who administer its place, and by nobody for more than he has', async () => {
    const app = await bootWithApps();
    const local = app.bearer((await create(app, { role: 'admin', app: '*' })).secret);
    const foreign = (await create(app, { environment: 'staging' })).token;
    const wanted = (body: Parameters<typeof bodyOf>[0]) =>
      local.attempt(contracts.createToken, { body: bodyOf(body) }).then(({ status }) => status);
    expect(await wanted({})).toBe(201);
    expect(await wanted({ role: 'admin' })).toBe(201);
    expect(await wanted({ role: 'admin', app: '*' })).toBe(201);
    expect(await wanted({ role: 'viewer', environment: 'staging' })).toBe(404);
    expect(await wanted({ environment: 'staging' })).toBe(404);
    expect(await wanted({ role: 'viewer', environment: '*' })).toBe(403);
    expect(await wanted({ role: 'admin', environment: '*', app: '*' })).toBe(403);
    const seen = (await local.call(contracts.listTokens)).items;
    expect(seen).toHaveLength(4);
    expect(seen.every(({ environment }) => environment === 'prod')).toBe(true);
    expect(await local.call(contracts.listTokens, { query: { environment: 'staging' } })).toEqual({
      items: [],
    });
    expect(await local.attempt(contracts.revokeToken, { params: { token: foreign.id } })).toMatchObject({
      status: 404,
    });
    expect(await local.attempt(contracts.revokeToken, { params: { token: 'no-such' } })).toMatchObject({
      status: 404,
    });
    expect(await storeOf(app).revokedAmong([`${foreign.id}.1`])).toEqual([]);
  });
});
