import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { fastClock } from '../client/fast-clock.ts';
import { isLong } from '../guard/long-tests.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { RealFleet, type RealInstance } from '../support/real-fleet.ts';
import { until } from '../support/until.ts';

/** A minute of a client takes so much less here; with `SLUICE_LONG_TESTS=1` it takes a minute. */
const speed = isLong ? 1 : 10;
const minuteMs = 60_000 / speed;

/** Real clients whose memory is not what they confirmed, and one that confirms what it never took. */
describe('a memory that is not what it should be', () => {
  let server: BootedApp;
  let fleet: RealFleet;
  let desk: PushDesk;
  let liar: LeanClient;
  const all: RealInstance[] = [];
  const place = { env: 'prod', app: 'shop' };

  const timed = async (what: string, is: () => boolean, deadlineMs: number): Promise<void> => {
    const since = performance.now();
    await until(what, async () => is(), deadlineMs);
    console.info(`${what} after ${Math.round(performance.now() - since)} ms`);
  };

  beforeAll(async () => {
    server = await bootApp();
    fleet = await RealFleet.of(server.url, server.admin);
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800, retries: 1 }));
    for (let n = 0; n < 4; n++) all.push(await fleet.start(`shop-${n}`, { clock: fastClock(speed) }));
    liar = new LeanClient(server.url, fleet.token, 'shop-liar');
    await liar.connect();
  }, 60_000);

  afterAll(async () => {
    liar?.close();
    await fleet?.close();
    await server?.close();
  });

  it('is found within 10 s of a push and mended', async () => {
    liar.lying = true;
    const push = await desk.start({ mode: 'global' }, { timeoutMs: 700 });
    await until('all but the liar hold it', async () => {
      const { holding, counts } = (await desk.get(push)).verdict;
      return holding === 4 && counts.drifted === 1;
    });
    expect([all[1]!.timeoutMs, liar.value('order', 'timeoutMs')]).toEqual([700, 800]);
    liar.lying = false;
    all[1]!.flip(701);
    expect(all[1]!.timeoutMs).toBe(701);
    const isMended = () => all[1]!.timeoutMs === 700 && liar.value('order', 'timeoutMs') === 700;
    await timed('mended after a push', isMended, 10_000);
    const states = async () =>
      Object.fromEntries((await desk.instances(push)).map(({ instanceId, state }) => [instanceId, state]));
    const [flipped, lied] = ['shop-1', 'shop-liar'];
    await until('it is on record', async () => (await states())[lied!] === 'repaired');
    expect(await states()).toMatchObject({ 'shop-0': 'applied', [flipped!]: 'repaired' });
    expect((await desk.settled(push, 'converged', 5)).verdict.counts).toMatchObject({
      applied: 3,
      repaired: 2,
    });
  }, 60_000);

  it('is found by the heartbeat within a minute of the instance and mended', async () => {
    const probed = await server.admin.call(contracts.probeInstance, {
      params: { ...place, instance: 'shop-2' },
    });
    expect(probed.namespaces).toMatchObject([{ inSync: true }]);
    all[2]!.flip(1);
    expect(all[2]!.timeoutMs).toBe(1);
    await timed('mended by the heartbeat', () => all[2]!.timeoutMs === 700, minuteMs);
    expect(all.map((each) => each.timeoutMs)).toEqual([700, 700, 700, 700]);
    // What it held in between is on record.
    const digests = await until('it is on record', async () => {
      const { items } = await server.admin.call(contracts.instanceTimeline, {
        params: { ...place, instance: 'shop-2' },
        query: { from: '2020-01-01T00:00:00.000Z' },
      });
      return items.length === 4 && items.map(({ digest }) => digest);
    });
    expect(digests[1]).toBe(digests[3]);
    expect(new Set(digests).size).toBe(3);
  }, 90_000);

  it('is mended too when it hears of a gray for others only', async () => {
    all[3]!.flip(2);
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'instances', ids: ['shop-0', 'shop-3'] } },
      { retries: 5 },
    );
    await timed(
      'mended by a push of another key',
      () => all[3]!.timeoutMs === 700 && all[3]!.retries === 5,
      10_000,
    );
    await desk.act(push, 'abandon');
    await desk.until(push, 'its end is proven', ({ verdict }) => verdict.holding === 2);
    expect(all.map((each) => each.retries)).toEqual([1, 1, 1, 1]);
  }, 60_000);
});
