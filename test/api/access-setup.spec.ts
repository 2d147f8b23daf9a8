import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, type BootOptions, bootApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { holderOf } from '../support/holder-of.ts';

const minuteMs = 60_000;
const tokenOf = (app: BootedApp): string => readFileSync(join(app.dataDir, 'setup-token'), 'utf8');
const body = (app: BootedApp) => ({ setupToken: tokenOf(app), userName: adminName, password: adminPassword });

onEachDatabase('the first start', (boot) => {
  it('lets nobody in before it is set up: there is no default password', async () => {
    const app = await boot({ setup: false });
    expect(await app.anonymous.call(contracts.setupState)).toMatchObject({
      needed: true,
      insecureDev: false,
    });
    for (const password of ['admin', 'password', 'sluice', 'nacos', ''])
      for (const userName of ['admin', 'root', 'sluice'])
        expect(await app.anonymous.attempt(contracts.signIn, { body: { userName, password } })).toMatchObject(
          {
            status: expect.any(Number),
            body: { code: expect.stringMatching(/^(sign_in_failed|too_many_requests)$/) },
          },
        );
    expect(await app.anonymous.attempt(contracts.listUsers)).toMatchObject({ status: 401 });
  });

  it('makes one administrator and the environments, and signs in', async () => {
    const app = await boot({ setup: false });
    const answer = await app.anonymous.attempt(contracts.setup, {
      body: { ...body(app), environments: ['prod', 'staging'] },
    });
    expect(answer.status).toBe(201);
    const admin = holderOf(app.url, answer);
    expect(await admin.call(contracts.whoAmI)).toMatchObject({
      name: adminName,
      kind: 'user',
      grants: [{ role: 'admin', environment: '*', app: '*' }],
    });
    expect(await app.anonymous.call(contracts.setupState)).toMatchObject({ needed: false });
    expect(existsSync(join(app.dataDir, 'setup-token'))).toBe(false);
    const { items } = await admin.call(contracts.listAudit);
    expect(items.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'environment.create staging',
      'environment.create prod',
      'user.create admin',
    ]);
  });

  it('gives one of several that race, and none afterwards', async () => {
    const app = await boot({ setup: false });
    const race = await Promise.all(
      ['one', 'two', 'three'].map((userName) =>
        app.anonymous.attempt(contracts.setup, { body: { ...body(app), userName } }),
      ),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const again = await app.anonymous.attempt(contracts.setup, {
      body: { setupToken: 'x', userName: 'four', password: adminPassword },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    const winner = holderOf(app.url, race.find(({ status }) => status === 201)!);
    expect((await winner.call(contracts.listUsers)).items).toHaveLength(1);
  });

  it('leaves nothing half made when it is refused', async () => {
    const app = await boot({ setup: false });
    const refused = await Promise.all([
      app.anonymous.attempt(contracts.setup, { body: { ...body(app), setupToken: 'x'.repeat(43) } }),
      app.anonymous.attempt(contracts.setup, { body: { ...body(app), password: 'admin-admin-admin' } }),
      app.anonymous.attempt(contracts.setup, { body: { ...body(app), password: 'aaaaaaaaaaaaaa' } }),
      app.anonymous.attempt(contracts.setup, { body: { ...body(app), environments: ['ok', '../etc'] } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 422, 422, 422]);
    expect(refused[3]!.body).toMatchObject({
      details: { faults: [{ path: 'environments.1', problem: 'name' }] },
    });
    expect(await app.anonymous.call(contracts.setupState)).toMatchObject({ needed: true });
    expect(await app.anonymous.attempt(contracts.setup, { body: body(app) })).toMatchObject({ status: 201 });
  });
});

describe('the one-time secrets of the data folder', () => {
  let app: BootedApp | undefined;
  const boot = async (options: BootOptions = {}): Promise<BootedApp> => {
    app = await bootApp(options);
    return app;
  };
  afterEach(() => app?.close());

  it('keeps the setup token private, and replaces it after 15 minutes', async () => {
    const { dataDir, advance, anonymous } = await boot({ setup: false });
    const old = tokenOf(app!);
    expect(old).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(statSync(join(dataDir, 'setup-token')).mode & 0o777).toBe(0o600);
    advance(15 * minuteMs);
    const late = { setupToken: old, userName: adminName, password: adminPassword };
    expect(await anonymous.attempt(contracts.setup, { body: late })).toMatchObject({ status: 401 });
    expect(tokenOf(app!)).not.toBe(old);
    expect(await anonymous.attempt(contracts.setup, { body: body(app!) })).toMatchObject({ status: 201 });
  });

  it('sets up only for somebody at the machine, whatever a header says', async () => {
    const { anonymous } = await boot({ setup: false });
    const remote = { ...anonymous.headers, 'x-forwarded-for': '127.0.0.1' };
    const answer = await Object.assign(Object.create(anonymous), { headers: remote }).attempt(
      contracts.setup,
      {
        body: body(app!),
      },
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('makes a key of its own, private, and keeps it', async () => {
    const { dataDir } = await boot();
    const file = join(dataDir, 'secret-key');
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  const token = 'c0ffee11'.repeat(8);
  const leave = (file: string, mode = 0o600): void => writeFileSync(file, token, { mode });
  const use = (loginToken = token) => app!.anonymous.attempt(contracts.signIn, { body: { loginToken } });

  it('signs the first administrator in with a login token, once', async () => {
    const { dataDir, url } = await boot();
    leave(join(dataDir, 'login-token'));
    expect(await use('0'.repeat(64))).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    const all = await Promise.all([use(), use(), use()]);
    expect(all.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
    expect(existsSync(join(dataDir, 'login-token'))).toBe(false);
    const holder = holderOf(url, all.find(({ status }) => status === 201)!);
    expect(await holder.call(contracts.whoAmI)).toMatchObject({ name: adminName });
    expect(await use()).toMatchObject({ status: 401 });
  });

  it('takes no login token that is old, open to others, or that a proxy brings', async () => {
    const { dataDir, anonymous } = await boot();
    const file = join(dataDir, 'login-token');
    leave(file, 0o644);
    expect(await use()).toMatchObject({ status: 401 });
    rmSync(file);
    leave(file);
    const proxied = Object.assign(Object.create(anonymous), {
      headers: { ...anonymous.headers, 'x-forwarded-for': '10.0.0.1' },
    });
    expect(await proxied.attempt(contracts.signIn, { body: { loginToken: token } })).toMatchObject({
      status: 401,
    });
    const then = new Date(Date.now() - 15 * minuteMs - 1000);
    utimesSync(file, then, then);
    expect(await use()).toMatchObject({ status: 401 });
    const now = new Date();
    utimesSync(file, now, now);
    expect(await use()).toMatchObject({ status: 201 });
  });
});
