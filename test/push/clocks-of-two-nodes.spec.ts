import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { LeanClient } from '../support/lean-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const aheadMs = 60_000;
/** A process whose machine's clock is wrong. */
const wrongClock = `--import data:text/javascript,Date.now=(now=>()=>now()+${aheadMs})(Date.now)`;

let postgres: Postgres;
const nodes: ServerProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  for (const node of nodes) await node.remove();
  await postgres?.stop();
});

it('a node on a machine whose clock is a minute ahead works with the others, and says so', async () => {
  const settings = {
    SLUICE_DATABASE_URL: await postgres.createDatabase(),
    SLUICE_SECRET_KEY: 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBrZXk',
  };
  const right = await ServerProcess.start(settings);
  nodes.push(right);
  await right.setUp();
  const token = await right.clientToken('shop');
  const wrong = await ServerProcess.start({ ...settings, NODE_OPTIONS: wrongClock });
  nodes.push(wrong);
  right.shareTokenWith(wrong);
  expect(wrong.stderr).toMatch(/\d\.\d s ahead of that of PostgreSQL's/);
  const clients = [new LeanClient(right.url, token, 'shop-1'), new LeanClient(wrong.url, token, 'shop-2')];
  for (const client of clients) await client.connect();
  const nodesOf = async (node: ServerProcess): Promise<number> =>
    (await node.admin.call(contracts.listNodes)).items.length;
  await until('both know of both', async () => (await nodesOf(right)) === 2 && (await nodesOf(wrong)) === 2);
  // Over several renewals nobody takes anybody for dead: who obeys is known of all instances, from either side.
  const body = { monitorOnly: true, reason: 'clocks' };
  await right.admin.call(contracts.setKill, { params: { env: 'prod' }, body });
  for (const node of nodes)
    await until('all instances are known to obey', async () => {
      const { items } = await node.admin.call(contracts.getKill, { params: { env: 'prod' } });
      return items[0]?.instances === 2 && items[0].acked === 2;
    });
  expect([await nodesOf(right), await nodesOf(wrong)]).toEqual([2, 2]);
  for (const client of clients) client.close();
}, 60_000);
