import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { RealFleet, type RealInstance } from '../support/real-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** A backup is restored beneath instances that hold revisions of after it. */
let server: ServerProcess;
let fleet: RealFleet;
let instance: RealInstance;
let desk: ConfigDesk;
const backup = mkdtempSync(join(tmpdir(), 'sluice-backup-'));

const isDatabase = (file: string): boolean => file.startsWith('sluice.db');
function copyDatabase(from: string, to: string): void {
  for (const file of readdirSync(to).filter(isDatabase)) rmSync(join(to, file));
  for (const file of readdirSync(from).filter(isDatabase)) copyFileSync(join(from, file), join(to, file));
}
const releaseAll = async (...values: number[]): Promise<void> => {
  for (const timeoutMs of values) await desk.release('order', map({ timeoutMs, retries: 1 }));
};
const epochs = async () =>
  (await server.admin.call(contracts.listAudit, { query: { action: 'environment.epoch' } })).items;

beforeAll(async () => {
  server = await ServerProcess.start();
  await server.setUp();
  fleet = await RealFleet.of(server.url, server.admin);
  desk = new ConfigDesk(server.admin, 'prod', 'shop');
  await desk.create('order');
  await releaseAll(100, 200);
  await server.down();
  copyDatabase(server.dataDir, backup);
  await server.up();
  await releaseAll(300, 400, 500);
  instance = await fleet.start('shop-1');
  expect(instance.timeoutMs).toBe(500);
}, 60_000);
afterAll(async () => {
  await fleet?.close();
  await server?.remove();
  rmSync(backup, { recursive: true, force: true });
});

it('instances take what the backup says, and what is released from then on', async () => {
  const before = instance.sluice.health();
  await server.down();
  copyDatabase(backup, server.dataDir);
  await server.up();
  await until('the instance holds what was restored', async () => instance.timeoutMs === 200);
  const { epoch, revision } = instance.sluice.health();
  expect(epoch).toBeGreaterThan(before.epoch);
  expect(revision).toBeLessThan(before.revision);
  expect(await epochs()).toMatchObject([
    {
      actor: 'server',
      target: 'prod',
      detail: { instance: 'shop-1', held: before.revision, epoch: { before: before.epoch, after: epoch } },
    },
  ]);
  const { release } = await desk.release('order', map({ timeoutMs: 250, retries: 1 }));
  expect(release.number).toBe(3);
  await until('the next release arrives', async () => instance.timeoutMs === 250);
});

it('a process that only claims so cannot make them begin anew again and again', async () => {
  const { epoch, revision } = instance.sluice.health();
  const liar = new LeanClient(server.url, fleet.token, 'liar');
  liar.epoch = epoch;
  liar.revision = revision + 1000;
  await liar.connect();
  await desk.release('order', map({ timeoutMs: 275, retries: 1 }));
  await until('the next release arrives', async () => instance.timeoutMs === 275);
  expect(instance.sluice.health().epoch).toBe(epoch);
  expect(await epochs()).toHaveLength(1);
  liar.close();
});
