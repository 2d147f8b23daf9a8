import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { Database } from '../../apps/server/src/database/database.ts';
import { NodeEntity } from '../../apps/server/src/fleet/fleet.entities.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { until } from '../support/until.ts';

onEachDatabase('a server that was killed', (boot) => {
  it('counts no more once its lease stands still, also where its clock was an hour ahead', async () => {
    const server = await boot();
    const database = server.app.get(Database, { strict: false });
    const killed = { id: 'killed', startedAt: Date.now(), leaseUntil: Date.now() + 3_600_000 };
    await database.write((tx) =>
      tx.insert(NodeEntity, { ...killed, instances: 0, pages: 0, version: '1', memoryBytes: 1 }),
    );
    const nodes = async () => (await server.admin.call(contracts.listNodes)).items.map(({ id }) => id);
    expect(await nodes()).toContain('killed');
    await until('only the server that runs is left', async () => (await nodes()).length === 1);
    expect(await nodes()).not.toContain('killed');
  });
});
