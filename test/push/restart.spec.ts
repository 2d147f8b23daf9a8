import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { Database } from '../../apps/server/src/database/database.ts';
import { PushTargetEntity } from '../../apps/server/src/delivery/delivery.entities.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

/** A server that restarts in the middle of things: what was laid for some is theirs still. */
describe('pushes over a restart of the server', () => {
  let dataDir: string;
  let server: BootedApp;
  let desk: PushDesk;
  let token: string;
  const clients = new Map<string, LeanClient>();

  const connectAll = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) {
      const id = `shop-${n}`;
      const labels = { zone: n < 5 ? 'a' : 'b' };
      clients.set(id, new LeanClient(server.url, token, id, { labels }));
    }
    await Promise.all([...clients.values()].map((client) => client.connect()));
  };
  const restart = async (): Promise<void> => {
    for (const client of clients.values()) client.close();
    await server.close();
    server = await bootApp({ dataDir });
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await connectAll();
  };
  const holdersOf = (value: number): string[] =>
    [...clients.values()]
      .filter((client) => client.value('order', 'timeoutMs') === value)
      .map((client) => client.instanceId)
      .sort();

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sluice-restart-'));
    server = await bootApp({ dataDir });
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    token = (await server.admin.call(contracts.createToken, { body })).secret;
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800 }));
    await connectAll();
  }, 60_000);

  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await server?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keep their cohort, go on with the next step, and can be promoted', async () => {
    const audience = { by: 'percent' as const, steps: [20, 50] };
    const gate = { health: false };
    const push: Push = await desk.start({ mode: 'gray', audience, gate }, { timeoutMs: 5 });
    await desk.until(push, 'two hold it', (now) => now.verdict.holding === 2);
    const first = holdersOf(5);
    await restart();
    expect(holdersOf(5)).toEqual(first);
    await desk.until(push, 'two are proven again', (now) => now.verdict.holding === 2);

    await desk.advance(push, 0);
    await desk.until(push, 'five hold it', (now) => now.verdict.holding === 5);
    expect(holdersOf(5)).toEqual(expect.arrayContaining(first));
    await restart();
    expect(holdersOf(5)).toHaveLength(5);
    await desk.act(push, 'promote');
    await desk.settled(push, 'promoted', 10);
    expect(holdersOf(5)).toHaveLength(10);
  }, 60_000);

  it('end while it is away, and are proven when it is back', async () => {
    // On a machine that is busy it may be over before anybody has looked.
    const push = await desk.until(
      await desk.start({ mode: 'single', instanceId: 'shop-4' }, { timeoutMs: 9 }, { expiresInMs: 400 }),
      'it has its verdict',
      ({ state }) => state === 'converged' || state === 'abandoned',
    );
    for (const client of clients.values()) client.close();
    await server.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
    server = await bootApp({ dataDir });
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await connectAll();
    expect(holdersOf(5)).toHaveLength(10);
    const over = await desk.until(
      push,
      'its end is proven',
      (now) => now.state === 'abandoned' && now.verdict.holding === 1,
    );
    expect(over.ended).toEqual({ reason: 'expired' });
  }, 60_000);

  it('are proven to be gone also where the server was killed before it had heard so', async () => {
    const push = await desk.start({ mode: 'single', instanceId: 'shop-4' }, { timeoutMs: 12 });
    await desk.settled(push, 'converged', 1);
    await desk.act(push, 'abandon');
    await desk.until(push, 'its end is proven', ({ verdict }) => verdict.holding === 1);
    for (const client of clients.values()) client.close();
    const database = server.app.get(Database, { strict: false });
    await until('it is written', async () => {
      const { state } = await database.read.findOneByOrFail(PushTargetEntity, { pushId: push.id });
      return state === 'applied';
    });
    // As a server leaves it that dies in this moment.
    await database.write((tx) => tx.update(PushTargetEntity, { pushId: push.id }, { state: 'pending' }));
    await restart();
    const { verdict } = await desk.until(
      push,
      'nobody is pending',
      (now) => now.verdict.counts.pending === 0,
    );
    expect(verdict).toMatchObject({ holding: 1, targets: 1 });
  }, 60_000);

  it('can be sent again to who refused them', async () => {
    clients.get('shop-7')!.refuses.set('order', 'the pool is not ready');
    const push = await desk.start({ mode: 'global' }, { timeoutMs: 11 });
    const bad = await desk.settled(push, 'diverged', 9);
    expect(bad.verdict.counts.rejected).toBe(1);
    const [refused] = (await desk.instances(push)).filter((target) => target.state === 'rejected');
    expect(refused).toMatchObject({ instanceId: 'shop-7', error: 'the pool is not ready' });
    expect(refused!.expected).toBe(clients.get('shop-0')!.holds.get('order'));
    clients.get('shop-7')!.refuses.clear();
    await desk.act(push, 'repush');
    await desk.settled(push, 'converged', 10);
    await until('it has it', async () => holdersOf(11).length === 10);
  }, 60_000);
});
