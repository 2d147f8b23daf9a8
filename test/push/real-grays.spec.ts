import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Push } from '@sluice/protocol';
import { fastClock } from '../client/fast-clock.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { PushDesk } from '../support/push-desk.ts';
import { RealFleet, type RealInstance } from '../support/real-fleet.ts';
import { until } from '../support/until.ts';

/** Lets plain requests through and no socket: an instance behind it asks over HTTP from time to time. */
async function plainDoor(to: string): Promise<Server> {
  const door = createServer((asked, answer) => {
    if (asked.url?.startsWith('/socket.io')) return void answer.writeHead(503).end();
    const { method, headers } = asked;
    const on = request(new URL(asked.url ?? '/', to), { method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  door.on('upgrade', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return door;
}

/** Eight applications with listeners; one more that can't keep a socket. */
describe('a gray among real clients', () => {
  let server: BootedApp;
  let door: Server;
  let fleet: RealFleet;
  let desk: PushDesk;
  let polling: RealInstance;
  const all: RealInstance[] = [];

  const ids = (instances: readonly RealInstance[]): string[] =>
    instances.map(({ sluice }) => sluice.instanceId!).sort();
  const proven = (push: Push, holding: number): Promise<Push> =>
    desk.until(
      push,
      `${holding} are proven`,
      ({ verdict }) => verdict.holding === holding && verdict.counts.pending === 0,
    );

  beforeAll(async () => {
    server = await bootApp();
    fleet = await RealFleet.of(server.url, server.admin);
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 800, retries: 1 }));
    for (let n = 0; n < 8; n++) all.push(await fleet.start(`shop-${n}`));
    door = await plainDoor(server.url);
    const { port } = door.address() as AddressInfo;
    polling = await fleet.start('polling', { server: `http://127.0.0.1:${port}`, clock: fastClock(60) });
  }, 60_000);

  afterAll(async () => {
    await fleet?.close();
    door?.close();
    await server?.close();
  });

  it('is promoted without a word to its cohort: no digest moves and no listener runs', async () => {
    const push = await desk.start({ mode: 'gray', audience: { by: 'count', count: 3 } }, { timeoutMs: 300 });
    await proven(push, 3);
    const cohort = all.filter((each) => each.timeoutMs === 300);
    expect(ids(cohort)).toEqual(await desk.targets(push));
    const before = cohort.map((each) => ({ digest: each.digest, heard: each.heard.length }));
    expect(before.map(({ heard }) => heard)).toEqual([1, 1, 1]);
    await desk.act(push, 'promote');
    await desk.settled(push, 'promoted', 8);
    for (const each of all) expect([each.timeoutMs, each.digest]).toEqual([300, before[0]!.digest]);
    expect(cohort.map((each) => ({ digest: each.digest, heard: each.heard.length }))).toEqual(before);
    // They were told all the same: what explains the value is global now.
    for (const each of cohort) expect(each.layers).toEqual(['global', 'default']);
    for (const each of all) expect(each.heard).toHaveLength(1);
  }, 60_000);

  it('is proven when it is abandoned, as it was when it began', async () => {
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'instances', ids: ['shop-1', 'shop-4'] } },
      { timeoutMs: 5 },
    );
    await proven(push, 2);
    expect([all[1]!.timeoutMs, all[4]!.timeoutMs]).toEqual([5, 5]);
    const over = await desk.act(push, 'abandon');
    expect(over.verdict).toMatchObject({ holding: 0, targets: 2, counts: { pending: 2 } });
    const done = await desk.until(push, 'its end is proven', ({ verdict }) => verdict.holding === 2);
    expect(done).toMatchObject({ state: 'abandoned', ended: { reason: 'asked' }, verdict: { targets: 2 } });
    expect(new Set(all.map((each) => `${each.timeoutMs} ${each.digest}`)).size).toBe(1);
    expect(all[1]!.heard.slice(-2).map(({ value }) => value)).toEqual([5, 300]);
  }, 60_000);

  it('lets a global change of other keys pass, and asks about one of its own', async () => {
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'instances', ids: ['shop-2'] } },
      { timeoutMs: 7 },
    );
    await proven(push, 1);
    const other = await desk.start({ mode: 'global' }, { retries: 9 });
    await desk.settled(other, 'converged', 8);
    expect(all.map((each) => each.retries)).toEqual(Array(8).fill(9));
    expect(all[2]!.timeoutMs).toBe(7);

    const asked = await desk.tryStart({ mode: 'global' }, { timeoutMs: 900 });
    expect(asked).toMatchObject({
      status: 409,
      body: { code: 'gray_conflict', details: { clashes: [{ pushId: push.id, keys: ['timeoutMs'] }] } },
    });
    expect(all.map((each) => each.timeoutMs)).toEqual(all.map((_, n) => (n === 2 ? 7 : 300)));
    const kept = await desk.start({ mode: 'global', grays: 'keep' }, { timeoutMs: 900 });
    await desk.settled(kept, 'converged', 8);
    expect(all.map((each) => each.timeoutMs)).toEqual(all.map((_, n) => (n === 2 ? 7 : 900)));
    const won = await desk.start({ mode: 'global', grays: 'supersede' }, { timeoutMs: 950 });
    await desk.settled(won, 'converged', 8);
    expect(all.map((each) => each.timeoutMs)).toEqual(Array(8).fill(950));
    expect(await desk.get(push)).toMatchObject({ state: 'abandoned', ended: { reason: 'superseded' } });
  }, 60_000);

  it('comes to an instance that can only ask, and its promotion too', async () => {
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'instances', ids: ['polling', 'shop-0'] } },
      { timeoutMs: 20 },
    );
    await until('it has asked', async () => polling.timeoutMs === 20);
    await until('shop-0 has it', async () => all[0]!.timeoutMs === 20);
    expect(polling.layers).toEqual(['gray', 'global', 'default']);
    const { digest } = polling;
    const heard = polling.heard.length;
    await desk.act(push, 'promote');
    await until('it has asked again', async () => polling.layers.join() === 'global,default');
    expect([polling.digest, polling.heard.length]).toEqual([digest, heard]);
    // Nothing has changed since, and the server says only that.
    const token = { authorization: `Bearer ${fleet.token}` };
    const address = `${server.url}/client/v1/snapshot?instanceId=polling&labels=%7B%7D`;
    const first = await fetch(address, { headers: token });
    const again = await fetch(address, {
      headers: { ...token, 'if-none-match': first.headers.get('etag')! },
    });
    expect([first.status, again.status]).toEqual([200, 304]);
  }, 60_000);
});
