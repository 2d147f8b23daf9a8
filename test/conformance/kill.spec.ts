import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type KillSwitchState } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { onEachDatabase } from '../support/each-database.ts';
import type { Answer } from '../support/http-caller.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod' };

async function begin(server: BootedApp): Promise<(id: string, app?: string) => Promise<LeanClient>> {
  const secrets = new Map<string, string>();
  for (const app of ['orders', 'stock']) {
    await server.admin.call(contracts.createApp, { body: { name: app } });
    const body = { kind: 'client', name: app, environment: 'prod', app } as const;
    secrets.set(app, (await server.admin.call(contracts.createToken, { body })).secret);
  }
  return async (id, app = 'orders') => {
    const client = new LeanClient(server.url, secrets.get(app)!, id);
    await client.connect();
    return client;
  };
}

const turn = (server: BootedApp, body: object): Promise<KillSwitchState> =>
  server.admin.call(contracts.setKill, { params, body: { reason: 'page 3', ...body } });
const state = async (server: BootedApp): Promise<KillSwitchState[]> =>
  (await server.admin.call(contracts.getKill, { params })).items;

const newest = async (server: BootedApp): Promise<string> =>
  (await server.admin.call(contracts.listPushes, { params: { env: 'prod', app: 'orders' } })).items[0]!.id;

