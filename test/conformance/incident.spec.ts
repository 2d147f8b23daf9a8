import { afterEach, expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import type { ResourceSecond } from '@sluice/protocol/client';
import { Metrics } from '../../apps/server/src/env/metrics.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod' };
const bare = (value: number): Content =>
  ({ kind: 'map', items: { timeoutMs: { type: 'number', value } } }) as Content;
const second = (resource: string, errors: number): ResourceSecond => ({
  ...{ resource, type: 'web', passed: 10, blocked: { limited: 2 }, wouldBlock: 0 },
  ...{ success: 10 - errors, errors, degraded: 0, injected: 0, active: 1, latency: [], rules: [] },
});
const breaker = (to: 'open' | 'halfOpen') => ({
  ...{ rule: 'guards/slow', resource: 'pay', type: 'method' as const, agoMs: 0, from: 'closed' as const },
  ...{ to, reason: 'ratio' as const },
});

const clients: LeanClient[] = [];

async function instanceOf(server: BootedApp, app: string, id: string): Promise<LeanClient> {
  const body = { kind: 'client', name: `${app} ${id}`, environment: 'prod', app } as const;
  const { secret } = await server.admin.call(contracts.createToken, { body });
  const client = new LeanClient(server.url, secret, id);
  await client.connect();
  clients.push(client);
  return client;
}

