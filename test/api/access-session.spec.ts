import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { SessionStore } from '../../apps/server/src/access/session.store.ts';
import { adminName, adminPassword } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { holderOf } from '../support/holder-of.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { readRows } from '../support/rows.ts';

const minuteMs = 60_000;
const right = { userName: adminName, password: adminPassword };

onEachDatabase('signing in', (boot) => {
  it('gives a cookie that scripts and other sites cannot use, and stores only its hash', async () => {
    const app = await boot();
    const answer = await app.anonymous.attempt(contracts.signIn, { body: right });
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(
      /^sluice_session=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const id = /=([^;]+)/.exec(cookie)![1]!;
    const rows = await readRows(app, 'SELECT * FROM session');
    expect(JSON.stringify(rows)).not.toContain(id);
    expect(JSON.stringify(answer.body)).not.toContain(id);
  });

  it('gives a __Host- cookie behind a trusted proxy that ends TLS, and takes no other there', async () => {
    const app = await boot({ settings: { SLUICE_TRUST_PROXY: '1' } });
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
    const anonymous = new HttpCaller(app.url, { ...app.anonymous.headers, ...https });
    const answer = await anonymous.attempt(contracts.signIn, { body: right });
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^__Host-sluice=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
    expect(cookie).not.toContain('Domain');
    const [, id] = /=([^;]+)/.exec(cookie)!;
    const by = (header: string) =>
      new HttpCaller(app.url, { ...https, cookie: header }).attempt(contracts.whoAmI);
    expect(await by(`__Host-sluice=${id}`)).toMatchObject({ status: 200 });
    expect(await by(`sluice_session=${id}`)).toMatchObject({ status: 401 });
  });

  it('says the same of a wrong password, an unknown name and a disabled account', async () => {
    const app = await boot();
    const body = { name: 'bob', password: 'a long enough secret', grants: [] };
    const bob = await app.admin.call(contracts.createUser, { body });
    await app.admin.call(contracts.changeUser, { params: { user: bob.id }, body: { disabled: true } });
    const tries = [
      { userName: adminName, password: 'wrong' },
      { userName: 'nobody-here', password: 'wrong' },
      { userName: 'bob', password: body.password },
      { userName: 'no name at all', password: '' },
      { userName: '__proto__', password: 'x' },
    ];
    const answers = await Promise.all(tries.map((t) => app.anonymous.attempt(contracts.signIn, { body: t })));
    for (const { status, body: said, headers } of answers) {
      expect(status).toBe(401);
      const { requestId: _, ...rest } = said as Record<string, unknown>;
      const { requestId: __, ...first } = answers[0]!.body as Record<string, unknown>;
      expect(rest).toEqual(first);
      expect(rest).toMatchObject({ code: 'sign_in_failed' });
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  it('rotates: each sign-in is a new session and ends the one that the browser came with', async () => {
    const app = await boot();
    const again = await app.admin.attempt(contracts.signIn, { body: right });
    const second = holderOf(app.url, again);
    expect(second.headers.cookie).not.toBe(app.admin.headers.cookie);
    expect(await app.admin.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    expect(await second.attempt(contracts.whoAmI)).toMatchObject({ status: 200 });
  });

  it('takes no session that the browser invents, nor two at once', async () => {
    const app = await boot();
    const planted = `sluice_session=${'A'.repeat(43)}`;
    const answer = await new HttpCaller(app.url, { ...app.anonymous.headers, cookie: planted }).attempt(
      contracts.signIn,
      { body: right },
    );
    expect(answer.headers.get('set-cookie')).not.toContain('AAAAAAAA');
    const both = new HttpCaller(app.url, { cookie: `${planted}; ${app.admin.headers.cookie}` });
    expect(await both.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
  });

  it('ends by sign-out', async () => {
    const app = await boot();
    const answer = await app.admin.attempt(contracts.signOut);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^sluice_session=; /);
    expect(await app.admin.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
  });

  it('ends after 30 minutes of silence, and after 12 hours however busy', async () => {
    const app = await boot();
    const alive = async () => (await app.admin.attempt(contracts.whoAmI)).status;
    const idle = await app.signIn(adminName, adminPassword);
    for (let i = 0; i < 2; i++) {
      app.advance(20 * minuteMs);
      expect(await alive()).toBe(200);
    }
    expect((await idle.attempt(contracts.whoAmI)).status).toBe(401);
    for (let at = 40; at + 29 < 12 * 60; at += 29) {
      app.advance(29 * minuteMs);
      expect(await alive()).toBe(200);
    }
    app.advance(29 * minuteMs);
    expect(await alive()).toBe(401);
    await app.app.get(SessionStore, { strict: false }).sweep();
    expect(await readRows(app, 'SELECT * FROM session')).toEqual([]);
  });

  it('writes when a session was last seen at most once a minute', async () => {
    const app = await boot();
    const seen = async () =>
      (await readRows<{ at: unknown }>(app, 'SELECT last_seen_at AS at FROM session'))[0]!.at;
    const first = await seen();
    await app.admin.call(contracts.whoAmI);
    expect(await seen()).toEqual(first);
    app.advance(minuteMs);
    await app.admin.call(contracts.whoAmI);
    expect(Number(await seen())).toBeGreaterThanOrEqual(Number(first) + minuteMs);
  });

  it('allows five failures of a name in 15 minutes, even all at once, and says when to come back', async () => {
    const app = await boot();
    const wrong = { userName: adminName, password: 'not it' };
    const burst = await Promise.all(
      Array.from({ length: 12 }, () => app.anonymous.attempt(contracts.signIn, { body: wrong })),
    );
    const made = burst.filter(({ status }) => status === 401).length;
    expect(made).toBeGreaterThanOrEqual(5);
    expect(made).toBeLessThanOrEqual(6);
    const blocked = await app.anonymous.attempt(contracts.signIn, { body: right });
    expect(blocked).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    const waitSec = Number(blocked.headers.get('retry-after'));
    expect(waitSec).toBeGreaterThan(14 * 60);
    expect(waitSec).toBeLessThanOrEqual(15 * 60);
    app.advance(waitSec * 1000);
    expect(await app.anonymous.attempt(contracts.signIn, { body: right })).toMatchObject({ status: 201 });
  });

  it('allows twenty failures of an address in a minute, whatever the names', async () => {
    const app = await boot();
    for (let i = 0; i < 20; i++) {
      const body = { userName: `name-${i}`, password: 'x' };
      expect(await app.anonymous.attempt(contracts.signIn, { body })).toMatchObject({ status: 401 });
    }
    const blocked = await app.anonymous.attempt(contracts.signIn, { body: right });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    app.advance(minuteMs);
    expect(await app.anonymous.attempt(contracts.signIn, { body: right })).toMatchObject({ status: 201 });
  });

  it('changes a password: the current one is asked for, all sessions end, this browser gets a new one', async () => {
    const app = await boot();
    const other = await app.signIn(adminName, adminPassword);
    const next = 'another fine secret';
    const change = (current: string, to: string) =>
      app.admin.attempt(contracts.changeOwnPassword, { body: { current, next: to } });
    expect(await change('wrong', next)).toMatchObject({ status: 401, body: { code: 'sign_in_failed' } });
    expect(await change(adminPassword, 'qwertyuiopasdf')).toMatchObject({ status: 422 });
    const rotated = holderOf(app.url, await change(adminPassword, next));
    expect(await other.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    expect(await app.admin.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    expect(await rotated.attempt(contracts.whoAmI)).toMatchObject({ status: 200 });
    expect(await app.anonymous.attempt(contracts.signIn, { body: right })).toMatchObject({ status: 401 });
    await app.signIn(adminName, next);
  });
});
