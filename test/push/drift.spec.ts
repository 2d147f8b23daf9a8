import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { LeanClient } from '../support/lean-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
const params = { ...place, ns: 'order' };

/** Acks are not taken at their word: live memory is asked, and what differs is sent again. */
describe('an instance that holds something else than it confirmed', () => {
  let server: ServerProcess;
  const clients: LeanClient[] = [];
  let value = 0;

  const publish = async (): Promise<Push> => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params });
    const changes = { set: { timeoutMs: { type: 'number' as const, value: ++value } }, remove: [] };
    return (
      await server.admin.call(contracts.publish, { params, ifMatch: etag, body: { changes, message: '' } })
    ).push;
  };
  const stateOf = async (push: Push, instanceId: string): Promise<string | undefined> => {
    const { items } = await server.admin.call(contracts.listPushInstances, {
      params: { ...place, push: push.id },
    });
    return items.find((target) => target.instanceId === instanceId)?.state;
  };

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const token = await server.clientToken('shop');
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'order', kind: 'map' },
    });
    await publish();
    for (let n = 0; n < 5; n++) clients.push(new LeanClient(server.url, token, `shop-${n}`));
    await Promise.all(clients.map((client) => client.connect()));
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await server?.remove();
  });

  it('is found by the probe after a push and repaired', async () => {
    const applied = new Promise((resolve) => clients[1]!.once('applied', resolve));
    const push = await publish();
    await applied;
    clients[1]!.holds.set('order', 'f'.repeat(64)); // a byte of its memory flipped after the ack
    await until('the repair', async () => (await stateOf(push, 'shop-1')) === 'repaired');
    expect(clients[1]!.holds.get('order')).toBe(push.namespaces[0]!.digest);
    expect(await stateOf(push, 'shop-0')).toBe('applied');
    const done = await until('the verdict', async () => {
      const now = await server.admin.call(contracts.getPush, { params: { ...place, push: push.id } });
      return now.state === 'converged' && now.verdict.counts.repaired === 1 && now;
    });
    expect(done.verdict).toMatchObject({ holding: 5, targets: 5 });
  }, 60_000);

  it('stays on record as drifted when its acks are false again and again', async () => {
    clients[2]!.lying = true;
    const push = await publish();
    const done = await until('the verdict', async () => {
      const now = await server.admin.call(contracts.getPush, { params: { ...place, push: push.id } });
      return now.state === 'diverged' && now;
    });
    expect(done.verdict).toMatchObject({ holding: 4, targets: 5, counts: { drifted: 1 } });
    expect(await stateOf(push, 'shop-2')).toBe('drifted');
    clients[2]!.lying = false;
    const next = await publish();
    await until('its memory to show the next', async () => (await stateOf(next, 'shop-2')) === 'applied');
  }, 60_000);
});