onEachDatabase('what changed', (boot) => {
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  it('is told over all apps in one order, with its pushes, calls and breakers, to whom may see it', async () => {
    const server = await boot();
    const { admin } = server;
    for (const name of ['orders', 'stock']) await admin.call(contracts.createApp, { body: { name } });
    const overview = () => admin.call(contracts.overview, { params });
    expect((await overview()).firstSteps).toEqual({
      ...{ app: true, instance: false, value: false, gray: false, rule: false },
    });
    const reporters = [
      await instanceOf(server, 'orders', 'o-1'),
      await instanceOf(server, 'orders', 'o-2'),
      await instanceOf(server, 'stock', 's-1'),
    ];
    const orders = new ConfigDesk(admin, 'prod', 'orders');
    await orders.create('order');
    await orders.release('order', bare(800), 'first');
    await until('it is proved', async () => (await overview()).firstSteps.value);
    const gray = await new PushDesk(admin, 'prod', 'orders').start(
      { mode: 'gray', audience: { by: 'count', count: 1 } },
      { timeoutMs: 500 },
    );
    await admin.call(contracts.setKill, { params, body: { monitorOnly: true, reason: 'too strict' } });
    const from = { seconds: [{ agoMs: 0, resources: [second('pay', 4), second('list', 0)] }] };
    reporters[0]!.report({ sequence: 1, ...from, breakers: [breaker('open')], open: [] });
    reporters[1]!.report({ sequence: 1, seconds: [], breakers: [breaker('open')], open: [] });
    reporters[2]!.report({ sequence: 1, seconds: [{ agoMs: 0, resources: [second('shelf', 1)] }] });

    const incident = (query: object = {}, caller = admin) =>
      caller.call(contracts.getIncident, { params, query });
    await until('both breakers are told', async () =>
      (await incident()).items.some((entry) => entry.marker.kind === 'breaker' && entry.instances === 2),
    );
    const told = await incident();
    const words = told.items.map(({ app, marker }) => [
      app,
      marker.kind === 'push' ? marker.what : marker.kind,
    ]);
    expect(words).toHaveLength(4);
    expect(words).toEqual(
      expect.arrayContaining([
        ['orders', 'breaker'],
        [undefined, 'kill'],
        ['orders', 'layer'],
        ['orders', 'publish'],
      ]),
    );
    const moments = told.items.map(({ marker }) => marker.at);
    expect(moments).toEqual([...moments].sort().reverse());
    expect(told.pushes.find(({ id }) => id === gray.id)?.verdict.targets).toBe(1);
    await until('calls are told once a step is over', async () => {
      const calls = (await incident()).calls;
      return calls.reduce((sum, each) => sum + each.errors, 0) === 5;
    });
    expect((await incident({ app: 'stock' })).items.map(({ marker }) => marker.kind)).toEqual(['kill']);
    const before = new Date(Date.parse(moments.at(-1)!) - 1000).toISOString();
    expect((await incident({ to: before })).items).toEqual([]);

    const calls = await admin.call(contracts.environmentTraffic, { params });
    expect(calls.worst.map(({ resource, app }) => [app, resource])).toEqual([
      ['orders', 'pay'],
      ['stock', 'shelf'],
      ['orders', 'list'],
    ]);
    expect(calls.apps.find(({ app }) => app === 'orders')?.minute).toMatchObject({ passed: 20, errors: 4 });
    expect((await overview()).firstSteps).toMatchObject({ instance: true, gray: true, rule: false });
    expect((await overview()).activePushes).toMatchObject([{ id: gray.id, mode: 'gray' }]);

    const role = {
      kind: 'api',
      name: 'stock only',
      environment: 'prod',
      app: 'stock',
      role: 'viewer',
    } as const;
    const viewer = server.bearer((await admin.call(contracts.createToken, { body: role })).secret);
    expect((await incident({}, viewer)).items.map(({ marker }) => marker.kind)).toEqual(['kill']);
    expect((await viewer.call(contracts.environmentTraffic, { params })).apps.map(({ app }) => app)).toEqual([
      'stock',
    ]);
  });

  it('is asked of a stretch of time that makes sense', async () => {
    const server = await boot();
    const ask = async (query: object): Promise<number> =>
      (await server.admin.attempt(contracts.getIncident, { params, query })).status;
    const day = '2026-01-02T00:00:00.000Z';
    expect(await ask({ from: day, to: day })).toBe(422);
    expect(await ask({ from: '2025-12-31T23:59:59.000Z', to: day })).toBe(422);
    expect(await ask({ from: '2026-01-01T00:00:00.000Z', to: day })).toBe(200);
    expect(await ask({ app: 'nobody' })).toBe(404);
  });

  it('asks the database as often about many apps as about one', async () => {
    const server = await boot();
    const { admin, app } = server;
    const names = Array.from({ length: 60 }, (_, i) => `app-${i}`);
    for (const name of names) await admin.call(contracts.createApp, { body: { name } });
    await admin.call(contracts.setKill, { params, body: { monitorOnly: true, reason: 'all of it' } });
    const own = { monitorOnly: true, reason: 'this one', app: 'app-7' };
    await admin.call(contracts.setKill, { params, body: own });
    const { statements } = app.get(Metrics, { strict: false });
    const asked = async (): Promise<number> =>
      (await statements.get()).values.find(({ labels }) => labels.kind === 'read')?.value ?? 0;
    const before = await asked();
    const { items } = await admin.call(contracts.getIncident, { params });
    // Some of them are the server's own, which looks at one thing or another each second.
    expect((await asked()) - before).toBeLessThan(names.length);
    expect(items.map(({ app, marker }) => [app, marker.kind])).toEqual([
      ['app-7', 'kill'],
      [undefined, 'kill'],
    ]);
  });

  it('asks the database about the targets of many pushes together', async () => {
    const server = await boot();
    const { admin, app } = server;
    await admin.call(contracts.createApp, { body: { name: 'orders' } });
    const desk = new ConfigDesk(admin, 'prod', 'orders');
    await desk.create('order');
    for (let n = 1; n <= 40; n++) await desk.release('order', bare(n), `release ${n}`);
    const { statements } = app.get(Metrics, { strict: false });
    const asked = async (): Promise<number> =>
      (await statements.get()).values.find(({ labels }) => labels.kind === 'read')?.value ?? 0;
    const before = await asked();
    const { pushes } = await admin.call(contracts.getIncident, { params });
    expect(pushes).toHaveLength(40);
    expect((await asked()) - before).toBeLessThan(40);
  });
});
