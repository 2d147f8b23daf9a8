import { expect, it } from '@jest/globals';
import { contracts, type Grant, type Permission, type Role } from '@sluice/protocol';
import { TokenStore } from '../../apps/server/src/access/token.store.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import type { HttpCaller } from '../support/http-caller.ts';
import { makeApp, readRows } from '../support/rows.ts';

const password = 'a long enough secret';
const dayMs = 86_400_000;
const shop = { environment: 'prod', app: 'shop' };
const everywhere = { environment: '*', app: '*' };

interface Wanted {
  readonly environment?: string;
  readonly app?: string;
  readonly role?: Role;
  readonly only?: Permission[];
  readonly expiresInDays?: number;
}

onEachDatabase('the owner of a token', (boot) => {
  const bootWithApps = async (): Promise<BootedApp> => {
    const app = await boot({ environments: ['prod', 'staging'] });
    for (const name of ['shop', 'stock']) await makeApp(app, name);
    return app;
  };
  const person = async (app: BootedApp, name: string, grants: Grant[]): Promise<HttpCaller> => {
    await app.admin.call(contracts.createUser, { body: { name, password, grants } });
    return app.signIn(name, password);
  };
  const make = (who: HttpCaller, wanted: Wanted = {}) =>
    who.attempt(contracts.createToken, { body: { kind: 'api', name: 'mine', ...shop, ...wanted } });
  const secretOf = (answer: { body: unknown }): string => (answer.body as { secret: string }).secret;
  const idOf = (answer: { body: unknown }): string => (answer.body as { token: { id: string } }).token.id;
  const grantsOf = async (who: HttpCaller) => (await who.call(contracts.whoAmI)).grants;
  const change = async (app: BootedApp, name: string, body: { grants?: Grant[]; disabled?: boolean }) => {
    const { items } = await app.admin.call(contracts.listUsers);
    const user = items.find((each) => each.name === name)!.id;
    await app.admin.call(contracts.changeUser, { params: { user }, body });
  };

  it('is anybody who signs in: for no more than he may himself', async () => {
    const app = await bootWithApps();
    const eda = await person(app, 'eda', [{ role: 'editor', ...shop }]);
    expect((await make(eda, { role: 'editor' })).status).toBe(201);
    expect((await make(eda, { role: 'viewer' })).status).toBe(201);
    expect((await make(eda, { role: 'publisher' })).status).toBe(403);
    expect((await make(eda, { role: 'admin', only: ['config:edit'] })).status).toBe(201);
    expect((await make(eda, { role: 'admin', only: ['config:publish'] })).status).toBe(403);
    expect((await make(eda, { role: 'editor', app: 'stock' })).status).toBe(403);
    expect((await make(eda, { role: 'editor', ...everywhere })).status).toBe(403);
    const client = { kind: 'client' as const, name: 'shop', ...shop };
    expect((await eda.attempt(contracts.createToken, { body: client })).status).toBe(403);
    const { items } = await eda.call(contracts.listTokens);
    expect(items).toHaveLength(3);
    expect(items.every(({ isOwn, owner }) => isOwn && owner?.name === 'eda')).toBe(true);
  });

  it('lets it do what he may, wherever that is, when it names no role', async () => {
    const app = await bootWithApps();
    const grants: Grant[] = [
      { role: 'editor', ...shop },
      { role: 'viewer', environment: 'staging', app: '*' },
    ];
    const eda = await person(app, 'eda', grants);
    const script = app.bearer(secretOf(await make(eda, everywhere)));
    expect(await grantsOf(script)).toMatchObject([
      { ...shop, only: ['config:read', 'config:edit', 'instance:read'] },
      { environment: 'staging', app: '*', only: ['config:read', 'instance:read'] },
    ]);
    const place = { env: 'prod', app: 'shop' };
    const made = { params: place, body: { name: 'limits', kind: 'map' as const } };
    expect((await script.attempt(contracts.createNamespace, made)).status).toBe(201);
    const foreign = { params: { env: 'prod', app: 'stock' } };
    expect((await script.attempt(contracts.listNamespaces, foreign)).status).toBe(404);
    expect((await script.attempt(contracts.listUsers)).status).toBe(403);
    // A token makes no tokens, so that one that was stolen cannot outlive its end.
    expect((await make(script, { role: 'viewer' })).status).toBe(403);
    expect((await make(script, {})).status).toBe(409);
    // It is he as far as ending something goes.
    const { items } = await script.call(contracts.listTokens);
    expect(items.map(({ isOwn }) => isOwn)).toEqual([true]);
    const rotated = await script.attempt(contracts.rotateToken, {
      params: { token: items[0]!.id },
      body: {},
    });
    expect(rotated.status).toBe(409);
    await script.call(contracts.revokeToken, { params: { token: items[0]!.id } });
    expect((await script.attempt(contracts.whoAmI)).status).toBe(401);
  });

  it('is followed by it: roles that he loses or gets, and while he is disabled it rests', async () => {
    const app = await bootWithApps();
    const publisher: Grant = { role: 'publisher', ...shop };
    const paul = await person(app, 'paul', [publisher]);
    const [fixed, free] = [await make(paul, { role: 'publisher' }), await make(paul, everywhere)];
    const scripts = [app.bearer(secretOf(fixed)), app.bearer(secretOf(free))];
    const may = async () => (await Promise.all(scripts.map(grantsOf))).map((grants) => grants.length);
    expect(await may()).toEqual([1, 1]);
    await change(app, 'paul', { grants: [{ role: 'viewer', ...shop }] });
    expect((await grantsOf(scripts[0]!))[0]).toMatchObject({ only: ['config:read', 'instance:read'] });
    await change(app, 'paul', { grants: [{ role: 'admin', environment: 'staging', app: '*' }] });
    // The one that was made for the shop in prod doesn't follow him elsewhere; the one that is he does.
    expect(await may()).toEqual([0, 1]);
    await change(app, 'paul', { disabled: true });
    for (const script of scripts) expect((await script.attempt(contracts.whoAmI)).status).toBe(401);
    const { items } = await app.admin.call(contracts.listTokens);
    expect(items.map(({ owner }) => owner)).toEqual([
      { name: 'paul', disabled: true },
      { name: 'paul', disabled: true },
    ]);
    await change(app, 'paul', { disabled: false, grants: [publisher] });
    expect(await may()).toEqual([1, 1]);
  });

  it('revokes it, and so does who manages tokens there, and nobody else', async () => {
    const app = await bootWithApps();
    const paul = await person(app, 'paul', [{ role: 'publisher', ...shop }]);
    const otto = await person(app, 'otto', [{ role: 'publisher', ...shop }]);
    const local = await person(app, 'lea', [{ role: 'admin', environment: 'prod', app: '*' }]);
    const revoke = async (who: HttpCaller, token: string) =>
      (await who.attempt(contracts.revokeToken, { params: { token } })).status;
    const [one, two, three] = [await make(paul), await make(paul), await make(paul, everywhere)].map(idOf);
    expect(await revoke(otto, one!)).toBe(404);
    expect(await revoke(paul, one!)).toBe(204);
    expect(await revoke(local, two!)).toBe(204);
    expect(await revoke(local, three!)).toBe(404);
    expect(await revoke(app.admin, three!)).toBe(204);
  });

  it('counts for the four eyes, whoever holds the token', async () => {
    const app = await bootWithApps();
    await app.admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { approvals: 1 } });
    const place = { env: 'prod', app: 'shop' };
    await app.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'limits', kind: 'map' },
    });
    const paul = await person(app, 'paul', [{ role: 'publisher', ...shop }]);
    const script = app.bearer(secretOf(await make(paul)));
    const otto = await person(app, 'otto', [{ role: 'publisher', ...shop }]);
    const content = { kind: 'map' as const, items: { a: { type: 'number' as const, value: 1 } } };
    const body = {
      changes: [{ namespace: 'limits', base: 0, content }],
      target: { mode: 'global' as const },
    };
    const { push } = await script.call(contracts.proposePush, { params: place, body }).then((it) => ({
      push: it.id,
    }));
    const params = { ...place, push };
    const { hash } = await paul.call(contracts.getPushPlan, { params });
    const approve = async (who: HttpCaller) =>
      (await who.attempt(contracts.approvePush, { params, body: { plan: hash } })).status;
    expect(await approve(paul)).toBe(409);
    expect(await approve(script)).toBe(409);
    expect(await approve(otto)).toBe(200);
  });
});

