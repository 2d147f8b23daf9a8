import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Grant, type Role } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import type { HttpCaller } from '../support/http-caller.ts';
import { LeanClient } from '../support/lean-client.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

const password = 'a long enough secret';
const place = { environment: 'prod', app: 'shop' };
/** Five seconds are promised; the machine of a test may be late. */
const promisedMs = 5000 + 4000;

/** What is taken from somebody on the first node, he has lost on the second one too. */
describe('access on two nodes', () => {
  let postgres: Postgres;
  let first: BootedApp;
  let second: BootedApp;
  const open: { close(): void }[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    first = await bootApp({ databaseUrl });
    second = await bootApp({ databaseUrl });
    await first.admin.call(contracts.createApp, { body: { name: 'shop' } });
  }, 60_000);
  afterAll(async () => {
    for (const each of open) each.close();
    await second?.close();
    await first?.close();
    await postgres?.stop();
  });

  const user = async (name: string, role: Role = 'publisher'): Promise<string> => {
    const grants: Grant[] = [{ role, ...place }];
    return (await first.admin.call(contracts.createUser, { body: { name, password, grants } })).id;
  };
  const clientToken = () =>
    first.admin.call(contracts.createToken, { body: { kind: 'client', name: 'shop', ...place } });
  const connected = async (token: string, instanceId: string): Promise<LeanClient> => {
    const client = new LeanClient(second.url, token, instanceId);
    open.push(client);
    await client.connect();
    return client;
  };
  const page = async (caller: HttpCaller): Promise<RawSocket> => {
    const socket = await RawSocket.open(second.url, {
      origin: second.url,
      cookie: String(caller.headers.cookie),
    });
    open.push({ close: () => socket.end() });
    await socket.hear(/^0/);
    socket.say('40/console,{}');
    await socket.hear(/^40\/console/);
    return socket;
  };
  /** Milliseconds until it happens. */
  const timed = async (happens: Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await happens;
    return performance.now() - from;
  };
  const status = async (caller: HttpCaller): Promise<number> =>
    (await caller.attempt(contracts.whoAmI)).status;

  it('tries to sign in are counted together, and the answer says when to come back', async () => {
    const wrong = { userName: adminName, password: 'x' };
    for (const node of [first, second, first, second, first])
      expect((await node.anonymous.attempt(contracts.signIn, { body: wrong })).status).toBe(401);
    const right = { userName: adminName, password: adminPassword };
    for (const node of [first, second]) {
      const answer = await node.anonymous.attempt(contracts.signIn, { body: right });
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    }
  });

  it('a revoked token loses its connections, and another one keeps them', async () => {
    const [one, other] = [await clientToken(), await clientToken()];
    const client = await connected(one.secret, 'shop-1');
    const innocent = await connected(other.secret, 'shop-2');
    let cut = false;
    innocent.on('closed', () => {
      cut = true;
    });
    const closed = once(client, 'closed');
    await first.admin.call(contracts.revokeToken, { params: { token: one.token.id } });
    expect(await timed(closed)).toBeLessThan(promisedMs);
    expect(cut).toBe(false);
  });

  it('a rotated token keeps the connections of its old secret until its time is over', async () => {
    const { token, secret } = await clientToken();
    const old = await connected(secret, 'shop-3');
    const rotated = await first.admin.call(contracts.rotateToken, {
      params: { token: token.id },
      body: { overlapMinutes: 20 },
    });
    const fresh = await connected(rotated.secret, 'shop-4');
    await connected(secret, 'shop-5');
    let freshCut = false;
    fresh.on('closed', () => {
      freshCut = true;
    });
    const closed = once(old, 'closed');
    for (const node of [first, second]) node.advance(21 * 60_000);
    expect(await timed(closed)).toBeLessThan(promisedMs);
    expect(freshCut).toBe(false);
    await expect(new LeanClient(second.url, secret, 'shop-6').connect()).rejects.toThrow();
  });

  it('an application goes on when whoever made its token is disabled; his own tokens and pages do not', async () => {
    await first.admin.call(contracts.createUser, {
      body: { name: 'mara', password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const mara = await first.signIn('mara', password);
    const { secret } = await mara.call(contracts.createToken, {
      body: { kind: 'client', name: 'shop', ...place },
    });
    const own = await mara.call(contracts.createToken, {
      body: { kind: 'api', name: 'mine', environment: '*', app: '*', role: 'viewer' },
    });
    const script = second.bearer(own.secret);
    expect(await status(script)).toBe(200);
    const client = await connected(secret, 'shop-7');
    const socket = await page(await second.signIn('mara', password));
    const { items } = await first.admin.call(contracts.listUsers);
    const params = { user: items.find(({ name }) => name === 'mara')!.id };
    await first.admin.call(contracts.changeUser, { params, body: { disabled: true } });
    expect(await timed(socket.closed)).toBeLessThan(promisedMs);
    await until('the script to be refused', async () => (await status(script)) === 401, promisedMs);
    expect(client.isOpen).toBe(true);
    expect(await status(mara)).toBe(401);
    // He comes back, and so does what acts for him.
    await first.admin.call(contracts.changeUser, { params, body: { disabled: false } });
    await until('the script to be let in', async () => (await status(script)) === 200, promisedMs);
  });

  it('a role that is taken is taken from tokens, and from pages what they watch', async () => {
    const id = await user('rolf');
    const rolf = await second.signIn('rolf', password);
    const made = await rolf.call(contracts.createToken, {
      body: { kind: 'api', name: 'ci', ...place, role: 'publisher' },
    });
    const script = second.bearer(made.secret);
    const grants = async () => (await script.call(contracts.whoAmI)).grants;
    expect(await grants()).toEqual([{ role: 'publisher', ...place }]);
    const socket = await page(rolf);
    const topic = { of: 'app', ...place };
    const watches = async (id: number): Promise<boolean> => {
      socket.say(`42/console,${id}${JSON.stringify(['watch', { topic }])}`);
      return (await socket.hear(new RegExp(`^43/console,${id}\\[`))).endsWith('[true]');
    };
    expect(await watches(1)).toBe(true);
    const change = (next: Grant[]) =>
      first.admin.call(contracts.changeUser, { params: { user: id }, body: { grants: next } });
    await change([{ role: 'viewer', ...place }]);
    await until(
      'the token to be cut to a viewer',
      async () => JSON.stringify(await grants()).includes('"only":["config:read","instance:read"]'),
      promisedMs,
    );
    await change([]);
    let ask = 2;
    await until('the page to be refused', async () => !(await watches(ask++)), promisedMs);
    await until('the token to do nothing', async () => (await grants()).length === 0, promisedMs);
  });

  it('an ended session loses its pages', async () => {
    const id = await user('sven');
    const socket = await page(await second.signIn('sven', password));
    expect(await first.admin.call(contracts.endUserSessions, { params: { user: id } })).toEqual({ ended: 1 });
    expect(await timed(socket.closed)).toBeLessThan(promisedMs);
  });

  it('both are listed, with what they are and who is connected', async () => {
    const client = await connected((await clientToken()).secret, 'shop-8');
    const { items } = await until('the second node to tell of its instances', async () => {
      const nodes = await first.admin.call(contracts.listNodes);
      return nodes.items.length === 2 && nodes.items.some(({ instances }) => instances > 0) && nodes;
    });
    expect(items.map(({ isThis }) => isThis).sort()).toEqual([false, true]);
    for (const node of items) {
      expect(node.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(node.memoryBytes).toBeGreaterThan(10_000_000);
      expect(Date.parse(node.leaseUntil)).toBeGreaterThan(Date.parse(node.startedAt));
    }
    expect(items.find(({ isThis }) => !isThis)!.instances).toBeGreaterThan(0);
    client.close();
  });
});
