import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { FleetProcess } from '../support/fleet-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
const namespace = { ...place, ns: 'order' };
const ids = Array.from({ length: 240 }, (_, n) => `shop-${String(n).padStart(3, '0')}`);
const muted = ['shop-005', 'shop-077', 'shop-190'];
const throwing = ['shop-042', 'shop-133'];

/** One server, twelve processes, twenty clients in each. */
describe('a fleet of 240 instances in 12 processes', () => {
  let server: ServerProcess;
  let cacheDir: string;
  let token: string;
  const fleet: FleetProcess[] = [];

  const startFleet = async (): Promise<void> => {
    for (let p = 0; p < 12; p++)
      fleet.push(
        await FleetProcess.start({
          server: server.url,
          token,
          cacheDir,
          ids: ids.slice(p * 20, p * 20 + 20),
          muted: mutedNow,
          throwing: throwingNow,
        }),
      );
  };
  const stopFleet = async (): Promise<void> => {
    await Promise.all(fleet.splice(0).map((p) => p.kill()));
  };
  let mutedNow: readonly string[] = [];
  let throwingNow: readonly string[] = [];

  const publish = async (timeoutMs: number): Promise<Push> => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params: namespace });
    const changes = { set: { timeoutMs: { type: 'number' as const, value: timeoutMs } }, remove: [] };
    return (
      await server.admin.call(contracts.publish, {
        params: namespace,
        ifMatch: etag,
        body: { changes, message: 'tune' },
      })
    ).push;
  };
  const settled = (id: string): Promise<Push> =>
    until('the verdict', async () => {
      const push = await server.admin.call(contracts.getPush, { params: { ...place, push: id } });
      return push.state === 'running' || push.state === 'verifying' ? undefined : push;
    });

  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'sluice-fleet-'));
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'order', kind: 'map' },
    });
    await publish(800);
  }, 60_000);

  afterAll(async () => {
    await stopFleet();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('proves a publish on all 240, and the verdict is what the processes say of their own memory', async () => {
    await startFleet();
    expect(fleet.flatMap((p) => p.states)).toEqual(Array(240).fill('live'));

    const push = await settled((await publish(750)).id);
    const { items } = await server.admin.call(contracts.listPushInstances, {
      params: { ...place, push: push.id },
    });
    const reports = (await Promise.all(fleet.map((p) => p.reports()))).flat();

    expect(push.verdict.targets).toBe(240);
    expect(items.map((target) => target.instanceId)).toEqual(ids);
    expect(new Set(reports.map((r) => `${r.timeoutMs} ${r.digests.order}`))).toEqual(
      new Set([`750 ${push.namespaces[0]!.digest}`]),
    );
    const fromServer = Object.fromEntries(items.map((target) => [target.instanceId, target.digest]));
    const fromMemory = Object.fromEntries(reports.map((r) => [r.instanceId, r.digests.order]));
    expect(fromServer).toEqual(fromMemory);
    expect(push.state).toBe('converged');
    expect(push.verdict).toMatchObject({ holding: 240, targets: 240, counts: { applied: 240 } });
    const listed = await server.admin.call(contracts.listInstances, { params: place, query: {} });
    expect(listed.items.filter((instance) => instance.online && instance.inSync)).toHaveLength(240);
  }, 120_000);

  it('tells applied, failed and silent ones apart', async () => {
    await stopFleet();
    mutedNow = muted;
    throwingNow = throwing;
    await startFleet();
    const push = await settled((await publish(700)).id);
    const { items } = await server.admin.call(contracts.listPushInstances, {
      params: { ...place, push: push.id },
    });

    expect(push.state).toBe('diverged');
    expect(push.verdict).toMatchObject({
      holding: 235,
      targets: 240,
      counts: { applied: 235, failed: 2, timeout: 3, offline: 0 },
    });
    expect(items.filter((t) => t.state === 'timeout').map((t) => t.instanceId)).toEqual(muted);
    expect(items.filter((t) => t.state === 'failed').map((t) => t.instanceId)).toEqual(throwing);
    for (const failed of items.filter((t) => t.state === 'failed'))
      expect(failed.error).toContain('pool closed');
  }, 120_000);
});