onEachDatabase('rotating a token', (boot) => {
  const setUp = async () => {
    const app = await boot();
    await makeApp(app, 'shop');
    const create = (more: object = {}) =>
      app.admin.call(contracts.createToken, {
        body: { kind: 'api', name: 'ci', ...shop, role: 'publisher', ...more } as never,
      });
    const rotate = (token: string, body: object, who = app.admin) =>
      who.attempt(contracts.rotateToken, { params: { token }, body: body as never });
    const works = async (secret: string) =>
      (await app.bearer(secret).attempt(contracts.whoAmI)).status === 200;
    return { app, create, rotate, works };
  };
  const shownOf = (answer: { body: unknown }) =>
    answer.body as { secret: string; token: { expiresAt?: string } };

  it('gives a new secret at once and lets the old one open for so long', async () => {
    const { app, create, rotate, works } = await setUp();
    const { token, secret } = await create();
    expect(await works(secret)).toBe(true);
    await app.app.get(TokenStore, { strict: false }).writeUsage();
    const answer = await rotate(token.id, { overlapMinutes: 60 });
    expect(answer.status).toBe(201);
    const next = shownOf(answer).secret;
    expect(next.split('_').slice(0, 2)).toEqual(secret.split('_').slice(0, 2));
    expect([await works(secret), await works(next)]).toEqual([true, true]);
    await app.app.get(TokenStore, { strict: false }).writeUsage();
    const shown = (await app.admin.call(contracts.listTokens)).items[0]!;
    expect(shown).toMatchObject({ id: token.id, rotatedAt: expect.any(String) });
    expect(shown.lastUsedAt).toBeDefined();
    expect(shown.previous?.lastUsedAt).toBeDefined();
    expect(JSON.stringify(shown)).not.toContain(next.split('_').slice(2).join('_'));
    app.advance(61 * 60_000);
    const later = await app.signIn('admin', 'correct horse battery');
    expect([await works(secret), await works(next)]).toEqual([false, true]);
    expect((await later.call(contracts.listTokens)).items[0]!.previous).toBeUndefined();
    const { items } = await later.call(contracts.listAudit, { query: { action: 'token.rotate' } });
    expect(items).toMatchObject([
      { target: 'ci', detail: { id: token.id, oldSecretUntil: expect.any(String) } },
    ]);
  });

  it('ends the old secret at once when asked to, and the one before it in any case', async () => {
    const { create, rotate, works } = await setUp();
    const { token, secret } = await create();
    const second = shownOf(await rotate(token.id, { overlapMinutes: 600 })).secret;
    const third = shownOf(await rotate(token.id, { overlapMinutes: 600 })).secret;
    expect(await Promise.all([secret, second, third].map(works))).toEqual([false, true, true]);
    const fourth = shownOf(await rotate(token.id, { overlapMinutes: 0 })).secret;
    expect(await Promise.all([third, fourth].map(works))).toEqual([false, true]);
  });

  it('gives it as long a life as it was made for, or another; the old secret lives no longer than before', async () => {
    const { app, create, rotate, works } = await setUp();
    const { token, secret } = await create({ expiresInDays: 10 });
    app.advance(9.5 * dayMs);
    const admin = await app.signIn('admin', 'correct horse battery');
    const renewed = shownOf(await rotate(token.id, { overlapMinutes: 1440 }, admin));
    const nowMs = Date.now() + 9.5 * dayMs;
    expect(Date.parse(renewed.token.expiresAt!) - nowMs).toBeGreaterThan(9.9 * dayMs);
    app.advance(0.6 * dayMs);
    expect([await works(secret), await works(renewed.secret)]).toEqual([false, true]);
    const again = await app.signIn('admin', 'correct horse battery');
    const shorter = shownOf(await rotate(token.id, { expiresInDays: 1 }, again));
    expect(Date.parse(shorter.token.expiresAt!) - Date.parse(renewed.token.expiresAt!)).toBeLessThan(0);
  });

  it('is for who may hold it, and makes him its owner', async () => {
    const { app, create, rotate } = await setUp();
    const { token } = await create({ role: 'admin' });
    await app.admin.call(contracts.createUser, {
      body: { name: 'lea', password, grants: [{ role: 'admin', environment: 'prod', app: '*' }] },
    });
    await app.admin.call(contracts.createUser, {
      body: { name: 'vera', password, grants: [{ role: 'publisher', ...shop }] },
    });
    const [lea, vera] = [await app.signIn('lea', password), await app.signIn('vera', password)];
    expect((await rotate(token.id, {}, vera)).status).toBe(404);
    const wide = await create({ role: 'publisher', environment: '*', app: '*' });
    expect((await rotate(wide.token.id, {}, lea)).status).toBe(404);
    expect((await rotate(token.id, {}, lea)).status).toBe(201);
    const { items } = await lea.call(contracts.listTokens);
    expect(items.find(({ id }) => id === token.id)).toMatchObject({ owner: { name: 'lea' }, isOwn: true });
    expect((await rotate('0123456789abcdef', {})).status).toBe(404);
  });

  it('is for tokens in force, and of two at once one is told', async () => {
    const { app, create, rotate } = await setUp();
    const { token } = await create();
    const both = await Promise.all([1, 2].map(() => rotate(token.id, {})));
    const secrets = both.filter(({ status }) => status === 201);
    for (const { status } of both) expect([201, 409]).toContain(status);
    const rows = await readRows<{ generation: unknown }>(app, 'SELECT generation FROM token');
    expect(Number(rows[0]!.generation)).toBe(1 + secrets.length);
    await app.admin.call(contracts.revokeToken, { params: { token: token.id } });
    expect(await rotate(token.id, {})).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('is found by how its secret begins', async () => {
    const { app, create } = await setUp();
    const { token, secret } = await create();
    await create();
    const found = async (prefix: string) =>
      (await app.admin.call(contracts.listTokens, { query: { prefix } })).items.map(({ id }) => id);
    expect(await found(secret.slice(0, 20))).toEqual([token.id]);
    expect(await found(token.id.slice(0, 12))).toEqual([token.id]);
    expect(await found('sla_')).toHaveLength(2);
    expect(await found('slc_')).toEqual([]);
    // Nobody has to send the secret to find whose it is.
    const whole = await app.admin.attempt(contracts.listTokens, { query: { prefix: secret } });
    expect(whole.status).toBe(400);
  });
});
