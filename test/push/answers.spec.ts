import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { isLong } from '../guard/long-tests.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { drawing } from '../support/drawing.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { RealFleet, type RealInstance } from '../support/real-fleet.ts';
import { until } from '../support/until.ts';

const turns = isLong ? 60 : 12;
const place = { env: 'prod', app: 'shop' };

/** What the server says of the past and of the spread of values, against what the instances wrote down themselves. */
describe('what the server answers about instances', () => {
  let server: BootedApp;
  let fleet: RealFleet;
  let desk: PushDesk;
  const all: RealInstance[] = [];
  /** By instance, what it held and from when on. */
  const records = new Map<RealInstance, { readonly at: number; readonly value: number }[]>();
  const names = Array.from({ length: 6 }, (_, n) => `shop-${n}`);
  const draw = drawing(11);
  const one = <T>(list: readonly T[]): T => list[draw(list.length)]!;

  const ranAt = async (instance: RealInstance, at: number): Promise<unknown> => {
    const { items } = await server.admin.call(contracts.instanceTimeline, {
      params: { ...place, instance: instance.sluice.instanceId! },
      query: { at: new Date(at).toISOString(), namespace: 'order' },
    });
    const [item] = items;
    return item?.content?.kind === 'map' ? item.content.items.timeoutMs?.value : undefined;
  };
  const allInSync = (): Promise<boolean> =>
    until('everybody holds what he must', async () => {
      const { items } = await server.admin.call(contracts.listInstances, {
        params: place,
        query: { online: 'true' },
      });
      return items.length === all.length && items.every(({ inSync }) => inSync);
    });
  const spread = () =>
    server.admin.call(contracts.getKeySpread, { params: { ...place, ns: 'order', key: 'timeoutMs' } });

  beforeAll(async () => {
    server = await bootApp();
    fleet = await RealFleet.of(server.url, server.admin);
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 0, retries: 1 }));
    for (const name of names) all.push(await fleet.start(name));
    for (const each of all) records.set(each, [{ at: Date.now(), value: 0 }]);
    await allInSync();
  }, 60_000);

  afterAll(async () => {
    await fleet?.close();
    await server?.close();
  });

  it(`is what they wrote down themselves, over ${turns} pushes`, async () => {
    const moments: number[] = [];
    for (let turn = 1; turn <= turns; turn++) {
      const target = one<Parameters<PushDesk['tryStart']>[0]>([
        { mode: 'global', grays: 'supersede' },
        { mode: 'single', instanceId: one(names) },
        { mode: 'gray', audience: { by: 'instances', ids: [one(names), one(names)] } },
      ]);
      const answer = await desk.tryStart(target, { timeoutMs: turn });
      if (answer.status === 201 && target.mode !== 'global' && draw(2) === 0) {
        await allInSync();
        await desk.act(answer.body as never, 'abandon');
      }
      await allInSync();
      // A moment at which nothing moves, so that both records speak of the same.
      await new Promise((resolve) => setTimeout(resolve, 15));
      moments.push(Date.now());
      await new Promise((resolve) => setTimeout(resolve, 15));

      const { values, online } = await spread();
      expect(online).toBe(all.length);
      const said = Object.fromEntries(values.map(({ value, instanceIds }) => [value, instanceIds]));
      const held = Map.groupBy(all, (each) => `${each.timeoutMs}`);
      const ids = [...held].map(([value, alike]) => [value, alike.map(({ sluice }) => sluice.instanceId)]);
      expect(said).toEqual(Object.fromEntries(ids));
    }
    let changes = 0;
    for (const each of all) {
      const own = records.get(each)!;
      for (const { key, value, at } of each.heard) if (key === 'timeoutMs') own.push({ at, value });
      changes += own.length;
      for (const at of moments)
        expect([each.sluice.instanceId, at, await ranAt(each, at)]).toEqual([
          each.sluice.instanceId,
          at,
          own.findLast((line) => line.at <= at)!.value,
        ]);
    }
    console.info(
      `${all.length * moments.length} answers about the past agree, over ${changes} changes in memory`,
    );
    expect(changes).toBeGreaterThan(turns);
  }, 300_000);

  it('is, of those who would not come back with their values, who they are and why', async () => {
    const lean = new LeanClient(server.url, fleet.token, 'no-disk');
    await lean.connect();
    const found = await until('it is seen', async () => {
      const now = await server.admin.call(contracts.survivability, { params: place });
      return now.online === 7 && now;
    });
    expect(found.surviving).toBe(6);
    expect(found.atRisk.map(({ instanceId, reasons }) => [instanceId, reasons])).toEqual([
      ['no-disk', ['cacheOff']],
    ]);
    lean.close();
  }, 60_000);

  it('is, of a push whose place another has taken before it arrived, that it was superseded', async () => {
    const slow = new LeanClient(server.url, fleet.token, 'slow');
    await slow.connect();
    slow.muted = true;
    const first = await desk.start({ mode: 'global', grays: 'supersede' }, { timeoutMs: 1001 });
    const second = await desk.start({ mode: 'global' }, { timeoutMs: 1002 });
    await desk.until(second, 'the others hold it', ({ verdict }) => verdict.counts.pending === 1);
    slow.close();
    slow.muted = false;
    await slow.connect();
    const done = await desk.settled(second, 'converged');
    expect(done.verdict.counts).toMatchObject({ pending: 0, timeout: 0, superseded: 0 });
    const targets = await desk.instances(first);
    expect(targets.find(({ instanceId }) => instanceId === 'slow')).toMatchObject({ state: 'superseded' });
    const before = await desk.until(first, 'it has ended', ({ ended }) => ended !== undefined);
    expect(before).toMatchObject({
      state: 'converged',
      ended: { reason: 'superseded' },
      verdict: {
        holding: 6,
        targets: before.verdict.targets,
        counts: { applied: 6, superseded: 1, pending: 0 },
      },
    });
    expect((await desk.get(second)).ended).toBeUndefined();
    slow.close();
  }, 60_000);
});
