import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallInput, type Contracts, contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

const password = 'a long enough secret';

/** The console's live connection at its door, and what a page may and may not say over it. */
describe("the console's live connection", () => {
  let server: BootedApp;
  const open: RawSocket[] = [];
  beforeAll(async () => {
    server = await bootApp({ environments: ['prod', 'staging'], settings: { SLUICE_TRUST_PROXY: '1' } });
    for (const name of ['orders', 'other']) await server.admin.call(contracts.createApp, { body: { name } });
  });
  afterAll(async () => {
    for (const socket of open) socket.end();
    await server?.close();
  });

  const knock = async (headers: Record<string, string>): Promise<RawSocket> => {
    const socket = await RawSocket.open(server.url, headers);
    open.push(socket);
    await socket.hear(/^0/);
    socket.say('40/console,{}');
    await socket.hear(/^4[04]\/console/);
    return socket;
  };
  const isIn = (socket: RawSocket): boolean => socket.heard.some((text) => text.startsWith('40/console'));
  const cookieOf = (caller: HttpCaller): string => String(caller.headers.cookie);
  const asks = async (socket: RawSocket, id: number, name: string, frame: unknown): Promise<string> => {
    socket.say(`42/console,${id}${JSON.stringify([name, frame])}`);
    return socket.hear(new RegExp(`^43/console,${id}\\[`));
  };

  it('is for a session, from its own origin', async () => {
    const cookie = cookieOf(server.admin);
    expect(isIn(await knock({ origin: server.url, cookie }))).toBe(true);
    for (const headers of [
      { origin: server.url },
      { cookie },
      { origin: 'null', cookie },
      { origin: '', cookie },
      { origin: 'http://evil.example', cookie },
      { origin: `${server.url}.evil.example`, cookie },
      { origin: server.url, cookie: `sluice_session=${'A'.repeat(43)}` },
      { origin: server.url, cookie: `${cookie}; sluice_session=${'B'.repeat(43)}` },
      { origin: server.url, authorization: 'Bearer x' },
    ]) {
      const socket = await knock(headers as never);
      expect(socket.heard).toContain('44/console,{"message":"unauthenticated"}');
    }
  });

  it('knows the session of a page that came over HTTPS, through a proxy that is trusted', async () => {
    const overHttps = { 'x-forwarded-proto': 'https', 'sec-fetch-site': 'same-origin' };
    const body = { userName: adminName, password: adminPassword };
    const answer = await new HttpCaller(server.url, overHttps).attempt(contracts.signIn, { body });
    const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
    expect(cookie).toMatch(/^__Host-/);
    const { host } = new URL(server.url);
    expect(isIn(await knock({ ...overHttps, origin: `https://${host}`, cookie }))).toBe(true);
    expect(isIn(await knock({ origin: server.url, cookie }))).toBe(false);
  });

  it('lets each page watch what its user may read, and nothing else', async () => {
    const grants = [{ role: 'viewer' as const, environment: 'prod', app: 'orders' }];
    await server.admin.call(contracts.createUser, { body: { name: 'vera', password, grants } });
    const vera = await server.signIn('vera', password);
    const socket = await knock({ origin: server.url, cookie: cookieOf(vera) });
    const own = { of: 'app', environment: 'prod', app: 'orders' };
    expect(await asks(socket, 1, 'watch', { topic: own })).toBe('43/console,1[true]');
    const refused: unknown[] = [
      { topic: { ...own, app: 'other' } },
      { topic: { ...own, environment: 'staging' } },
      { topic: { ...own, app: '*' } },
      { topic: { ...own, app: '__proto__' } },
      { topic: { of: 'push', environment: 'staging', app: 'orders', push: 'x' } },
      { topic: { of: 'everything' } },
      { topic: own, as: 'admin' },
      { topic: [own] },
      {},
      null,
      'app prod orders',
      [[[[]]]],
    ];
    for (const [n, frame] of refused.entries())
      expect([frame, await asks(socket, 100 + n, 'watch', frame)]).toEqual([
        frame,
        `43/console,${100 + n}[false]`,
      ]);
  });

  it('tells of a push to those alone who may watch its own app', async () => {
    const desk = new ConfigDesk(server.admin, 'prod', 'other');
    await desk.create('plans');
    const { id: push } = await server.admin.call(contracts.proposePush, {
      params: { env: 'prod', app: 'other' },
      body: {
        changes: [{ namespace: 'plans', base: 0, content: map({ a: 1 }) }],
        target: { mode: 'global' },
      },
    } as CallInput<Contracts['proposePush']>);
    const grants = [{ role: 'viewer' as const, environment: 'prod', app: 'orders' }];
    await server.admin.call(contracts.createUser, { body: { name: 'nia', password, grants } });
    const nia = await knock({ origin: server.url, cookie: cookieOf(await server.signIn('nia', password)) });
    const admin = await knock({ origin: server.url, cookie: cookieOf(server.admin) });
    const topic = { of: 'push', environment: 'prod', push };
    expect(await asks(nia, 1, 'watch', { topic: { ...topic, app: 'orders' } })).toContain('true');
    expect(await asks(admin, 1, 'watch', { topic: { ...topic, app: 'other' } })).toContain('true');
    // Both are told in the same turns, each second.
    await admin.hear(/"update".*plans/);
    await nia.hear(/"update"/);
    expect(nia.heard.filter((text) => text.includes('plans'))).toEqual([]);
  });

  it('has room for the topics of a page, and outlives frames that no page sends', async () => {
    const socket = await knock({ origin: server.url, cookie: cookieOf(server.admin) });
    const answers: string[] = [];
    for (let n = 0; n < 60; n++) {
      const topic = { of: 'push', environment: 'prod', app: 'orders', push: `p${n}` };
      answers.push(await asks(socket, n, 'watch', { topic }));
    }
    expect(answers.filter((text) => text.endsWith('[true]'))).toHaveLength(50);
    for (const frame of ['["watch"]', '["unwatch"]', '["unwatch",null]', '["unwatch",{"topic":{"of":"x"}}]'])
      socket.say(`42/console,${frame}`);
    for (const frame of ['["update",{}]', '["join","app prod other"]', '["__proto__"]', '["constructor",1]'])
      socket.say(`42/console,${frame}`);
    const topic = { of: 'environment', environment: 'prod' };
    expect(await asks(socket, 999, 'watch', { topic })).toBe('43/console,999[false]');
    socket.say(
      `42/console,["unwatch",{"topic":${JSON.stringify({ of: 'push', environment: 'prod', app: 'orders', push: 'p1' })}}]`,
    );
    expect(await asks(socket, 1000, 'watch', { topic })).toBe('43/console,1000[true]');
    expect((await server.anonymous.attempt(contracts.health)).status).toBe(200);
  });

  it('tells nobody of a place whose role he has lost', async () => {
    const grants = [{ role: 'viewer' as const, environment: 'prod', app: 'orders' }];
    const body = { name: 'leo', password, grants };
    const { id } = await server.admin.call(contracts.createUser, { body });
    const leo = await knock({ origin: server.url, cookie: cookieOf(await server.signIn('leo', password)) });
    const admin = await knock({ origin: server.url, cookie: cookieOf(server.admin) });
    const topic = { of: 'app', environment: 'prod', app: 'orders' };
    for (const socket of [leo, admin]) expect(await asks(socket, 1, 'watch', { topic })).toContain('true');
    const elsewhere = [{ ...grants[0]!, app: 'other' }];
    await server.admin.call(contracts.changeUser, { params: { user: id }, body: { grants: elsewhere } });
    let asked = 1;
    await until('his page is told that he may no longer', async () =>
      (await asks(leo, ++asked, 'watch', { topic })).includes('false'),
    );
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('limits');
    await desk.release('limits', map({ timeout: 1 }));
    await admin.hear(/"update".*limits/);
    expect(leo.heard.filter((text) => text.includes('limits'))).toEqual([]);
  });

  it('tells of an environment what its user may read in it, and no more', async () => {
    const grants = [{ role: 'viewer' as const, environment: 'prod', app: 'orders' }];
    await server.admin.call(contracts.createUser, { body: { name: 'mia', password, grants } });
    const mia = await knock({ origin: server.url, cookie: cookieOf(await server.signIn('mia', password)) });
    const topic = { of: 'environment', environment: 'prod' };
    expect(await asks(mia, 1, 'watch', { topic })).toContain('true');
    for (const app of ['other', 'orders']) {
      const desk = new ConfigDesk(server.admin, 'prod', app);
      await desk.create(`news-of-${app}`);
      await desk.release(`news-of-${app}`, map({ a: 1 }));
    }
    await mia.hear(/"update".*news-of-orders/);
    expect(mia.heard.filter((text) => text.includes('other'))).toEqual([]);
  });
});
