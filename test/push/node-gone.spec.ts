import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let postgres: Postgres;
let here: ServerProcess;
let there: ServerProcess;
const clients: LeanClient[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  const settings = {
    SLUICE_DATABASE_URL: await postgres.createDatabase(),
    SLUICE_SECRET_KEY: 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBrZXk',
  };
  here = await ServerProcess.start(settings);
  await here.setUp();
  there = await ServerProcess.start(settings);
  here.shareTokenWith(there);
}, 60_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await here?.remove();
  await there?.remove();
  await postgres?.stop();
});

/** Until its lease is over a server that stands still, or was killed, looks as if it were there. */
it('instances of a server that is gone are missing in the kill switch and in the push, and not left out', async () => {
  const token = await here.clientToken('shop');
  const config = new ConfigDesk(here.admin, 'prod', 'shop');
  await config.create('order');
  await config.release('order', map({ timeoutMs: 100, retries: 1 }));
  for (const [server, id] of [
    [here, 'shop-1'],
    [there, 'shop-2'],
  ] as const) {
    const client = new LeanClient(server.url, token, id);
    await client.connect();
    clients.push(client);
  }
  const params = { env: 'prod', app: 'shop' };
  await until('both are known', async () => {
    const { items } = await here.admin.call(contracts.listInstances, { params, query: { online: 'true' } });
    const { items: nodes } = await here.admin.call(contracts.listNodes);
    return items.length === 2 && nodes.length === 2;
  });
  process.kill(there.pid, 'SIGSTOP');
  const body = { monitorOnly: true, reason: 'calls fail' };
  const thrown = await here.admin.call(contracts.setKill, { params: { env: 'prod' }, body });
  expect(thrown.instances).toBe(2);
  const obeyed = await until('one obeys', async () => {
    const { items } = await here.admin.call(contracts.getKill, { params: { env: 'prod' } });
    return items[0]!.acked > 0 && items[0]!;
  });
  expect(obeyed).toMatchObject({ instances: 2, acked: 1 });

  const desk = new PushDesk(here.admin, 'prod', 'shop');
  const push = await desk.start({ mode: 'global' }, { timeoutMs: 200 });
  await there.down('SIGKILL');
  clients[1]!.close();
  const { verdict } = await desk.settled(push, 'converged');
  expect(verdict).toMatchObject({ targets: 2, holding: 1, counts: { applied: 1, offline: 1, pending: 0 } });
}, 60_000);
