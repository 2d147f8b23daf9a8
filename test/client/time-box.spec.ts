import { describe, expect, it } from '@jest/globals';
import { num } from '@sluice/client';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { mapOf, wireLayer, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import { freshFolder, pass, passUntil, useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();

const minuteMs = 60_000;
const global = wireLayer(mapOf({ timeoutMs: 800 }), { revision: 1, release: 1 });
const override = (value: number, expiresInMs: number, more = {}) =>
  wireLayer(
    { set: { timeoutMs: { type: 'number', value } }, remove: [] },
    { kind: 'instance', revision: 2, id: `i${value}`, expiresInMs, ...more },
  );
const order = (...layers: ReturnType<typeof override>[]) => wireNamespace('order', [global, ...layers]);

describe('an override of 5 minutes, the server killed after one', () => {
  it('reverts at 5 minutes by itself, tells listeners, and says so when the server is back', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    const config = client.config('order', { timeoutMs: num(1) });
    const heard: [number, number, number][] = [];
    config.on('timeoutMs', (value, previous) => void heard.push([value, previous, clock.monotonic()]));
    await client.ready();
    const pushedAt = clock.monotonic();
    await fake.server.ackOf(fake.server.push(order(override(50, 5 * minuteMs))));
    expect(config.timeoutMs).toBe(50);

    await pass(clock, minuteMs);
    await fake.server.stop();
    clock.setWall(0); // and an administrator sets the clock back
    await pass(clock, 3 * minuteMs + 59_000);
    expect(config.timeoutMs).toBe(50);
    expect(client.explain('order.timeoutMs')).toMatchObject({ layer: 'instance', expiresInMs: 1000 });
    await pass(clock, 1000);
    expect(config.timeoutMs).toBe(800);
    expect(client.explain('order.timeoutMs')).toMatchObject({ layer: 'global', release: 1 });
    const [, reverted] = heard;
    expect(reverted?.slice(0, 2)).toEqual([800, 50]);
    expect(Math.abs((reverted?.[2] ?? 0) - pushedAt - 5 * minuteMs)).toBeLessThanOrEqual(1000);
    expect(fake.server.heard.ack.filter((ack) => ack.deliveryId === 0)).toEqual([]);

    await pass(clock, minuteMs);
    fake.server.namespaces.set('order', order());
    await fake.server.start();
    const ack = await passUntil(clock, fake.server.ackOf(0));
    expect(ack.namespaces).toEqual([{ name: 'order', digest: order().digest, state: 'applied' }]);
    expect(ack.rootDigest).toBe(fake.server.rootDigest);
    expect(fake.server.heard.ack.filter(({ deliveryId }) => deliveryId === 0)).toHaveLength(1);
  });

  it('says it again when the server was gone already and nobody had noticed yet', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    await client.ready();
    await fake.server.ackOf(fake.server.push(order(override(50, 10_000))));
    await pass(clock, 6000);
    fake.server.answersAlive = false;
    await pass(clock, 5000);
    const first = await fake.server.ackOf(0);
    const lost = new Promise((resolve) => client.on('notice', ({ code }) => resolve(code)));
    expect(await passUntil(clock, lost)).toBe('link_stalled');
    fake.server.answersAlive = true;
    fake.server.namespaces.set('order', order());
    const again = fake.server.hears('ack', (ack) => ack.deliveryId === 0 && ack !== first);
    expect((await passUntil(clock, again)).namespaces).toEqual(first.namespaces);
  });

  it('says with it which listener failed over the reversal', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    const config = client.config('order', { timeoutMs: num(1) });
    config.on('timeoutMs', (value) => {
      if (value === 800) throw new Error('pool closed');
    });
    await client.ready();
    await fake.server.ackOf(fake.server.push(order(override(50, 5 * minuteMs))));
    await fake.server.stop();
    await pass(clock, 5 * minuteMs);
    await fake.server.start();
    fake.server.namespaces.set('order', order());
    const ack = await passUntil(clock, fake.server.ackOf(0));
    expect(ack.namespaces[0]).toMatchObject({
      name: 'order',
      state: 'failed',
      error: 'listener of order.timeoutMs: pool closed',
    });
  });
});

it('a listener that fails over what came from disk is told, too, once the server is there', async () => {
  const cacheDir = await freshFolder();
  const first = fake.connect({ cacheDir });
  await first.ready();
  await fake.server.ackOf(fake.server.push(order()));
  await first.close();
  await fake.server.stop();
  const clock = manualClock();
  const second = fake.connect({ cacheDir, clock });
  const said = new Promise((resolve) =>
    second.on('notice', (n) => n.code === 'listener_failed' && resolve(n.text)),
  );
  second.config('order', { timeoutMs: num(1) }).on('timeoutMs', () => {
    throw new Error('pool closed');
  });
  expect(await said).toContain('A listener of order.timeoutMs failed: pool closed');
  await fake.server.start();
  const ack = await passUntil(clock, fake.server.ackOf(0));
  expect(ack.namespaces[0]).toMatchObject({ name: 'order', state: 'failed', digest: order().digest });
});

