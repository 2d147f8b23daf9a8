import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { Database } from '../../apps/server/src/database/database.ts';
import { Retention } from '../../apps/server/src/delivery/retention.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
const params = { ...place, ns: 'order' };
let booted: BootedApp;

beforeAll(async () => {
  booted = await bootApp();
});
afterAll(() => booted?.close());

it('removes the plans and targets of old pushes and instances that never came back, and keeps the history', async () => {
  const { admin, app, url } = booted;
  await admin.call(contracts.createApp, { body: { name: 'shop' } });
  const body = { kind: 'client', name: 'processes', environment: 'prod', app: 'shop' } as const;
  const { secret } = await admin.call(contracts.createToken, { body });
  await admin.call(contracts.createNamespace, { params: place, body: { name: 'order', kind: 'map' } });
  const client = new LeanClient(url, secret, 'shop-1');
  await client.connect();
  const changes = { set: { timeoutMs: { type: 'number' as const, value: 1 } }, remove: [] };
  const push = await admin.call(contracts.startPush, {
    params: place,
    body: { changes: [{ namespace: 'order', base: 0, changes }], target: { mode: 'global' } },
  });
  const plans = (): Promise<unknown[]> =>
    app.get(Database, { strict: false }).read.query('SELECT push_id FROM push_plan');
  const targets = (): Promise<{ n: number | string }[]> =>
    app.get(Database, { strict: false }).read.query('SELECT count(*) AS n FROM push_target');
  const instances = (): Promise<{ online: unknown }[]> =>
    app.get(Database, { strict: false }).read.query('SELECT online FROM instance');
  await until('the target is written', async () => Number((await targets())[0]!.n) === 1);
  await until('the push has its verdict', async () => {
    const { state } = await admin.call(contracts.getPush, { params: { ...place, push: push.id } });
    return state === 'converged';
  });
  client.close();
  await until('the instance is written as gone', async () => (await instances())[0]?.online === 0);

  const retention = app.get(Retention, { strict: false });
  await retention.sweep();
  expect(Number((await targets())[0]!.n)).toBe(1);
  expect(await plans()).toHaveLength(1);

  booted.advance(31 * 24 * 3600_000);
  await retention.sweep();
  expect(Number((await targets())[0]!.n)).toBe(0);
  expect(await plans()).toEqual([]);
  expect(await instances()).toEqual([]);
  const signedIn = await booted.signIn('admin', 'correct horse battery');
  const kept = await signedIn.call(contracts.getPush, { params: { ...place, push: push.id } });
  expect(kept.namespaces[0]!.release).toBe(1);
  expect((await signedIn.call(contracts.listHistory, { params })).items).toHaveLength(1);
});
