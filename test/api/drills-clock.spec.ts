import { afterAll, describe, expect, it } from '@jest/globals';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { until } from '../support/until.ts';

const minuteMs = 60_000;

/** The wall clock of the machine is set while calls are broken: the drill goes by the time that passes. */
describe('a drill while the clock of its server is set', () => {
  const servers: BootedApp[] = [];
  const desks: DrillDesk[] = [];
  afterAll(async () => {
    for (const desk of desks) desk.close();
    for (const server of servers) await server.close();
  });

  it.concurrent.each([
    ['back', -60 * minuteMs],
    ['forward', 10 * minuteMs],
  ])(
    '%s is measured, ends and recovers in its time',
    async (_, byMs) => {
      const server = await bootApp();
      servers.push(server);
      const desk = await DrillDesk.of(server, ['a', 'b']);
      desks.push(desk);
      const { drillId } = await desk.run(
        designOf({
          deadlineMs: 10_000,
          expect: [{ metric: 'errorRatio', resource: 'pay', atLeast: 0.2, windowS: 2, withinS: 8 }],
        }),
      );
      for (const instance of desk.instances.values()) instance.broke(drillId, 10, 5);
      server.setWall(byMs);
      desk.second = { success: 15, errors: 5 };
      const expected = await until('it is known whether what is expected came true', async () =>
        (await desk.get(drillId)).measures.find(({ of, held }) => of === 'expect' && held !== undefined),
      );
      expect(expected).toMatchObject({ held: true });
      // Nobody is left to say that it is clean, so it is waited for.
      desk.instances.get('b')!.close();
      await until('it is recovering', async () => (await desk.get(drillId)).state === 'recovering');
      desk.second = { success: 20, errors: 0 };
      const over = await desk.over(drillId);
      expect(over).toMatchObject({ state: 'held', clean: 2 });
      expect(over.instances.map(({ cleanBy }) => cleanBy)).toEqual(['told', 'silence']);
      const [startedAt = 0, endedAt = 0, finishedAt = 0] = [
        over.startedAt,
        over.endedAt,
        over.finishedAt,
      ].map((at) => Date.parse(at!));
      expect(endedAt - startedAt).toBeGreaterThanOrEqual(10_000);
      // Faults of one of whom nothing is heard end by themselves within this time.
      expect(finishedAt - endedAt).toBeGreaterThanOrEqual(5000);
      expect(finishedAt - startedAt).toBeLessThan(50_000);
      const report = await desk.report(drillId);
      expect(report.phases.map(({ phase }) => phase)).toEqual(['before', 'during', 'after']);
      expect(report.timeToRecoverMs).toBeLessThan(20_000);
    },
    90_000,
  );
});