describe('across a restart', () => {
  it.each([
    ['the wall clock says how long it was', 70_000, undefined, 230_000],
    ['the wall clock went back, and nobody knows', -1, undefined, 0],
    ['the wall clock went back, and the machine knows', -3_600_000, 70_000, 230_000],
    ['the wall clock went back a little, and the machine knows', 10_000, 70_000, 230_000],
    ['it was down for longer than was left', 300_000, undefined, 0],
  ])('the time counts on: %s', async (_, wallMs, machineMs, leftMs) => {
    const cacheDir = await freshFolder();
    const bootId = 'one';
    const before = manualClock();
    const first = fake.connect({ cacheDir, clock: { ...before, uptime: () => ({ bootId, ms: 1000 }) } });
    first.config('order', { timeoutMs: num(1) });
    await first.ready();
    await fake.server.ackOf(fake.server.push(order(override(50, 5 * minuteMs))));
    await first.close();
    await fake.server.stop();

    const after = manualClock(before.now() + wallMs);
    const uptime = machineMs === undefined ? undefined : { bootId, ms: 1000 + machineMs };
    const second = fake.connect({ cacheDir, clock: { ...after, uptime: () => uptime } });
    const loaded = new Promise((resolve) => second.on('change', resolve));
    const config = second.config('order', { timeoutMs: num(1) });
    await loaded;
    expect(config.timeoutMs).toBe(leftMs > 0 ? 50 : 800);
    if (leftMs === 0) return;
    await after.advance(leftMs - after.monotonic() - 1);
    expect(config.timeoutMs).toBe(50);
    await after.advance(1);
    expect(config.timeoutMs).toBe(800);
    expect(second.explain('order.timeoutMs')).toMatchObject({ source: 'disk', layer: 'global' });
  });
});

describe('several time boxes', () => {
  it('end one by one, each uncovering the next, in memory and on disk', async () => {
    const cacheDir = await freshFolder();
    const clock = manualClock();
    const client = fake.connect({ clock, cacheDir });
    const config = client.config('order', { timeoutMs: num(1) });
    await client.ready();
    const layers = [
      override(10, 30_000, { kind: 'group' }),
      override(20, 20_000, { kind: 'gray' }),
      override(30, 10_000),
    ];
    await fake.server.ackOf(fake.server.push(order(...layers)));
    await fake.server.stop();
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      seen.push(config.timeoutMs);
      await pass(clock, 10_000);
    }
    expect(seen).toEqual([30, 20, 10, 800]);
    await client.close();

    const later = manualClock(clock.now() + 10 * minuteMs);
    const again = fake.connect({ clock: later, cacheDir });
    await new Promise((resolve) => again.on('change', resolve));
    expect(again.explain('order.timeoutMs')).toMatchObject({ value: 800, source: 'disk' });
    expect(again.explain('order.timeoutMs').ladder.map((rung) => rung.layer)).toEqual(['global']);
  });

  it('of one push end together, though the server sent them a moment apart', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    const a = client.config('a', { x: num(0) });
    const b = client.config('b', { x: num(0) });
    await client.ready();
    const of = (name: string, expiresInMs: number) =>
      wireNamespace(
        name,
        [
          wireLayer(mapOf({ x: 1 })),
          wireLayer(
            { set: { x: { type: 'number', value: 2 } }, remove: [] },
            { kind: 'gray', revision: 2, expiresInMs },
          ),
        ],
        { pushId: 'p' },
      );
    const seen: string[] = [];
    client.on('change', () => seen.push(`${a.x} ${b.x}`));
    await fake.server.ackOf(fake.server.push(of('a', 5000), of('b', 5002)));
    await pass(clock, 6000);
    expect(seen).toEqual(['2 2', '1 1']);
  });

  it('are not lengthened by a server that says them anew after its clock was set back', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    const config = client.config('order', { timeoutMs: num(1) });
    await client.ready();
    await fake.server.ackOf(fake.server.push(order(override(50, 10_000))));
    await pass(clock, 8000);
    await fake.server.ackOf(fake.server.push(order(override(50, 3_600_000))));
    await pass(clock, 2000);
    expect(config.timeoutMs).toBe(800);
    await fake.server.ackOf(fake.server.push(order(override(50, 3_600_000, { revision: 9 }))));
    await pass(clock, 5000);
    expect(config.timeoutMs).toBe(50); // a new push of it is another matter
  });

  it('do not come back for a moment when a server tells them anew whose clock is behind', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    const config = client.config('order', { timeoutMs: num(1) });
    const heard: number[] = [];
    config.on('timeoutMs', (value) => void heard.push(value));
    await client.ready();
    await fake.server.ackOf(fake.server.push(order(override(50, 10_000))));
    await pass(clock, 10_000);
    await fake.server.ackOf(0);
    // Another layer is laid meanwhile, say, so that all of them are sent once more.
    const other = override(60, 5000, { kind: 'group', revision: 3 });
    const ack = await fake.server.ackOf(fake.server.push(order(other, override(50, 700))));
    expect(ack.namespaces).toEqual([{ name: 'order', digest: order(other).digest, state: 'applied' }]);
    await pass(clock, 5000);
    await fake.server.ackOf(fake.server.push(order(override(50, 200))));
    expect(config.timeoutMs).toBe(800);
    expect(heard).toEqual([50, 800, 60, 800]);
  });
});
