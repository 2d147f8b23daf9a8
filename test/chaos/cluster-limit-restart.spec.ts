import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Leases } from '@sluice/protocol/client';
import { ConfigDesk } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const wish = { rule: 'guard/all', resource: 'pay', type: 'rpc' as const, calls: 200 };
const all = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 100,
  intervalMs: 1000,
  scope: 'cluster',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
};
const fleetSize = 5;

/** Those who have not come back yet go on with their parts: the first to come back must not be given all of a limit. */
describe.each(['SIGTERM', 'SIGKILL'] as const)('a cluster limit over a restart by %s', (signal) => {
  let server: ServerProcess;
  let token: string;
  const clients: LeanClient[] = [];
  const shares = new Map<string, number>();
  let asking: NodeJS.Timeout;

  const come = async (instanceId: string): Promise<void> => {
    const client = new LeanClient(server.url, token, instanceId);
    client.on('leases', ({ leases }: Leases) => shares.set(instanceId, leases[0]!.limit));
    await client.connect();
    clients.push(client);
  };
  const leased = (): number => [...shares.values()].reduce((sum, share) => sum + share, 0);
  const ids = Array.from({ length: fleetSize }, (_, i) => `orders-${i}`);

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('orders');
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    await desk.release('guard', { kind: 'rules', items: { all } as never });
    for (const id of ids) await come(id);
    asking = setInterval(() => {
      for (const client of clients) if (client.isOpen) client.report({ leases: [wish] });
    }, 500);
    await until('all have their part', async () => shares.size === fleetSize && leased() > 95);
    // What is written of instances is written with the end of a burst.
    const params = { env: 'prod', app: 'orders' };
    await until('they are known', async () => {
      const { items } = await server.admin.call(contracts.listInstances, { params });
      return items.length === fleetSize;
    });
  }, 60_000);
  afterAll(async () => {
    clearInterval(asking);
    for (const client of clients) client.close();
    await server?.remove();
  });

  it('is given out by heads, until all are back', async () => {
    await server.down(signal);
    clients.length = 0;
    shares.clear();
    await server.up();
    const told: number[] = [];
    await come(ids[0]!);
    clients[0]!.on('leases', ({ leases }: Leases) => told.push(leases[0]!.limit));
    await until('the first has been told its part', async () => told.some((limit) => limit > 15));
    expect(Math.max(...told)).toBeLessThan(25);
    for (const id of ids.slice(1)) await come(id);
    await until(
      'all of the limit is given out again',
      async () => shares.size === fleetSize && leased() > 95,
    );
    expect(leased()).toBeLessThan(101);
  }, 60_000);
});
