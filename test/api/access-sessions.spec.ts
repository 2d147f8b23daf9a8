import { expect, it } from '@jest/globals';
import { contracts, type Grant } from '@sluice/protocol';
import { SignInLimits } from '../../apps/server/src/access/sign-in-limits.ts';
import { adminName, adminPassword, type BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { holderOf } from '../support/holder-of.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { readRows } from '../support/rows.ts';

const right = { userName: adminName, password: adminPassword };
const password = 'a long enough secret';
const minuteMs = 60_000;

onEachDatabase('sessions', (boot) => {
  const signInWith = async (app: BootedApp, userAgent: string, body = right): Promise<HttpCaller> => {
    const browser = new HttpCaller(app.url, { ...app.anonymous.headers, 'user-agent': userAgent });
    return holderOf(app.url, await browser.attempt(contracts.signIn, { body }));
  };
  const withUser = (app: BootedApp, name: string, grants: Grant[] = []) =>
    app.admin.call(contracts.createUser, { body: { name, password, grants } });
  const status = async (caller: HttpCaller): Promise<number> =>
    (await caller.attempt(contracts.whoAmI)).status;

  it('are listed with their browser, address, last use and end, to their owner', async () => {
    const app = await boot();
    await withUser(app, 'bob');
    await signInWith(app, 'Bobs browser', { userName: 'bob', password });
    await signInWith(app, 'Firefox/140.0 \u00e9');
    app.advance(2 * minuteMs);
    const { items } = await app.admin.call(contracts.listOwnSessions);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ isThis: true, remoteAddress: '127.0.0.1' });
    expect(items[1]).toMatchObject({ isThis: false, userAgent: 'Firefox/140.0 \u00e9' });
    const { createdAt, endsAt, lastSeenAt } = items[0]!;
    expect(Date.parse(endsAt) - Date.parse(createdAt)).toBe(12 * 60 * minuteMs);
    expect(Date.parse(lastSeenAt)).toBeGreaterThan(Date.parse(createdAt));
    const cookie = String(app.admin.headers.cookie).split('=')[1];
    expect(JSON.stringify(items)).not.toContain(cookie);
    app.advance(29 * minuteMs);
    expect((await app.admin.call(contracts.listOwnSessions)).items).toHaveLength(1);
  });

  it('end one by one, or all but this one; not those of others', async () => {
    const app = await boot();
    await withUser(app, 'bob');
    const bob = await signInWith(app, 'b', { userName: 'bob', password });
    const [bobs] = (await bob.call(contracts.listOwnSessions)).items;
    const others = [
      await signInWith(app, 'one'),
      await signInWith(app, 'two'),
      await signInWith(app, 'three'),
    ];
    const { items } = await app.admin.call(contracts.listOwnSessions);
    const one = items.find(({ userAgent }) => userAgent === 'one')!;
    await app.admin.call(contracts.endOwnSession, { params: { session: one.id } });
    expect(await Promise.all(others.map(status))).toEqual([401, 200, 200]);
    const foreign = await app.admin.attempt(contracts.endOwnSession, { params: { session: bobs!.id } });
    expect(foreign.status).toBe(404);
    expect(await app.admin.call(contracts.endOtherSessions)).toEqual({ ended: 2 });
    expect(await app.admin.call(contracts.endOtherSessions)).toEqual({ ended: 0 });
    expect(await Promise.all([...others, app.admin, bob].map(status))).toEqual([401, 401, 401, 200, 200]);
    const { items: rows } = await app.admin.call(contracts.listAudit, { query: { action: 'session.end' } });
    expect(rows.map(({ detail }) => (detail.sessions as unknown[]).length)).toEqual([2, 1]);
  });

  it('are seen and ended by those who manage users', async () => {
    const app = await boot();
    const bob = await withUser(app, 'bob');
    const phone = await signInWith(app, 'phone', { userName: 'bob', password });
    const { items } = await app.admin.call(contracts.listSessions);
    expect(items.map(({ user }) => user.name).sort()).toEqual(['admin', 'bob']);
    expect((await phone.attempt(contracts.listSessions)).status).toBe(403);
    expect(await app.admin.call(contracts.endUserSessions, { params: { user: bob.id } })).toEqual({
      ended: 1,
    });
    expect(await status(phone)).toBe(401);
    const me = (await app.admin.call(contracts.listUsers)).items.find(({ name }) => name === adminName)!;
    expect(await app.admin.call(contracts.endUserSessions, { params: { user: me.id } })).toEqual({
      ended: 0,
    });
    expect(await status(app.admin)).toBe(200);
    const nobody = await app.admin.attempt(contracts.endUserSessions, { params: { user: 'nobody' } });
    expect(nobody.status).toBe(404);
  });

  it('of a person are ended by his token too, which has none itself', async () => {
    const app = await boot();
    const { secret } = await app.admin.call(contracts.createToken, {
      body: { kind: 'api', name: 'mine', environment: '*', app: '*' },
    });
    const token = app.bearer(secret);
    expect((await token.call(contracts.listOwnSessions)).items).toMatchObject([{ isThis: false }]);
    // One that was made for a part of what he may ends nothing of his.
    const part = await app.admin.call(contracts.createToken, {
      body: { kind: 'api', name: 'a part', environment: '*', app: '*', role: 'viewer' },
    });
    expect(await app.bearer(part.secret).call(contracts.endOtherSessions)).toEqual({ ended: 0 });
    expect((await app.bearer(part.secret).call(contracts.listTokens)).items).toEqual([]);
    expect(await token.call(contracts.endOtherSessions)).toEqual({ ended: 1 });
    expect(await status(app.admin)).toBe(401);
    expect(await status(token)).toBe(200);
  });

  it('have limits of tries that outlive a restart, store no name, and are forgotten in time', async () => {
    const first = await boot();
    const wrong = { userName: 'my-Password-typed-as-a-name', password: 'x' };
    for (let i = 0; i < 5; i++)
      expect((await first.anonymous.attempt(contracts.signIn, { body: wrong })).status).toBe(401);
    const refused = await first.anonymous.attempt(contracts.signIn, { body: wrong });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
    const limits = first.app.get(SignInLimits, { strict: false });
    const rows = () => readRows(first, 'SELECT * FROM sign_in_failures');
    expect(await rows()).toHaveLength(2);
    expect(JSON.stringify(await rows())).not.toMatch(/my-Password|127\.0\.0\.1/);
    first.advance(2 * minuteMs);
    await limits.sweep();
    expect(await rows()).toHaveLength(1);
    first.advance(15 * minuteMs);
    await limits.sweep();
    expect(await rows()).toEqual([]);
  });

  it('does not read what a stranger sends before it knows who asks', async () => {
    const app = await boot();
    const send = (path: string, body: string, caller = app.anonymous) =>
      caller.send({
        method: 'POST',
        path,
        headers: { 'x-sluice': '1', 'content-type': 'application/json' },
        body,
      });
    const place = '/api/v1/environments/prod/apps/orders';
    // Neither is JSON; whoever was let in is told so.
    expect((await send(`${place}/import`, '{"a":')).status).toBe(401);
    expect((await send(`${place}/import`, `[${'1,'.repeat(1_000_000)}`)).status).toBe(401);
    expect((await send('/api/v1/apps', '{"a":', app.admin)).status).toBe(400);
    // A name and a password need no megabyte.
    const large = JSON.stringify({ userName: 'admin', password: 'x'.repeat(20_000) });
    expect((await send('/api/v1/session', large)).status).toBe(413);
  });
});
