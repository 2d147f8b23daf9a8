import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Leases } from '@sluice/protocol/client';
import { NodeLease } from '../../apps/server/src/fleet/node-lease.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const wish = { rule: 'guard/all', resource: 'pay', type: 'rpc' as const };

/** One limit of the cluster, instances on two nodes: the busy one has most of it wherever it is connected. */
describe('a cluster limit over two nodes', () => {
  let postgres: Postgres;
  const nodes: BootedApp[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await postgres.stop();
  });

  it('is divided by demand, and the parts come to the limit', async () => {
    const databaseUrl = await postgres.createDatabase();
    for (let i = 0; i < 2; i++) nodes.push(await bootApp({ databaseUrl }));
    const [first, second] = nodes as [BootedApp, BootedApp];
    await first.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const desk = new ConfigDesk(first.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    const all = {
      kind: 'limit',
      algorithm: 'tokenBucket',
      limit: 100,
      intervalMs: 1000,
      scope: 'cluster',
      resource: { match: 'exact', value: 'pay' },
      mode: 'intercept',
    };
    await desk.release('guard', { kind: 'rules', items: { all } as never });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
    const { secret } = await first.admin.call(contracts.createToken, { body });
    const [busy, calm] = [
      new LeanClient(first.url, secret, 'busy'),
      new LeanClient(second.url, secret, 'calm'),
    ];
    const shares = new Map<LeanClient, number>();
    for (const client of [busy, calm]) {
      client.on('leases', ({ leases }: Leases) => shares.set(client, leases[0]!.limit));
      await client.connect();
    }
    for (const node of nodes) await node.app.get(NodeLease, { strict: false }).countAlive();
    const asking = setInterval(() => {
      busy.report({ leases: [{ ...wish, calls: 200 }] });
      calm.report({ leases: [{ ...wish, calls: 5 }] });
    }, 500);
    try {
      const both = await until('shares by demand', async () => {
        const [most = 0, little = 0] = [shares.get(busy), shares.get(calm)];
        return most > 80 && little > 3 && most + little <= 101 && [most, little];
      });
      expect(both[0]!).toBeGreaterThan(both[1]! * 5);
      expect(both[0]! + both[1]!).toBeGreaterThan(90);
    } finally {
      clearInterval(asking);
      busy.close();
      calm.close();
    }
  });
});
