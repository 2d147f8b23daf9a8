import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { until } from '../support/until.ts';

/** What a target came to is one record, whichever server it tells. */
describe('a target that moves to another server', () => {
  let postgres: Postgres;
  let driver: BootedApp;
  let other: BootedApp;
  const desks: DrillDesk[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    driver = await bootApp({ databaseUrl });
    other = await bootApp({ databaseUrl });
  }, 60_000);
  afterAll(async () => {
    for (const desk of desks) desk.close();
    await other?.close();
    await driver?.close();
    await postgres?.stop();
  });

  it.each(['as the same process', 'as another process'])('is counted on, %s', async (what) => {
    const isSame = what === 'as the same process';
    const desk = await DrillDesk.of(driver, ['a', 'b'], isSame ? 'same' : 'another');
    desks.push(desk);
    const { drillId } = await desk.run(designOf());
    const before = desk.instances.get('a')!;
    before.broke(drillId, 20, 9, { ok: 20 });
    await until('it is told', async () => (await desk.get(drillId)).injected === 9);
    if (isSame) await before.moveTo(other.url);
    else before.close();
    const after = isSame ? before : await desk.add('a', other.url, 'a-2');
    await until('it goes on there', async () => after.active.length === 1);
    after.broke(drillId, 10, 4, { ok: 10 });
    const running = await until('it is told there', async () => {
      const detail = await desk.get(drillId);
      return detail.injected === 13 && detail;
    });
    expect(running.instances[0]).toMatchObject({ instanceId: 'a', state: 'active', eligible: 30 });
    await desk.abort(drillId);
    const over = await desk.over(drillId);
    expect(over).toMatchObject({ injected: 13, clean: 2 });
    expect(over.instances.map(({ cleanBy }) => cleanBy)).toEqual(['told', 'told']);
    const report = await desk.report(drillId);
    expect(report.faults[0]).toMatchObject({ eligible: 30, injected: 13 });
    expect(report.callers.ok).toBe(30);
  });
});
