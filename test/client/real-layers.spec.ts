import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { PushDesk } from '../support/push-desk.ts';

/** The client against the server itself, in order: the last test takes the server away. */
let server: BootedApp;
let desk: PushDesk;
let near: Sluice;
let far: Sluice;
const spec = { timeoutMs: num(1, { max: 5000 }), retries: num(0) };

beforeAll(async () => {
  server = await bootApp();
  desk = new PushDesk(server.admin, 'prod', 'order-api');
  await server.admin.call(contracts.createApp, { body: { name: 'order-api' } });
  for (const name of ['order', 'pay'])
    await server.admin.call(contracts.createNamespace, { params: desk.place, body: { name, kind: 'map' } });
  const { secret } = await server.admin.call(contracts.createToken, {
    body: { kind: 'client', name: 'order', environment: 'prod', app: 'order-api' },
  });
  const connect = (instanceId: string, zone: string): Sluice =>
    createSluice({
      server: server.url,
      token: secret,
      environment: 'prod',
      app: 'order-api',
      instanceId,
      labels: { zone },
      cacheDir: mkdtempSync(join(tmpdir(), 'sluice-real-')),
      logger: false,
    });
  near = connect('near', 'a');
  far = connect('far', 'b');
  await Promise.all([near.ready(), far.ready()]);
  const push = await desk.startIn(
    { order: { timeoutMs: 800, retries: 3 }, pay: { timeoutMs: 800 } },
    { mode: 'global' },
  );
  await desk.settled(push, 'converged', 2);
});
afterAll(async () => {
  await Promise.all([near.close(), far.close()]);
  await server.close();
});

it('a group and an instance are sent their layers, and explain them', async () => {
  const order = near.config('order', spec);
  await server.admin.call(contracts.createGroup, {
    params: desk.place,
    body: { name: 'zone-a', selector: 'zone=a' },
  });
  const forGroup = await desk.start({ mode: 'group', group: 'zone-a' }, { timeoutMs: 400, retries: 2 });
  await desk.settled(forGroup, 'converged', 1);
  const single = await desk.start(
    { mode: 'single', instanceId: 'near' },
    { timeoutMs: 50 },
    { expiresInMs: 600_000 },
  );
  await desk.settled(single, 'converged', 1);
  expect(order.values()).toEqual({ timeoutMs: 50, retries: 2 });
  expect(far.get('order.timeoutMs')).toBe(800);
  const { ladder, ...top } = near.explain('order.timeoutMs');
  expect(top).toMatchObject({ value: 50, layer: 'instance', pushId: single.id, source: 'server' });
  expect(ladder.map(({ layer, value, pushId, group }) => [layer, value, pushId, group])).toEqual([
    ['instance', 50, single.id, undefined],
    ['group', 400, forGroup.id, 'zone-a'],
    ['global', 800, expect.any(String), undefined],
    ['default', 1, undefined, undefined],
  ]);
  expect(ladder[0]?.expiresInMs).toBeGreaterThan(500_000);
  expect(ladder.slice(0, 3).every(({ ageMs = -1 }) => ageMs >= 0 && ageMs < 600_000)).toBe(true);
});

it('what moves under a layer comes without a change of what is read', async () => {
  const heard: unknown[] = [];
  const off = near.on('change', (change) => heard.push(change));
  await desk.settled(await desk.start({ mode: 'global' }, { timeoutMs: 900 }), 'converged');
  while (near.explain('order.timeoutMs').ladder[2]?.value !== 900)
    await new Promise((resolve) => setTimeout(resolve, 10));
  off();
  expect(heard).toEqual([]);
  expect([near.get('order.timeoutMs'), far.get('order.timeoutMs')]).toEqual([50, 900]);
});

it('a change set in two phases is vetoed whole by one instance, and applied whole when none objects', async () => {
  far.config('pay', { timeoutMs: num(1) }, { validate: ({ timeoutMs }) => timeoutMs !== 13 || 'never 13' });
  const start = (timeoutMs: number) =>
    desk.startIn(
      { order: { retries: timeoutMs }, pay: { timeoutMs } },
      { mode: 'global' },
      { twoPhase: true },
    );
  await expect(start(13)).rejects.toThrow('never 13');
  expect([far.get('order.retries'), far.get('pay.timeoutMs')]).toEqual([3, 800]);
  await desk.settled(await start(14), 'converged');
  expect([far.get('order.retries'), far.get('pay.timeoutMs')]).toEqual([14, 14]);
});

it('a time box ends though the server is gone', async () => {
  const lifeMs = 6000;
  const push = await desk.start(
    { mode: 'single', instanceId: 'far' },
    { timeoutMs: 60 },
    { expiresInMs: lifeMs },
  );
  const since = performance.now();
  const ended = new Promise((resolve) => {
    far.config('order', spec).on('timeoutMs', (value) => void (value === 900 && resolve(performance.now())));
  });
  await desk.settled(push, 'converged', 1);
  expect(far.get('order.timeoutMs')).toBe(60);
  await server.close();
  const lateMs = ((await ended) as number) - since - lifeMs;
  expect(lateMs).toBeGreaterThan(-1000);
  expect(lateMs).toBeLessThan(3000); // a machine under load
  expect(far.explain('order.timeoutMs')).toMatchObject({ value: 900, layer: 'global' });
});
