import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };

/** What instances really hold, now and then, under layers of their own. */
describe('the truth about instances', () => {
  let server: BootedApp;
  let desk: PushDesk;
  const clients: LeanClient[] = [];
  const probe = (instance: string) =>
    server.admin.attempt(contracts.probeInstance, { params: { ...place, instance } });

  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    const token = (await server.admin.call(contracts.createToken, { body })).secret;
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800 }));
    for (let n = 0; n < 4; n++) clients.push(new LeanClient(server.url, token, `shop-${n}`));
    await Promise.all(clients.map((client) => client.connect()));
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await server?.close();
  });

  it('finds and repairs a byte that flipped in a member of a gray, and an ack that was false', async () => {
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'instances', ids: ['shop-0', 'shop-1', 'shop-2'] } },
      { timeoutMs: 5 },
    );
    await desk.until(push, 'three hold it', (now) => now.verdict.holding === 3);
    const good = clients[0]!.holds.get('order')!;
    clients[1]!.holds.set('order', 'f'.repeat(64));
    clients[2]!.holds.set('order', clients[3]!.holds.get('order')!); // as if it had never taken the gray
    await until('both are repaired', async () => {
      const states = (await desk.instances(push)).map((target) => target.state);
      return states.join() === 'applied,repaired,repaired';
    });
    expect(clients.slice(0, 3).map((client) => client.holds.get('order'))).toEqual([good, good, good]);
    await desk.act(push, 'abandon');
    await desk.until(
      push,
      'its end is proven',
      (now) => now.state === 'abandoned' && now.verdict.holding === 3,
    );
  }, 60_000);

  it('is asked of live memory', async () => {
    const fine = await probe('shop-3');
    expect(fine).toMatchObject({
      status: 200,
      body: { answered: true, namespaces: [{ name: 'order', inSync: true }] },
    });
    clients[3]!.holds.set('order', 'e'.repeat(64));
    expect((await probe('shop-3')).body).toMatchObject({
      answered: true,
      namespaces: [{ name: 'order', held: 'e'.repeat(64), inSync: false }],
    });
    await until('it is repaired', async () =>
      ((await probe('shop-3')).body as { namespaces: { inSync: boolean }[] }).namespaces.every(
        (n) => n.inSync,
      ),
    );
    expect((await probe('nobody')).status).toBe(404);
  }, 60_000);

  it('is remembered', async () => {
    const push = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-0' }, { timeoutMs: 50 }),
      'converged',
    );
    const during = new Date(Date.now()).toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await desk.act(push, 'abandon');
    await until('it is back', async () => clients[0]!.value('order', 'timeoutMs') === 800);
    const at = (query: object) =>
      server.admin.call(contracts.instanceTimeline, { params: { ...place, instance: 'shop-0' }, query });
    const then = await at({ at: during });
    expect(then.items).toMatchObject([
      { namespace: 'order', pushId: push.id, content: { items: { timeoutMs: { value: 50 } } } },
    ]);
    const values = async (): Promise<unknown[]> => {
      const { items, recordedSince } = await at({ from: '2020-01-01T00:00:00.000Z' });
      expect(recordedSince).toBeDefined();
      return items.map(({ content }) => content?.kind === 'map' && content.items.timeoutMs?.value);
    };
    await until('all is on record', async () => (await values()).length === 5);
    expect(await values()).toEqual([800, 5, 800, 50, 800]);
    expect((await at({})).items).toMatchObject([{ release: 1 }]);
  }, 60_000);

  it('says who would not survive the server', async () => {
    const found = await server.admin.call(contracts.survivability, { params: place });
    expect(found).toMatchObject({ online: 4, surviving: 0 });
    expect(found.atRisk.map(({ reasons }) => reasons)).toEqual(Array(4).fill(['cacheOff']));
  });
});
