import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { allContracts, type Contract, contracts, type Grant } from '@sluice/protocol';
import { Operation } from '../../apps/server/src/http/operation.decorator.ts';
import { createAccessApp } from '../support/access-app.ts';
import { type BootedApp, type BootOptions, bootApp } from '../support/boot-app.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { makeApp } from '../support/rows.ts';

/** Answers without data: these tests are about who gets this far. */
const through = { items: [] };
const bare = (c: Contract): Contract => ({ ...c, response: { parse: (answer: unknown) => answer } as never });

@Controller()
class Routes {
  @Get('/api/v1/forgotten')
  forgotten(): object {
    return through;
  }
  @Post('/forgotten')
  forgottenPost(): object {
    return through;
  }
  @Operation(bare(contracts.listNamespaces as never))
  namespaces(): object {
    return through;
  }
  @Operation(bare({ ...contracts.createNamespace, status: 200 } as never))
  createNamespace(): object {
    return through;
  }
  @Operation(bare({ ...contracts.publish, status: 200 } as never))
  publish(): object {
    return through;
  }
  @Operation(bare(contracts.getSnapshot as never))
  snapshot(): object {
    return through;
  }
}

const password = 'a long enough secret';
const at = (env: string, app: string): string => `/api/v1/environments/${env}/apps/${app}/namespaces`;

describe('the guard', () => {
  let app: BootedApp | undefined;
  const boot = async (options: BootOptions = {}): Promise<BootedApp> => {
    app = await bootApp({ create: (env) => createAccessApp(env, [Routes]), ...options });
    return app;
  };
  afterEach(() => app?.close());
  const get = async (caller: HttpCaller, path: string, method = 'GET'): Promise<number> =>
    (await caller.send({ method, path, headers: { 'x-sluice': '1' } })).status;
  const userWith = async (name: string, grants: Grant[]): Promise<HttpCaller> => {
    await app!.admin.call(contracts.createUser, { body: { name, password, grants } });
    return app!.signIn(name, password);
  };

  it('refuses a route without a contract, to everybody', async () => {
    const { admin, anonymous } = await boot();
    for (const caller of [admin, anonymous]) {
      expect(await get(caller, '/api/v1/forgotten')).toBe(404);
      expect(await get(caller, '/forgotten', 'POST')).toBe(404);
    }
  });

  it('asks everybody for a credential but at the public doors', async () => {
    const { anonymous } = await boot();
    expect(await get(anonymous, at('prod', 'a'))).toBe(401);
    expect(await get(anonymous, at('prod', 'a'), 'HEAD')).toBe(401);
    expect(await get(anonymous, '/client/v1/snapshot?instanceId=a')).toBe(401);
    const open = allContracts.filter(({ access }) => access === 'public').map(({ id }) => id);
    expect(open.sort()).toEqual(['health', 'metrics', 'readiness', 'setup', 'setupState', 'signIn']);
    expect(await get(anonymous, '/healthz')).toBe(200);
  });

  it('shows each only his places: others are as absent as what does not exist', async () => {
    await boot({ environments: ['prod', 'staging'] });
    const viewer = await userWith('viewer', [{ role: 'viewer', environment: 'prod', app: 'order-api' }]);
    expect(await get(viewer, at('prod', 'order-api'))).toBe(200);
    expect(await get(viewer, at('prod', 'order-api'), 'POST')).toBe(403);
    for (const place of [
      at('prod', 'stock'),
      at('staging', 'order-api'),
      at('no', 'order-api'),
      at('*', '*'),
      at('prod', '*'),
    ]) {
      expect(await get(viewer, place)).toBe(404);
      expect(await get(viewer, place, 'POST')).toBe(404);
    }
    const nobody = await userWith('nobody', []);
    expect(await get(nobody, at('prod', 'order-api'))).toBe(404);
  });

  it('holds each role to what it may', async () => {
    await boot();
    const ask = async (role: Grant['role']): Promise<number[]> => {
      const caller = await userWith(role, [{ role, environment: 'prod', app: '*' }]);
      const paths = [at('prod', 'a'), `${at('prod', 'a')}/n/releases`] as const;
      return [
        await get(caller, paths[0]),
        await get(caller, paths[1], 'POST'),
        await get(caller, paths[0], 'POST'),
      ];
    };
    expect(await ask('viewer')).toEqual([200, 403, 403]);
    expect(await ask('editor')).toEqual([200, 403, 200]);
    expect(await ask('publisher')).toEqual([200, 200, 200]);
    expect(await ask('auditor')).toEqual([404, 404, 404]);
    expect(await ask('drillOperator')).toEqual([200, 403, 403]);
  });

  it('lets an application through its own doors only, and nobody else through those', async () => {
    const { admin, bearer } = await boot();
    await makeApp(app!, 'order-api');
    const { secret } = await admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'orders', environment: 'prod', app: 'order-api' },
    });
    const client = bearer(secret);
    expect(await get(client, '/client/v1/snapshot?instanceId=a')).toBe(200);
    expect(await get(admin, '/client/v1/snapshot?instanceId=a')).toBe(401);
    for (const path of [
      '/api/v1/me',
      '/api/v1/users',
      '/api/v1/audit',
      '/api/v1/tokens',
      at('prod', 'order-api'),
    ])
      expect(await get(client, path)).toBe(404);
  });

  it('is not fooled by headers or by other spellings of an address', async () => {
    const { url } = await boot();
    const spoof = new HttpCaller(url, {
      'x-forwarded-for': '127.0.0.1',
      'x-original-url': '/healthz',
      'x-rewrite-url': '/healthz',
      'x-user': 'admin',
      'x-http-method-override': 'GET',
      'user-agent': 'Nacos-Server',
      authorization: 'Basic YWRtaW46YWRtaW4=',
    });
    const paths = [
      '/api/v1/users',
      '/API/V1/USERS',
      '/api/v1/users/',
      '/api/v1/%75sers',
      '//api/v1/users',
      '/api/v1/users;a=b',
      '/api/v1/./users',
      '/api/v1/%2e/users',
    ];
    for (const path of paths) expect([400, 401, 404]).toContain(await get(spoof, path));
    expect(await get(spoof, '/api/v1/users')).toBe(401);
    expect(await get(spoof, '/api/v1/users', 'OPTIONS')).not.toBe(200);
  });

  it('asks nobody in the development mode, on this machine and under its own name only', async () => {
    const { url } = await boot({ settings: { SLUICE_INSECURE_DEV: '1' } });
    const plain = new HttpCaller(url);
    expect(await plain.call(contracts.setupState)).toMatchObject({ needed: false, insecureDev: true });
    expect(await plain.call(contracts.whoAmI)).toMatchObject({ kind: 'insecureDev', name: 'developer' });
    const body = { name: 'bob', password, grants: [] };
    expect(await plain.attempt(contracts.createUser, { body })).toMatchObject({ status: 201 });
    const statusOf = async (headers: Record<string, string>) =>
      (await new HttpCaller(url, headers).attempt(contracts.createUser, { body: { ...body, name: 'eve' } }))
        .status;
    expect(await statusOf({ 'x-forwarded-for': '10.0.0.1' })).toBe(401);
    expect(await statusOf({ origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await get(plain, '/client/v1/snapshot?instanceId=a')).toBe(401);
  });
});
