import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Contract, contracts, type Push } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { numbers, PushDesk } from '../support/push-desk.ts';
import { lockSqlite } from '../support/sqlite-lock.ts';
import { until } from '../support/until.ts';

/** Promised are 2 s; the machine of a test may have other things to do. */
const promptMs = 4000;
const place = { env: 'prod', app: 'shop' };

/** How a database goes away, and comes back. */
const outages = [
  'a PostgreSQL that is stopped',
  'a PostgreSQL that is killed',
  'a SQLite file that is locked',
];

/** The database goes away in the middle of pushes to some: what they laid stays theirs, and all of it is proven later. */
describe.each(outages)('layers over the outage of %s', (outage) => {
  const isPostgres = outage.includes('PostgreSQL');
  let postgres: Postgres | undefined;
  let server: BootedApp;
  let desk: PushDesk;
  let config: ConfigDesk;
  let token: string;
  let free: (() => Promise<void>) | undefined;
  const clients = new Map<string, LeanClient>();
  const pushes: Record<'single' | 'boxed' | 'gray', Push> = {} as never;

  const connect = async (id: string): Promise<LeanClient> => {
    const labels = { zone: Number(id.split('-')[1]) % 2 === 0 ? 'a' : 'b' };
    const client = new LeanClient(server.url, token, id, { labels });
    await client.connect();
    clients.set(id, client);
    return client;
  };
  const begin = async (): Promise<void> => {
    if (!postgres) free = await lockSqlite(join(server.dataDir, 'sluice.db'));
    else if (outage.includes('killed')) await postgres.kill();
    else await postgres.freeze();
  };
  const end = async (): Promise<void> => {
    if (!postgres) await free?.();
    else if (outage.includes('killed')) await postgres.start();
    else await postgres.thaw();
    free = undefined;
  };
  const value = (id: string, key: string) => clients.get(id)!.value('order', key);
  const told = async (): Promise<number> => {
    const text = String((await server.admin.attempt(contracts.metrics)).body);
    return Number(/sluice_calls_total\{.*verdict="passed"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  beforeAll(async () => {
    if (isPostgres) postgres = await startPostgres();
    const databaseUrl = await postgres?.createDatabase();
    server = await bootApp(databaseUrl ? { databaseUrl } : {});
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    token = (await server.admin.call(contracts.createToken, { body })).secret;
    const api = { kind: 'api', name: 'desk', environment: '*', app: '*', role: 'admin' } as const;
    const caller = server.bearer((await server.admin.call(contracts.createToken, { body: api })).secret);
    desk = new PushDesk(caller, 'prod', 'shop');
    config = new ConfigDesk(caller, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800, single: 0, boxed: 0, gray: 0 }));
    for (let n = 0; n < 6; n++) await connect(`shop-${n}`);
    const audience = { by: 'labels' as const, selector: 'zone=a' };
    pushes.gray = await desk.start({ mode: 'gray', audience }, { gray: 1 });
    await desk.until(pushes.gray, 'the gray is laid', (now) => now.verdict.holding === 3);
    pushes.single = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-0' }, { single: 1 }, { expiresInMs: 3_600_000 }),
      'converged',
      1,
    );
    const target = { mode: 'single', instanceId: 'shop-1' } as const;
    pushes.boxed = await desk.start(target, { boxed: 1 }, { expiresInMs: 4000 });
    await until('the time-boxed layer is laid', async () => value('shop-1', 'boxed') === 1);
    clients.get('shop-0')!.report({ seconds: [] });
    await begin();
  }, 120_000);

  afterAll(async () => {
    await end().catch(() => undefined);
    for (const client of clients.values()) client.close();
    await server?.close();
    await postgres?.stop();
  });

  it('refuses writes within two seconds and says when to come back', async () => {
    const push = { params: { ...place, push: pushes.gray.id }, body: { message: '' } };
    const writes: [Contract, object][] = [
      [contracts.startPush, { params: place, body: startBody() }],
      [contracts.promotePush, push],
      [contracts.abandonPush, push],
      [contracts.createApp, { body: { name: 'later' } }],
      [contracts.readiness, {}],
    ];
    // The first that notices, and one that comes when it is known.
    for (const round of ['first', 'second']) {
      const answers = await Promise.all(
        writes.map(async ([contract, input]) => {
          const begun = performance.now();
          const { status, headers } = await desk.caller.attempt(contract, input);
          const ms = performance.now() - begun;
          return { id: contract.id, status, retryAfter: headers.get('retry-after'), ms };
        }),
      );
      const slowest = Math.max(...answers.map(({ ms }) => ms));
      console.info(`${outage}, ${round} writes: answered within ${slowest.toFixed(0)} ms`);
      for (const { id, status, retryAfter, ms } of answers)
        expect({ id, status, retryAfter, isPrompt: ms < promptMs }).toEqual({
          id,
          status: 503,
          retryAfter: '2',
          isPrompt: true,
        });
    }
  }, 60_000);

  it('serves what is in force to those who stay, return, or come for the first time', async () => {
    clients.get('shop-0')!.close();
    const returned = await connect('shop-0');
    expect(returned.value('order', 'single')).toBe(1);
    expect(returned.value('order', 'gray')).toBe(1);
    const [newA, newB] = [await connect('shop-6'), await connect('shop-7')];
    expect([newA.value('order', 'gray'), newA.value('order', 'timeoutMs')]).toEqual([1, 800]);
    expect([newB.value('order', 'gray'), newB.value('order', 'timeoutMs')]).toEqual([0, 800]);
    const url = `${server.url}/client/v1/snapshot?instanceId=shop-2`;
    const snapshot = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect([200, 503]).toContain(snapshot.status);
  }, 60_000);

  it('ends a layer at its time, and counts what it is told of calls', async () => {
    await until('its time is over', async () => value('shop-1', 'boxed') === 0);
    // Who comes now is not given it either.
    clients.get('shop-1')!.close();
    expect((await connect('shop-1')).value('order', 'boxed')).toBe(0);
    const before = await told();
    clients.get('shop-2')!.report({ seconds: [{ agoMs: 0, resources: [call] }] });
    await until('the calls are counted', async () => (await told()) === before + 7);
  }, 60_000);

  it('recovers everything by itself', async () => {
    await end();
    const begun = performance.now();
    await until(
      'it can write',
      async () => (await server.anonymous.attempt(contracts.readiness)).status === 200,
    );
    console.info(`${outage}: could write ${(performance.now() - begun).toFixed(0)} ms after its end`);
    const over = await desk.settled(pushes.boxed, 'abandoned');
    expect(over.ended).toEqual({ reason: 'expired' });
    expect((await desk.get(pushes.single)).state).toBe('converged');
    // Who came meanwhile has the gray too, and counts.
    await desk.until(pushes.gray, 'four hold the gray', (now) => now.verdict.holding === 4);
    await desk.act(pushes.gray, 'promote');
    await desk.settled(pushes.gray, 'promoted', 8);
    const { push } = await config.release('order', map({ timeoutMs: 900, single: 0, boxed: 0, gray: 2 }));
    await desk.settled(push, 'converged', 8);
    for (const client of clients.values()) expect(client.value('order', 'timeoutMs')).toBe(900);
    expect(value('shop-0', 'single')).toBe(1);
  }, 90_000);

  const startBody = () => ({
    changes: [{ namespace: 'order', base: 1, changes: numbers({ timeoutMs: 1 }) }],
    target: { mode: 'global' },
  });
});

const call = {
  resource: 'GET /books',
  type: 'web' as const,
  passed: 7,
  blocked: {},
  wouldBlock: 0,
  success: 7,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 0,
  latency: [[40, 7]] as [number, number][],
  rules: [],
};
