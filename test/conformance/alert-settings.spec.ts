import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { Database } from '../../apps/server/src/database/database.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { readRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod' };

onEachDatabase('settings of alerts', (boot) => {
  it('are all of what several people said at once', async () => {
    const server = await boot();
    const database = server.app.get(Database, { strict: false });
    const at = { params: { ...params, condition: 'errors' as const } };
    const said = { forSec: 7, minCalls: 8 };
    // Who holds the end of the audit keeps both where they are, with what they have read.
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holding = database.write(async (tx) => {
      await tx.query("UPDATE setting SET value = value WHERE name = 'audit'");
      await held;
    });
    const changes = Object.entries(said).map(([field, value]) =>
      server.admin.call(contracts.changeAlertSetting, { ...at, body: { [field]: value } }),
    );
    if (database.dialect === 'postgres')
      await until('both wait', async () => {
        const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        return (await readRows(server, waiting)).length >= 2;
      });
    release();
    await Promise.all([holding, ...changes]);
    const { items } = await server.admin.call(contracts.listAlertSettings, { params });
    expect(items.find(({ condition }) => condition === 'errors')).toMatchObject(said);
  });
});
