import { expect, it, jest } from '@jest/globals';
import { Database } from '../../apps/server/src/database/database.ts';
import { NodeRowsRetention } from '../../apps/server/src/guarding/node-rows-retention.ts';
import { TrafficRetention } from '../../apps/server/src/traffic/traffic-retention.ts';
import { onEachDatabase } from '../support/each-database.ts';

const dayMs = 86_400_000;

onEachDatabase('what is kept of the guard', (boot) => {
  it('loses old sums of calls in small transactions, and keeps the others', async () => {
    const { app } = await boot();
    const database = app.get(Database, { strict: false });
    const insert = (rows: readonly string[]): Promise<unknown> =>
      database.write((tx) =>
        tx.query(
          `INSERT INTO traffic_rollup (environment, app, resource, type, step_ms, at, node_id, counts, latency) VALUES ${rows.join(',')}`,
        ),
      );
    const row = (i: number, at: number): string =>
      `('prod', 'shop', 'r${i}', 'web', 60000, ${at}, 'n', '[]', '[]')`;
    const old = Date.now() - 40 * dayMs;
    await insert(Array.from({ length: 3500 }, (_, i) => row(i, old + i)));
    await insert([row(1, Date.now() - dayMs)]);
    const write = jest.spyOn(database, 'write');
    await app.get(TrafficRetention, { strict: false }).sweep();
    expect(write.mock.calls.length).toBeGreaterThanOrEqual(4);
    expect(await database.read.query('SELECT resource FROM traffic_rollup')).toEqual([{ resource: 'r1' }]);
  });

  it('loses what nodes said that are gone, and keeps what nodes say now', async () => {
    const { app } = await boot();
    const database = app.get(Database, { strict: false });
    const said = { gone: Date.now() - 2 * 3_600_000, here: Date.now() };
    for (const [node, at] of Object.entries(said))
      await database.write(async (tx) => {
        await tx.query(
          `INSERT INTO kill_ack (environment, app, node_id, version, instances, acked, silent, at) VALUES ('prod', 'shop', '${node}', 1, 1, 1, '[]', ${at})`,
        );
        await tx.query(
          `INSERT INTO lease_demand (environment, app, node_id, demand, at) VALUES ('prod', 'shop', '${node}', '{"instances":1,"rates":{}}', ${at})`,
        );
      });
    await app.get(NodeRowsRetention, { strict: false }).sweep();
    for (const table of ['kill_ack', 'lease_demand'])
      expect(await database.read.query(`SELECT node_id FROM ${table}`)).toEqual([{ node_id: 'here' }]);
  });
});
