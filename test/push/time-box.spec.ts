import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { isLong } from '../guard/long-tests.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { PushDesk } from '../support/push-desk.ts';
import { RealFleet, type RealInstance } from '../support/real-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** In real time; `SLUICE_LONG_TESTS=1` makes it 20 s. */
const lifeMs = isLong ? 20_000 : 8000;
/** Timers of a busy machine are late. */
const lateMs = isLong ? 1000 : 2000;

/** A real client under a value with an end, and a server that is killed before that end. */
describe('a value with an end', () => {
  let server: ServerProcess;
  let fleet: RealFleet;
  let instance: RealInstance;
  let desk: PushDesk;
  const place = { env: 'prod', app: 'shop' };

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    fleet = await RealFleet.of(server.url, server.admin);
    desk = new PushDesk(server.admin, 'prod', 'shop');
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800, retries: 1 }));
    instance = await fleet.start('shop-1');
    await fleet.start('shop-2');
  }, 60_000);

  afterAll(async () => {
    await fleet?.close();
    await server?.remove();
  });

  it(`of ${lifeMs / 1000} s ends on time though the server was killed after a fifth of it`, async () => {
    const since = Date.now();
    const push = await desk.start(
      { mode: 'single', instanceId: 'shop-1' },
      { timeoutMs: 50 },
      { expiresInMs: lifeMs },
    );
    await desk.settled(push, 'converged', 1);
    expect(instance.heard.map(({ value }) => value)).toEqual([50]);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, since + lifeMs / 5 - Date.now())));
    await server.down('SIGKILL');
    await until('it is back', async () => instance.timeoutMs === 800, lifeMs + lateMs);
    const [applied, reverted] = instance.heard.filter(({ key }) => key === 'timeoutMs');
    const lastedMs = reverted!.at - applied!.at;
    console.info(`held for ${lastedMs} ms of ${lifeMs}`);
    expect(lastedMs).toBeGreaterThanOrEqual(lifeMs - 1000);
    expect(lastedMs).toBeLessThanOrEqual(lifeMs + lateMs);

    // The server comes back to a push whose time was over while it was gone.
    await server.up();
    const over = await desk.until(
      push,
      'the server knows',
      (now) => now.state === 'abandoned' && now.verdict.holding === 1,
    );
    expect(over).toMatchObject({
      ended: { reason: 'expired' },
      verdict: { targets: 1, counts: { applied: 1 } },
    });
    expect(await desk.targets(push)).toEqual(['shop-1']);
    const timeline = () =>
      server.admin.call(contracts.instanceTimeline, {
        params: { ...place, instance: 'shop-1' },
        query: { from: '2020-01-01T00:00:00.000Z', namespace: 'order' },
      });
    const values = async (): Promise<unknown[]> =>
      (await timeline()).items.map(
        ({ content }) => content?.kind === 'map' && content.items.timeoutMs?.value,
      );
    await until('its own record says so', async () => (await values()).join() === '800,50,800');
    const { items } = await server.admin.call(contracts.listChanges, {
      params: { env: 'prod' },
      query: { app: 'shop' },
    });
    expect(items.map(({ kind }) => kind)).toEqual(['expire', 'layer', 'publish']);
    expect(instance.heard.filter(({ key }) => key === 'timeoutMs').map(({ value }) => value)).toEqual([
      50, 800,
    ]);
  }, 120_000);
});
