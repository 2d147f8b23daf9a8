import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import pg from 'pg';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { readRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

/** Ten instances on each of two nodes; everything is asked of the first. */
describe('a node', () => {
  let postgres: Postgres;
  let databaseUrl: string;
  let here: BootedApp;
  let there: BootedApp;
  let desk: PushDesk;
  const clients = new Map<string, LeanClient>();
  const place = { env: 'prod', app: 'shop' };

  const holders = (key: string, value: number): string[] =>
    [...clients.values()]
      .filter((client) => client.value('order', key) === value)
      .map((client) => client.instanceId)
      .sort();
  const probe = (instance: string) =>
    here.admin.attempt(contracts.probeInstance, { params: { ...place, instance } });
  const noQuestionIsLeft = (): Promise<boolean> =>
    until(
      'every question is gone',
      async () => (await readRows(here, 'SELECT id FROM node_question')).length === 0,
    );

  beforeAll(async () => {
    postgres = await startPostgres();
    databaseUrl = await postgres.createDatabase();
    here = await bootApp({ databaseUrl });
    there = await bootApp({ databaseUrl });
    await here.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    const { secret } = await here.admin.call(contracts.createToken, { body });
    const config = new ConfigDesk(here.admin, 'prod', 'shop');
    desk = new PushDesk(here.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800, retries: 1 }));
    for (let n = 0; n < 20; n++) {
      const server = n < 10 ? here : there;
      const id = `${n < 10 ? 'here' : 'there'}-${n % 10}`;
      const client = new LeanClient(server.url, secret, id, { labels: { zone: n % 2 === 0 ? 'a' : 'b' } });
      clients.set(id, client);
      await client.connect();
    }
    await until('the first knows of all', async () => {
      const listed = await here.admin.call(contracts.listInstances, {
        params: place,
        query: { online: 'true' },
      });
      return listed.items.length === 20;
    });
  }, 90_000);

  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await there?.close();
    await here?.close();
    await postgres?.stop();
  });

  it('reaches one instance, a group and a gray of the other', async () => {
    const single = await desk.start({ mode: 'single', instanceId: 'there-3' }, { timeoutMs: 5 });
    await desk.settled(single, 'converged', 1);
    expect(holders('timeoutMs', 5)).toEqual(['there-3']);
    await desk.act(single, 'abandon');
    await desk.until(single, 'its end is proven', ({ verdict }) => verdict.holding === 1);

    await here.admin.call(contracts.createGroup, {
      params: place,
      body: { name: 'zone-a', selector: 'zone=a' },
    });
    const group = await desk.start({ mode: 'group', group: 'zone-a' }, { retries: 7 });
    await desk.settled(group, 'converged', 10);
    expect(holders('retries', 7)).toEqual(await desk.targets(group));
    expect(holders('retries', 7).filter((id) => id.startsWith('there'))).toHaveLength(5);
    await desk.act(group, 'abandon');
    await desk.until(group, 'its end is proven', ({ verdict }) => verdict.holding === 10);

    const audience = { by: 'labels', selector: 'zone=b' } as const;
    const gray = await desk.start({ mode: 'gray', audience }, { timeoutMs: 6 });
    await desk.until(gray, 'ten hold it', ({ verdict }) => verdict.holding === 10);
    expect(holders('timeoutMs', 6)).toEqual(await desk.targets(gray));
    await desk.act(gray, 'abandon');
    await desk.until(gray, 'its end is proven', ({ verdict }) => verdict.holding === 10);
    expect([holders('timeoutMs', 800), holders('retries', 1)].map(({ length }) => length)).toEqual([20, 20]);
  }, 90_000);

  it('asks instances of the other before a push in two phases: one veto there, and nobody applies it', async () => {
    clients.get('there-4')!.vetoes.set('order', 'too low for this pool');
    const refused = await desk.tryStart({ mode: 'global' }, { timeoutMs: 1 }, { twoPhase: true });
    expect(refused).toMatchObject({ status: 409, body: { code: 'vetoed' } });
    expect(JSON.stringify(refused.body)).toContain('there-4');
    expect(JSON.stringify(refused.body)).toContain('too low for this pool');
    expect(holders('timeoutMs', 800)).toHaveLength(20);
    clients.get('there-4')!.vetoes.clear();
    const asked = Promise.all(
      [...clients.values()].map((client) => new Promise((r) => client.once('prepared', r))),
    );
    const push = await desk.start({ mode: 'global' }, { timeoutMs: 1 }, { twoPhase: true });
    expect(await asked).toHaveLength(20);
    await desk.settled(push, 'converged', 20);
    await noQuestionIsLeft();
  }, 60_000);

  it('asks an instance of the other what it holds', async () => {
    expect(await probe('there-5')).toMatchObject({
      status: 200,
      body: { answered: true, namespaces: [{ name: 'order', inSync: true }] },
    });
    clients.get('there-5')!.holds.set('order', 'e'.repeat(64));
    expect((await probe('there-5')).body).toMatchObject({
      answered: true,
      namespaces: [{ name: 'order', held: 'e'.repeat(64), inSync: false }],
    });
    await until('it is mended', async () => {
      const { namespaces } = (await probe('there-5')).body as { namespaces: { inSync: boolean }[] };
      return namespaces.every(({ inSync }) => inSync);
    });
    await noQuestionIsLeft();
  }, 60_000);

  it('is answered without the doorbell too, and asks in vain where nobody is any more', async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-doorbell'",
    );
    expect((await probe('there-7')).body).toMatchObject({ answered: true });
    await client.end();
    clients.get('there-8')!.close();
    await until('it is seen to be gone', async () => (await probe('there-8')).status === 409);
    expect((await probe('nobody')).status).toBe(404);
    await noQuestionIsLeft();
  }, 60_000);
});
