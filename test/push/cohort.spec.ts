import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { PushScheduler } from '../../apps/server/src/delivery/push-scheduler.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const graceMs = 60_000;

/** Twenty instances, 10 % of them in gray: whatever restarts, exactly two hold the gray value. */
describe('a tenth of twenty, in gray,', () => {
  let server: BootedApp;
  let desk: PushDesk;
  let scheduler: PushScheduler;
  let push: Push;
  let token: string;
  const clients = new Map<string, LeanClient>();

  const connect = async (id: string, boot: number): Promise<void> => {
    const client = new LeanClient(server.url, token, id, { bootId: `${id}-${boot}` });
    await client.connect();
    clients.set(id, client);
  };
  const leave = (id: string): void => {
    clients.get(id)?.close();
    clients.delete(id);
  };
  const members = (): string[] =>
    [...clients.values()]
      .filter((client) => client.value('order', 'timeoutMs') === 5)
      .map((client) => client.instanceId)
      .sort();
  const serverSees = (online: number): Promise<boolean> =>
    until(`${online} are online`, async () => {
      const place = { env: 'prod', app: 'shop' };
      const { items } = await server.admin.call(contracts.listInstances, {
        params: place,
        query: { online: 'true' },
      });
      return items.length === online;
    });

  beforeAll(async () => {
    server = await bootApp();
    scheduler = server.app.get(PushScheduler, { strict: false });
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    token = (await server.admin.call(contracts.createToken, { body })).secret;
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800 }));
    for (let n = 0; n < 20; n++) await connect(`shop-${n}`, 0);
    const audience = { by: 'percent' as const, steps: [10] };
    push = await desk.start({ mode: 'gray', audience, gate: { health: false } }, { timeoutMs: 5 });
    await until('two hold it', async () => members().length === 2);
  }, 60_000);

  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await server?.close();
  });

  it('stays the same two through a rolling restart of everybody', async () => {
    const chosen = members();
    // The minute after the start of the server, in which nobody counts as gone.
    server.advance(graceMs + 1000);
    for (const id of [...clients.keys()]) {
      leave(id);
      await serverSees(19);
      await scheduler.look();
      server.advance(25_000);
      await scheduler.look();
      await connect(id, 1);
      await scheduler.look();
      expect(members()).toEqual(chosen);
    }
    await serverSees(20);
    expect(await desk.targets(push)).toEqual(chosen);
  }, 60_000);

  it('gives the place of a member that is gone for a minute to another one', async () => {
    const [lost, kept] = members();
    leave(lost!);
    await serverSees(19);
    expect(members()).toEqual([kept]);
    await scheduler.look();
    server.advance(graceMs - 20_000);
    await scheduler.look();
    expect(members()).toEqual([kept]);
    await until('two hold it again', async () => {
      server.advance(5000);
      await scheduler.look();
      return members().length === 2;
    });
    expect(members()).toContain(kept);
    await desk.until(push, 'the new one is proven', (now) => now.verdict.holding === 2);

    await connect(lost!, 2);
    await until('the old one is told', async () => clients.get(lost!)!.value('order', 'timeoutMs') === 800);
    expect(members()).toHaveLength(2);
    expect((await desk.targets(push)).sort()).toEqual(members());
  }, 60_000);

  it('follows a fleet that comes back under new names', async () => {
    const ids = [...clients.keys()];
    for (const id of ids) {
      await connect(`new-${id}`, 0);
      leave(id);
      await scheduler.look();
      expect(members().length).toBeLessThanOrEqual(2);
    }
    await serverSees(20);
    await until('two of the new ones hold it', async () => {
      server.advance(graceMs / 10);
      await scheduler.look();
      expect(members().length).toBeLessThanOrEqual(2);
      return members().length === 2 && members().every((id) => id.startsWith('new-'));
    });
    await desk.until(push, 'both are proven', (now) => now.verdict.holding === 2);
    await desk.act(push, 'abandon');
    await until('nobody holds it', async () => members().length === 0);
  }, 60_000);
});