onEachDatabase('the kill switch', (boot) => {
  it('reaches everybody it is for, at once and when they come, and says who obeys', async () => {
    const server = await boot();
    const connect = await begin(server);
    const [a, b] = [await connect('a'), await connect('b', 'stock')];
    expect(await state(server)).toEqual([]);
    // What an instance has kept on its disk may be of a database that a backup has replaced.
    await until('both are told that all is off', async () => a.kill && b.kill);
    expect([a.kill, b.kill]).toEqual(Array(2).fill({ version: 0, monitorOnly: false, noFaults: false }));
    await turn(server, { app: 'orders', monitorOnly: true });
    await until('a obeys', async () => a.kill?.monitorOnly === true);
    expect(b.kill?.monitorOnly).toBe(false);
    await turn(server, { endFaults: true });
    await until('everybody obeys', async () => a.kill?.noFaults === true && b.kill?.noFaults === true);
    // What holds for an app is both together.
    expect(a.kill).toMatchObject({ monitorOnly: true, noFaults: true });
    expect(b.kill).toMatchObject({ monitorOnly: false, noFaults: true });
    const late = await connect('late');
    await until('whoever comes obeys too', async () => late.kill?.monitorOnly === true);
    const [whole, own] = await until('all acked', async () => {
      const all = await state(server);
      return all.every(({ instances, acked }) => instances === acked) && all;
    });
    expect(whole).toMatchObject({ endFaults: true, monitorOnly: false, instances: 3, acked: 3, by: 'admin' });
    expect(own).toMatchObject({ app: 'orders', monitorOnly: true, instances: 2, acked: 2, reason: 'page 3' });
    for (const client of [a, b, late]) client.close();
  });

  it('names those who are silent, to those who may see them', async () => {
    const server = await boot();
    const connect = await begin(server);
    const all = await Promise.all(
      ['a', 'b', 'c'].map((id, index) => connect(id, index === 2 ? 'stock' : 'orders')),
    );
    for (const client of all.slice(1)) client.muted = true;
    await turn(server, { monitorOnly: true });
    const [whole] = await until('a obeys', async () => {
      const now = await state(server);
      return now[0]?.acked === 1 && now;
    });
    expect(whole).toMatchObject({
      instances: 3,
      silent: [
        { app: 'orders', instanceId: 'b' },
        { app: 'stock', instanceId: 'c' },
      ],
    });
    const body = { kind: 'api', name: 'o', environment: 'prod', app: 'orders', role: 'viewer' } as const;
    const ofOrders = server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
    const seen = await ofOrders.call(contracts.getKill, { params });
    expect(seen.items).toMatchObject([{ instances: 3, acked: 1, silent: [{ instanceId: 'b' }] }]);
    for (const client of all) client.close();
  });

  it('is undone by turning it off, under a higher version', async () => {
    const server = await boot();
    const connect = await begin(server);
    const a = await connect('a');
    const on = await turn(server, { monitorOnly: true, endFaults: true });
    await until('a obeys', async () => a.kill?.monitorOnly === true);
    const off = await turn(server, { monitorOnly: false });
    expect(off.version).toBeGreaterThan(on.version);
    expect(off).toMatchObject({ monitorOnly: false, endFaults: true });
    await until('a goes on', async () => a.kill?.monitorOnly === false && a.kill.noFaults);
    a.close();
    const entries = await server.admin.call(contracts.listAudit, { query: { action: 'kill.turn' } });
    expect(entries.items.map(({ detail }) => (detail.after as { monitorOnly: boolean }).monitorOnly)).toEqual(
      [false, true],
    );
  });

  it('freezes publishes, rollbacks without a reason, imports and deletions, and nothing else', async () => {
    const server = await boot();
    await begin(server);
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('limits');
    await desk.release('limits', map({ a: 1 }));
    await desk.release('limits', map({ a: 2 }));
    await turn(server, { app: 'orders', freezePublishes: true });
    const { etag } = await desk.get('limits');
    const content = map({ a: 3 });
    const refused: Answer[] = [
      await desk.tryPublish('limits', { content, message: '' } as never, etag),
      await desk.rollback('limits', etag),
      await server.admin.attempt(contracts.rollbackPush, {
        params: { env: 'prod', app: 'orders', push: await newest(server) },
        body: {},
      }),
      await server.admin.attempt(contracts.importApp, {
        params: { env: 'prod', app: 'orders' },
        body: { namespaces: [{ name: 'limits', kind: 'map', content }] },
      }),
      await server.admin.attempt(contracts.startPush, {
        params: { env: 'prod', app: 'orders' },
        body: { changes: [{ namespace: 'limits', content }], target: { mode: 'global' } },
      }),
      await server.admin.attempt(contracts.deleteNamespace, { params: desk.at('limits'), ifMatch: etag }),
    ];
    expect(refused.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual(
      refused.map(() => [409, 'frozen']),
    );
    expect((refused[0]!.body as { message: string }).message).toContain('page 3');
    expect((await desk.get('limits')).etag).toBe(etag);
    const draft = { params: desk.at('limits'), body: { content }, ifMatch: etag };
    expect((await server.admin.attempt(contracts.saveDraft, draft)).status).toBe(200);
    await turn(server, { app: 'orders', freezePublishes: false });
    expect((await desk.tryPublish('limits', { content, message: '' } as never, etag)).status).toBe(201);
  });

  it('lets a rollback through its freeze for a reason, which shows', async () => {
    const server = await boot();
    await begin(server);
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('limits');
    for (const a of [1, 2, 3]) await desk.release('limits', map({ a }));
    await turn(server, { freezePublishes: true });
    const token = { kind: 'api', name: 'p', environment: 'prod', app: 'orders', role: 'publisher' } as const;
    const publisher = server.bearer((await server.admin.call(contracts.createToken, { body: token })).secret);
    const { etag } = await desk.get('limits');
    const back = await publisher.call(contracts.rollback, {
      params: desk.at('limits'),
      body: { message: 'p99 rose', emergency: 'INC-7' },
      ifMatch: etag,
    });
    expect(back).toMatchObject({ release: { number: 4 }, push: { emergency: 'INC-7' } });
    expect((await desk.get('limits')).target).toEqual(map({ a: 2 }));
    const again = await publisher.call(contracts.rollbackPush, {
      params: { env: 'prod', app: 'orders', push: back.push.id },
      body: { emergency: 'INC-8' },
    });
    expect(again).toMatchObject({ emergency: 'INC-8', of: back.push.id });
    const audit = await server.admin.call(contracts.listAudit, { query: { app: 'orders', limit: '2' } });
    expect(audit.items.map(({ action, detail }) => [action, detail.emergency])).toEqual([
      ['push.rollback', 'INC-8'],
      ['release.rollback', 'INC-7'],
    ]);
  });

  it('shows its turns in a time, however many there were since and of other apps', async () => {
    const server = await boot();
    await begin(server);
    const from = new Date(Date.now() - 1000).toISOString();
    const own = await turn(server, { app: 'orders', monitorOnly: true });
    const to = new Date(Date.parse(own.at) + 5000).toISOString();
    server.advance(60_000);
    for (let n = 0; n < 26; n++)
      for (const monitorOnly of [true, false]) await turn(server, { app: 'stock', monitorOnly });
    await turn(server, { app: 'orders', monitorOnly: false });
    const { items } = await server.admin.call(contracts.getIncident, { params, query: { from, to } });
    const turns = items.map(({ marker }) => marker).filter(({ kind }) => kind === 'kill');
    expect(turns).toMatchObject([{ app: 'orders', monitorOnly: true, by: 'admin', reason: 'page 3' }]);
  });

  it('asks for the permission where it turns', async () => {
    const server = await boot();
    await begin(server);
    const holder = async (role: 'viewer' | 'drillOperator' | 'publisher', app: string) => {
      const body = { kind: 'api', name: `${role} ${app}`, environment: 'prod', app, role } as const;
      return server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
    };
    const body = { reason: 'x', monitorOnly: true };
    const drill = await holder('drillOperator', 'orders');
    const statusOf = async (who: typeof drill, more: object): Promise<number> =>
      (await who.attempt(contracts.setKill, { params, body: { ...body, ...more } })).status;
    expect(await statusOf(drill, { app: 'orders' })).toBe(200);
    expect(await statusOf(drill, { app: 'stock' })).toBe(404);
    // The environment and its switch he sees, so he is told that he may not, and who may.
    const whole = await drill.attempt(contracts.setKill, { params, body });
    expect([whole.status, whole.body]).toEqual([
      403,
      expect.objectContaining({ details: { permission: 'kill:use', environment: 'prod', app: '*' } }),
    ]);
    const elsewhere = await drill.attempt(contracts.setKill, { params: { env: 'staging' }, body });
    expect([elsewhere.status, (elsewhere.body as { message: string }).message]).toEqual([
      404,
      expect.stringContaining('no environment here'),
    ]);
    expect(await statusOf(await holder('viewer', '*'), {})).toBe(403);
    expect(await statusOf(await holder('publisher', '*'), {})).toBe(200);
    const seen = await drill.call(contracts.getKill, { params });
    expect(seen.items.map(({ app }) => app)).toEqual([undefined, 'orders']);
    const nobody = { params, body: { reason: 'x', monitorOnly: true, app: 'nothing' } };
    expect((await server.admin.attempt(contracts.setKill, nobody)).status).toBe(404);
  });
});

describe('the kill switch of two nodes', () => {
  let postgres: Postgres;
  const nodes: BootedApp[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    for (const node of nodes) await node.close();
    await postgres.stop();
  });

  it('holds after a restart, and a turn on one node is known to the other within 2 s', async () => {
    const databaseUrl = await postgres.createDatabase();
    const start = async (): Promise<BootedApp> => {
      const node = await bootApp({ databaseUrl });
      nodes.push(node);
      return node;
    };
    const first = await start();
    const connect = await begin(first);
    await turn(first, { app: 'orders', monitorOnly: true, freezePublishes: true });
    const second = await start();
    expect(await state(second)).toMatchObject([{ app: 'orders', monitorOnly: true }]);
    const a = await connect('a');
    await until('a obeys', async () => a.kill?.monitorOnly === true);
    const began = performance.now();
    await turn(second, { app: 'orders', monitorOnly: false });
    await until('the turn is known on the first node', async () => a.kill?.monitorOnly === false);
    console.info(`known on the other node after ${Math.round(performance.now() - began)} ms`);
    await until('the second node counts the instances of the first', async () => {
      const [own] = await state(second);
      return own!.instances === 1 && own!.acked === 1;
    });
    const many = Array.from({ length: 23 }, (_, index) => `m${`${index}`.padStart(2, '0')}`);
    const mute = await Promise.all(
      many.map(async (id) => {
        const client = await connect(id);
        client.muted = true;
        return client;
      }),
    );
    await turn(second, { app: 'orders', endFaults: true });
    const [own] = await until('the second node names those of the first who are silent', async () => {
      const now = await state(second);
      return now[0]!.acked === 1 && now[0]!.instances === 24 && now;
    });
    expect(own!.silent?.map(({ instanceId }) => instanceId)).toEqual(many.slice(0, 20));
    for (const client of [a, ...mute]) client.close();
  });
});
