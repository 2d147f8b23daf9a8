import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';

let server: BootedApp;
beforeAll(async () => {
  server = await bootApp({ environments: ['prod'] });
});
afterAll(() => server.close());

describe('environments', () => {
  it('are created once', async () => {
    const made = await server.admin.call(contracts.createEnvironment, { body: { name: 'staging' } });
    expect(made).toMatchObject({ name: 'staging', revision: 0, protected: false });
    const again = await server.admin.attempt(contracts.createEnvironment, { body: { name: 'staging' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    const { items } = await server.admin.call(contracts.listEnvironments);
    expect(items.map((e) => e.name)).toEqual(['prod', 'staging']);
  });

  it('can be protected, and it shows', async () => {
    const changed = await server.admin.call(contracts.changeEnvironment, {
      params: { env: 'prod' },
      body: { protected: true },
    });
    expect(changed.protected).toBe(true);
    const absent = await server.admin.attempt(contracts.changeEnvironment, {
      params: { env: 'nowhere' },
      body: { protected: true },
    });
    expect(absent.status).toBe(404);
  });

  it.each(['../x', '__proto__', '', 'a'.repeat(129), '..', 'a b', 'ö'])(
    'refuses the name %j',
    async (name) => {
      const answer = await server.admin.attempt(contracts.createEnvironment, { body: { name } });
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    },
  );
});

describe('apps', () => {
  it('are created once, changed, and listed by name', async () => {
    const made = await server.admin.call(contracts.createApp, { body: { name: 'orders', title: 'Orders' } });
    expect(made).toMatchObject({ name: 'orders', title: 'Orders', owner: '' });
    const again = await server.admin.attempt(contracts.createApp, { body: { name: 'orders' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    const changed = await server.admin.call(contracts.changeApp, {
      params: { app: 'orders' },
      body: { owner: 'team-a' },
    });
    expect(changed).toMatchObject({ title: 'Orders', owner: 'team-a' });
    await server.admin.call(contracts.createApp, { body: { name: 'accounts' } });
    const { items } = await server.admin.call(contracts.listApps);
    expect(items.map((a) => a.name)).toEqual(['accounts', 'orders']);
  });

  it('that do not exist are not found', async () => {
    const answer = await server.admin.attempt(contracts.changeApp, { params: { app: 'nobody' }, body: {} });
    expect(answer.status).toBe(404);
  });

  it('are shown only to those who have a role there', async () => {
    await server.admin.call(contracts.createUser, {
      body: {
        name: 'vera',
        password: 'a long enough secret',
        grants: [{ role: 'editor', environment: 'staging', app: 'orders' }],
      },
    });
    const vera = await server.signIn('vera', 'a long enough secret');
    const apps = await vera.call(contracts.listApps);
    expect(apps.items.map((a) => a.name)).toEqual(['orders']);
    const environments = await vera.call(contracts.listEnvironments);
    expect(environments.items.map((e) => e.name)).toEqual(['staging']);
    const refused = await vera.attempt(contracts.createApp, { body: { name: 'mine' } });
    expect(refused.status).toBe(403);
  });

  it('are made only by who may manage them in every environment', async () => {
    await server.admin.call(contracts.createUser, {
      body: {
        name: 'adam',
        password: 'a long enough secret',
        grants: [{ role: 'admin', environment: 'staging', app: '*' }],
      },
    });
    const adam = await server.signIn('adam', 'a long enough secret');
    const refused = await adam.attempt(contracts.createApp, { body: { name: 'everywhere' } });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
