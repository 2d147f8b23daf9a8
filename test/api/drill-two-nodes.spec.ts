import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { ActiveDrill } from '../../apps/server/src/drills/active-drill.ts';
import type { DrillTargetEntity } from '../../apps/server/src/drills/drill.entities.ts';
import { DrillStore } from '../../apps/server/src/drills/drill.store.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { until } from '../support/until.ts';

describe('a drill on two servers', () => {
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

  it('is measured where its instances are, also before its start', async () => {
    const desk = await DrillDesk.of(other, ['a'], 'measured');
    desks.push(desk);
    await until('there is a time before', async () => {
      const { items } = await desk.admin.call(contracts.listResources, { params: desk.place });
      return Date.now() - Date.parse(items[0]!.firstSeenAt) > 4000;
    });
    const { drillId } = await desk.create(designOf());
    await until('payments are known here', async () => {
      const { status } = await driver.admin.attempt(contracts.startDrill, {
        params: { ...desk.place, drill: drillId },
      });
      return status === 200;
    });
    const phases = await until('they have told of it', async () => {
      const report = await desk.report(drillId);
      return report.phases.some(({ phase }) => phase === 'during') && report.phases;
    });
    const [before] = phases;
    expect(before).toMatchObject({ phase: 'before', resource: 'pay' });
    expect(Date.parse(before!.to) - Date.parse(before!.from)).toBeGreaterThan(2000);
    await desk.abort(drillId);
    await desk.over(drillId);
  });

  it.each(['as the same process', 'as another process'])(
    'counts on a target that moves from one to the other, %s',
    async (what) => {
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
    },
  );

  it('loses no word of a target that both write at the same time', async () => {
    const desk = await DrillDesk.of(driver, ['a'], 'crowded');
    desks.push(desk);
    const { drillId } = await desk.run(designOf());
    await desk.abort(drillId);
    await desk.over(drillId);
    const stores = [driver, other].map(({ app }) => app.get(DrillStore, { strict: false }));
    const row = await stores[0]!.find(drillId);
    const [target] = await stores[0]!.targets(drillId);
    const [record] = Object.values(target!.records);
    const processes = Array.from({ length: 16 }, (_, i) => `late-${i}`);
    await Promise.all(
      processes.map((bootId, i) => {
        const told = (row: DrillTargetEntity) => ({ ...row, records: { ...row.records, [bootId]: record! } });
        const store = stores[i % 2]!;
        if (i % 4 < 2) return store.writeLate(drillId, 'a', told);
        const drill = new ActiveDrill(row!, 0, 0);
        drill.targets.set('a', told(target!));
        drill.unwritten.add('a');
        return store.write(drill, `node-${i % 2}`, undefined);
      }),
    );
    const [written] = await stores[0]!.targets(drillId);
    expect(Object.keys(written!.records).toSorted()).toEqual(
      [...Object.keys(target!.records), ...processes].toSorted(),
    );
  });
});
