import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { NodeLease } from '../../apps/server/src/fleet/node-lease.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const failsBelow = { resource: 'pay', namespace: 'order', key: 'timeoutMs', least: 50 };

/** The cohort on one node, the rest on the other: neither knows enough alone, together they halt it once. */
describe('guardrails over two nodes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-guardrails-'));
  const nodes: BootedApp[] = [];
  const fleets: GuardedFleet[] = [];
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    for (const fleet of fleets) await fleet.kill();
    for (const node of nodes) await node.close();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('halt a gray whose cohort is on one of them, and take it back once', async () => {
    const databaseUrl = await postgres.createDatabase();
    for (let i = 0; i < 2; i++) nodes.push(await bootApp({ databaseUrl }));
    const [first, second] = nodes as [BootedApp, BootedApp];
    await first.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'shop' } as const;
    const { secret: token } = await first.admin.call(contracts.createToken, { body });
    const config = new ConfigDesk(first.admin, 'prod', 'shop');
    await config.create('order', { kind: 'map' });
    await config.release('order', {
      kind: 'map',
      items: { timeoutMs: { type: 'number', value: 800 } },
    } as never);
    const order = { token, cacheDir: folder, failsBelow, resources: { browse: 20, pay: 15 } };
    fleets.push(
      await GuardedFleet.start({ ...order, server: first.url, ids: ['a-1', 'a-2'] }),
      await GuardedFleet.start({ ...order, server: second.url, ids: ['b-1', 'b-2', 'b-3', 'b-4'] }),
    );
    for (const node of nodes) await node.app.get(NodeLease, { strict: false }).countAlive();
    const desk = new PushDesk(second.admin, 'prod', 'shop');
    await until('both nodes know all of them', async () => {
      const { items } = await second.admin.call(contracts.listInstances, { params: desk.place });
      return items.filter(({ online }) => online).length === 6;
    });
    const begunMs = Date.now();
    const push = await desk.start(
      {
        mode: 'gray',
        audience: { by: 'instances', ids: ['a-1', 'a-2'] },
        guardrails: { onBreach: 'abandon', minCalls: 40 },
      },
      { timeoutMs: 10 },
    );
    const ended = await desk.until(push, 'it is taken back', (now) => now.state === 'abandoned');
    expect(Date.now() - begunMs).toBeLessThan(20_000);
    expect(ended.ended!.because!.en).toMatch(/^errors of pay: 100 % in the gray, 0 % in the rest$/);
    await desk.until(push, 'the cohort holds what was before', ({ verdict }) => verdict.holding === 2);
    const { items } = await first.admin.call(contracts.listAudit, { query: { app: 'shop' } });
    const actions = items.filter(({ target }) => target === push.id).map(({ action }) => action);
    expect(actions).toEqual(['push.abandon', 'push.halt', 'push.start']);
    for (const node of nodes) {
      const { log } = await node.admin.call(contracts.getPushGuardrail, {
        params: { ...desk.place, push: push.id },
      });
      expect(log[0]).toMatchObject({ health: 'breached', instances: { cohort: 2, rest: 4 } });
      // By its second window: the rest is the way there on a busy machine.
      expect(Date.parse(log[0]!.until) - Date.parse(push.createdAt)).toBeLessThan(10_500);
    }
  }, 90_000);
});
