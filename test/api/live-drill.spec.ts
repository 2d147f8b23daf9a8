import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LiveUpdate, liveUpdate } from '@sluice/protocol/console';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { DrillDesk, designOf } from '../support/drill-desk.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

const place = { environment: 'prod', app: 'shop' };

/** What pages are told of a drill while it moves. */
describe('the live connection', () => {
  let server: BootedApp;
  let desk: DrillDesk;
  let page: RawSocket;
  beforeAll(async () => {
    server = await bootApp();
    desk = await DrillDesk.of(server, ['a', 'b']);
    page = await RawSocket.open(server.url, {
      origin: server.url,
      cookie: String(server.admin.headers.cookie),
    });
    await page.hear(/^0/);
    page.say('40/console,{}');
    await page.hear(/^40\/console/);
  }, 60_000);
  afterAll(async () => {
    page?.end();
    desk?.close();
    await server?.close();
  });

  const watch = async (id: number, topic: object): Promise<void> => {
    page.say(`42/console,${id}${JSON.stringify(['watch', { topic }])}`);
    expect(await page.hear(new RegExp(`^43/console,${id}\\[`))).toContain('[true]');
  };
  const updates = (of: 'app' | 'drill'): LiveUpdate[] =>
    page.heard
      .filter((text) => text.startsWith('42/console,["update"'))
      .map((text) => liveUpdate.parse(JSON.parse(text.slice('42/console,'.length))[1]))
      .filter(({ topic }) => topic.of === of);

  it('tells who watches the app each state, and who watches the drill all that happens, each thing once', async () => {
    const { drillId } = await desk.create(designOf());
    await watch(1, { of: 'app', ...place });
    await watch(2, { of: 'drill', ...place, drill: drillId });
    await desk.start(drillId);
    await until('both are told to be active', async () =>
      updates('drill').some(({ drills }) => drills?.[0]?.active === 2),
    );
    desk.instances.get('a')!.broke(drillId, 10, 5, { ok: 10 });
    await desk.abort(drillId);
    await until('the end is told', async () =>
      updates('app').some(({ drills }) => drills?.some(({ state }) => state === 'aborted')),
    );
    const states = updates('app').flatMap(({ drills = [] }) => drills.map(({ state }) => state));
    expect([...new Set(states)]).toEqual(['running', 'recovering', 'aborted']);
    const own = updates('drill');
    const events = own.flatMap(({ drillEvents = [] }) => drillEvents.map(({ text }) => text.en));
    expect(new Set(events).size).toBe(events.length);
    expect(events).toEqual(
      expect.arrayContaining(['a has begun', 'b has begun', 'a is clean: it was told to end']),
    );
    const targets = own
      .flatMap(({ drillTargets = [] }) => drillTargets)
      .filter((one) => one.instanceId === 'a');
    expect(targets.at(-1)).toMatchObject({ state: 'clean', cleanBy: 'told', injected: 5 });
    expect(own.some(({ drillMeasures = [] }) => drillMeasures.some(({ of }) => of === 'guard'))).toBe(true);
  }, 60_000);
});
