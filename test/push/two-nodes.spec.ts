import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Sync } from '@sluice/protocol/client';
import pg from 'pg';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'shop', ns: 'order' };

/** Two server processes, one PostgreSQL: a publish on the one reaches the instances of the other. */
describe('two nodes on one PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let first: ServerProcess;
  let second: ServerProcess;
  const clients: LeanClient[] = [];
  let etag = '"0"';
  let clientToken: string;

  /** Publishes on the first node and says how long each client of the second took to hold it, in milliseconds. */
  const publishAndTime = async (value: number): Promise<number[]> => {
    const applied = clients.map(
      (client) =>
        new Promise<number>((resolve) => client.once('applied', (_: Sync) => resolve(performance.now()))),
    );
    const changes = { set: { timeoutMs: { type: 'number' as const, value } }, remove: [] };
    const answer = await first.admin.call(contracts.publish, {
      params,
      ifMatch: etag,
      body: { changes, message: '' },
    });
    const published = performance.now();
    etag = answer.etag;
    return (await Promise.all(applied)).map((at) => at - published);
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase();
    const settings = {
      SLUICE_DATABASE_URL: url,
      SLUICE_SECRET_KEY: randomBytes(32).toString('hex'),
    };
    first = await ServerProcess.start(settings);
    await first.setUp();
    second = await ServerProcess.start(settings);
    first.shareTokenWith(second);
    const token = await first.clientToken('shop');
    clientToken = token;
    await first.admin.call(contracts.createNamespace, {
      params: { env: 'prod', app: 'shop' },
      body: { name: 'order', kind: 'map' },
    });
    for (let n = 0; n < 20; n++) clients.push(new LeanClient(second.url, token, `shop-${n}`));
    await Promise.all(clients.map((client) => client.connect()));
  }, 90_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await first?.remove();
    await second?.remove();
    await postgres?.stop();
  });

  it('brings a publish to the other node by the doorbell', async () => {
    const times: number[] = [];
    for (let value = 1; value <= 50; value++) times.push(...(await publishAndTime(value)));
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)]!;
    console.info(
      `cross-node with the doorbell: p50 ${times[times.length >> 1]!.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    );
    // What is promised is 200 ms; without the doorbell half of them would take longer than 500 ms.
    expect(times[times.length >> 1]!).toBeLessThan(500);
  }, 60_000);

  it('comes to one verdict over the instances of both nodes', async () => {
    await publishAndTime(1000);
    const { items } = await second.admin.call(contracts.listPushes, {
      params: { env: 'prod', app: 'shop' },
      query: { limit: '1' },
    });
    const push = await until('the verdict', async () => {
      const now = await first.admin.call(contracts.getPush, {
        params: { env: 'prod', app: 'shop', push: items[0]!.id },
      });
      return now.state === 'converged' && now;
    });
    expect(push.verdict).toMatchObject({ holding: 20, targets: 20 });
  }, 60_000);

  it('carries a gray out over the instances of both nodes, and both look after it', async () => {
    const others = Array.from({ length: 10 }, (_, n) => new LeanClient(first.url, clientToken, `own-${n}`));
    clients.push(...others);
    await Promise.all(others.map((client) => client.connect()));
    const desk = new PushDesk(second.admin, 'prod', 'shop');
    await until('all are seen by the other node', async () => {
      const query = { online: 'true' as const };
      const listed = await second.admin.call(contracts.listInstances, { params: desk.place, query });
      return listed.items.length === 30;
    });
    const holders = (): number =>
      clients.filter((client) => client.value('order', 'timeoutMs') === 77).length;
    const audience = { by: 'percent' as const, steps: [20, 60] };
    const push = await desk.start(
      { mode: 'gray', audience, gate: { bakeMs: 0, health: false, click: false } },
      { timeoutMs: 77 },
    );
    // No step waits for a click: each node finds out by itself that the first is over, and one of them does it.
    const done = await desk.settled(push, 'converged', 18);
    expect(done.verdict).toMatchObject({ holding: 18, targets: 18 });
    expect(holders()).toBe(18);
    const again = new PushDesk(first.admin, 'prod', 'shop');
    expect((await again.get(push)).verdict).toMatchObject({ holding: 18, targets: 18 });

    await again.act(push, 'promote');
    await until('everybody holds it', async () => holders() === 30);
    expect((await desk.settled(push, 'promoted', 30)).verdict.counts.pending).toBe(0);
    etag = (await first.admin.call(contracts.getNamespace, { params })).etag;

    const single = await desk.start(
      { mode: 'single', instanceId: 'own-3' },
      { timeoutMs: 78 },
      { expiresInMs: 4000 },
    );
    await until('it has it', async () => others[3]!.value('order', 'timeoutMs') === 78);
    await desk.until(
      single,
      'its end is proven',
      (now) => now.state === 'abandoned' && now.ended?.reason === 'expired' && now.verdict.holding === 1,
    );
    expect(holders()).toBe(30);
    const told = await first.admin.call(contracts.listChanges, {
      params: { env: 'prod' },
      query: { app: 'shop' },
    });
    expect(told.items.filter(({ kind }) => kind === 'expire')).toHaveLength(1);
  }, 90_000);

  it('brings it by the poll when the doorbell is cut', async () => {
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const cut = (): Promise<unknown> =>
      admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-doorbell'",
      );
    try {
      const times: number[] = [];
      for (let value = 1; value <= 5; value++) {
        await cut();
        times.push(...(await publishAndTime(2000 + value)));
      }
      const slowest = Math.max(...times);
      console.info(`cross-node with the doorbell cut: slowest ${slowest.toFixed(0)} ms`);
      expect(slowest).toBeLessThan(5000);
    } finally {
      await admin.end();
    }
  }, 60_000);
});
