import { expect, it } from '@jest/globals';
import { contracts, type Grant, permissions } from '@sluice/protocol';
import type { BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { makeApp } from '../support/rows.ts';

const password = 'a long enough secret';
const everything: Grant = { role: 'admin', environment: '*', app: '*' };

onEachDatabase('users', (boot) => {
  const create = (app: BootedApp, name: string, grants: Grant[] = []) =>
    app.admin.call(contracts.createUser, { body: { name, password, grants } });

  it('are created, listed and changed, and never show a password', async () => {
    const app = await boot();
    const bob = await create(app, 'bob', [{ role: 'editor', environment: 'prod', app: '*' }]);
    const answer = await app.admin.attempt(contracts.listUsers);
    expect(answer.body).toMatchObject({
      items: [{ name: 'admin' }, { id: bob.id, name: 'bob', disabled: false }],
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/argon2|password/i);
    const taken = await app.admin.attempt(contracts.createUser, {
      body: { name: 'bob', password, grants: [] },
    });
    expect(taken).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    const race = await Promise.all(
      [1, 2, 3].map(() =>
        app.admin.attempt(contracts.createUser, { body: { name: 'eve', password, grants: [] } }),
      ),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const unknown = await app.admin.attempt(contracts.changeUser, { params: { user: 'nobody' }, body: {} });
    expect(unknown).toMatchObject({ status: 404 });
  });

  it('refuse fields that nobody may set and passwords that guessers try', async () => {
    const app = await boot();
    const attempt = (more: object) =>
      app.admin
        .attempt(contracts.createUser, { body: { name: 'mallory', password, grants: [], ...more } as never })
        .then(({ status }) => status);
    expect(await attempt({ id: '1', disabled: false, isAdmin: true })).toBe(422);
    expect(await attempt({ grants: [{ ...everything, role: 'root' }] })).toBe(422);
    expect(await attempt({ grants: [{ ...everything, environment: '../x' }] })).toBe(422);
    for (const weak of [
      'mallorymallory',
      'aaaaaaaaaaaa',
      'abababababab',
      'password1234',
      'qwertyuiop12',
      '123456789012',
      'short',
    ])
      expect(await attempt({ password: weak })).toBe(422);
    expect(await attempt({ password: { $gt: '' } })).toBe(422);
    expect(await attempt({})).toBe(201);
  });

  it('are told of to those who would ask them, nearest first, and to nobody who does not see the place', async () => {
    const app = await boot();
    await makeApp(app, 'shop');
    const here = { environment: 'prod', app: 'shop' };
    await create(app, 'near', [{ role: 'publisher', ...here }]);
    await create(app, 'wide', [{ role: 'publisher', environment: 'prod', app: '*' }]);
    await create(app, 'elsewhere', [{ role: 'publisher', environment: 'dev', app: 'shop' }]);
    const gone = await create(app, 'gone', [{ role: 'publisher', ...here }]);
    await app.admin.call(contracts.changeUser, { params: { user: gone.id }, body: { disabled: true } });
    await create(app, 'viewer', [{ role: 'viewer', ...here }]);
    await create(app, 'auditor', [{ role: 'auditor', environment: '*', app: '*' }]);
    const viewer = await app.signIn('viewer', password);
    const params = { permission: 'config:publish' } as const;
    const asked = { params, query: here };
    expect(await viewer.call(contracts.listHolders, asked)).toEqual({
      items: [
        { name: 'near', role: 'publisher' },
        { name: 'wide', role: 'publisher' },
        { name: 'admin', role: 'admin' },
      ],
      more: 0,
    });
    for (let i = 0; i < 4; i++) await create(app, `more-${i}`, [{ role: 'publisher', ...here }]);
    const many = await viewer.call(contracts.listHolders, asked);
    expect([many.items.length, many.more]).toEqual([5, 2]);
    // What is for every app is held by those who are there for every app.
    const whole = {
      params: { permission: 'kill:use' },
      query: { environment: 'prod', app: '*' },
    } as const;
    expect((await viewer.call(contracts.listHolders, whole)).items).toEqual([
      { name: 'wide', role: 'publisher' },
      { name: 'admin', role: 'admin' },
    ]);
    const server = await viewer.call(contracts.listHolders, {
      params: { permission: 'user:manage' },
    });
    expect(server.items).toEqual([{ name: 'admin', role: 'admin' }]);
    const auditor = await app.signIn('auditor', password);
    for (const [who, query, status] of [
      [auditor, here, 403],
      [viewer, { environment: 'dev', app: 'shop' }, 404],
    ] as const)
      expect((await who.attempt(contracts.listHolders, { params, query })).status).toBe(status);
  });

  it('lose their sessions when they are disabled or get a new password, and their rights at once', async () => {
    const app = await boot();
    const bob = await create(app, 'bob', [everything]);
    const change = (body: object) => app.admin.call(contracts.changeUser, { params: { user: bob.id }, body });
    const first = await app.signIn('bob', password);
    await change({ grants: [] });
    expect(await first.attempt(contracts.listUsers)).toMatchObject({ status: 403 });
    await change({ disabled: true });
    expect(await first.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    await change({ disabled: false });
    expect(await first.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    const second = await app.signIn('bob', password);
    await change({ password: 'quite another secret' });
    expect(await second.attempt(contracts.whoAmI)).toMatchObject({ status: 401 });
    await app.signIn('bob', 'quite another secret');
  });

  it('are managed by administrators of everything only', async () => {
    const app = await boot();
    await create(app, 'local', [{ role: 'admin', environment: 'prod', app: '*' }]);
    const local = await app.signIn('local', password);
    const me = (await app.admin.call(contracts.whoAmI)).id;
    const refused = await Promise.all([
      local.attempt(contracts.listUsers),
      local.attempt(contracts.createUser, { body: { name: 'x', password, grants: [everything] } }),
      local.attempt(contracts.changeUser, { params: { user: me }, body: { disabled: true } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(
      (await local.call(contracts.listRoles)).items.find(({ role }) => role === 'admin')!.permissions,
    ).toEqual([...permissions]);
  });

  it("never lose their last administrator, not even to two who take each other's role at once", async () => {
    const app = await boot();
    const admin = await app.admin.call(contracts.whoAmI);
    const change = (caller: typeof app.admin, user: string, body: object) =>
      caller.attempt(contracts.changeUser, { params: { user }, body });
    expect(await change(app.admin, admin.id, { disabled: true })).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    });
    expect(await change(app.admin, admin.id, { grants: [] })).toMatchObject({ status: 409 });
    const bob = await create(app, 'bob', [everything]);
    const asBob = await app.signIn('bob', password);
    const both = await Promise.all([
      change(app.admin, bob.id, { grants: [] }),
      change(asBob, admin.id, { grants: [] }),
    ]);
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    const left = [app.admin, asBob].map((caller) => caller.attempt(contracts.listUsers));
    expect((await Promise.all(left)).filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('see in the audit what concerns their places', async () => {
    const app = await boot({ environments: ['prod', 'staging'] });
    await makeApp(app, 'order-api');
    const auditor: Grant = { role: 'auditor', environment: 'staging', app: '*' };
    await create(app, 'audrey', [auditor]);
    for (const environment of ['prod', 'staging'])
      await app.admin.call(contracts.createToken, {
        body: { kind: 'client', name: `of ${environment}`, environment, app: 'order-api' },
      });
    const audrey = await app.signIn('audrey', password);
    const { items } = await audrey.call(contracts.listAudit);
    expect(items.map(({ target }) => target)).toEqual(['of staging', 'staging']);
    expect(await audrey.attempt(contracts.listAudit, { query: { environment: 'prod' } })).toMatchObject({
      status: 404,
    });
    expect(await audrey.attempt(contracts.listUsers)).toMatchObject({ status: 403 });
  });
});
