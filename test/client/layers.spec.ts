import { describe, expect, it } from '@jest/globals';
import { json, num, str } from '@sluice/client';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { mapOf, wireLayer, wireMap, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import { freshFolder, pass, passUntil, useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();

const number = (value: number) => ({ type: 'number', value });
const global = wireLayer(mapOf({ a: 1, b: 1, c: 1, d: 1 }), {
  id: 'g',
  revision: 1,
  release: 7,
  pushId: 'push-g',
  since: Date.UTC(2025, 11, 31, 23),
});
const group = wireLayer(
  { set: { b: number(2), c: number(2), d: number(2) }, remove: [] },
  { kind: 'group', id: 'zone', group: 'zone-a', revision: 2, pushId: 'push-z' },
);
const gray = wireLayer(
  { set: { c: number(3), d: number(3) }, remove: [] },
  { kind: 'gray', id: 'gray', revision: 3, pushId: 'push-y' },
);
const single = wireLayer(
  { set: { d: number(4) }, remove: ['a'] },
  { kind: 'instance', id: 'one', revision: 4, pushId: 'push-i', expiresInMs: 60_000 },
);
const spec = { a: num(0), b: num(0), c: num(0), d: num(0) };
const all = wireNamespace('order', [single, gray, global, group]);

describe('global, group, gray and instance layers', () => {
  it('are composed alike from the server and from disk, and explained with the server gone', async () => {
    const cacheDir = await freshFolder();
    const clock = manualClock();
    const client = fake.connect({ cacheDir, clock });
    const config = client.config('order', spec);
    await client.ready();
    const ack = await fake.server.ackOf(fake.server.push(all));
    expect(ack.namespaces[0]).toMatchObject({ state: 'applied', digest: all.digest });
    expect(config.values()).toEqual({ a: 0, b: 2, c: 3, d: 4 });
    await fake.server.stop();
    await pass(clock, 20_000);

    const ladder = client.explain('order.d');
    expect(ladder).toMatchObject({
      value: 4,
      layer: 'instance',
      revision: 4,
      pushId: 'push-i',
      ageMs: 20_000,
      expiresInMs: 40_000,
      source: 'server',
    });
    expect(ladder.ladder).toEqual([
      {
        layer: 'instance',
        wins: true,
        value: 4,
        revision: 4,
        pushId: 'push-i',
        ageMs: 20_000,
        expiresInMs: 40_000,
      },
      { layer: 'gray', wins: false, value: 3, revision: 3, pushId: 'push-y', ageMs: 20_000 },
      {
        layer: 'group',
        wins: false,
        value: 2,
        revision: 2,
        pushId: 'push-z',
        group: 'zone-a',
        ageMs: 20_000,
      },
      {
        layer: 'global',
        wins: false,
        value: 1,
        release: 7,
        revision: 1,
        pushId: 'push-g',
        ageMs: 3_620_000,
      },
      { layer: 'default', wins: false, value: 0 },
    ]);
    // Taken away by the strongest layer: what is read is the code's own.
    expect(client.explain('order.a')).toMatchObject({ value: 0, layer: 'default' });
    expect(client.explain('order.a').ladder.map((rung) => [rung.layer, rung.value])).toEqual([
      ['instance', undefined],
      ['global', 1],
      ['default', 0],
    ]);
    await client.close();

    const later = manualClock(clock.now() + 5000);
    const again = fake.connect({ cacheDir, clock: later });
    const loaded = new Promise((resolve) => again.on('change', resolve));
    const reread = again.config('order', spec);
    await loaded;
    expect(reread.values()).toEqual({ a: 0, b: 2, c: 3, d: 4 });
    expect(again.explain('order.d')).toMatchObject({
      layer: 'instance',
      source: 'disk',
      pushId: 'push-i',
      ageMs: 25_000,
      expiresInMs: 35_000,
    });
    expect(again.explain('order.d').ladder).toHaveLength(5);
    await later.advance(35_000);
    expect(reread.values()).toEqual({ a: 1, b: 2, c: 3, d: 3 });
  });

  it('tell a listener the layer and the push that its value comes from', async () => {
    const client = fake.connect();
    const config = client.config('order', spec);
    const metas: unknown[] = [];
    config.on('b', (_value, _previous, meta) => void metas.push(meta));
    await client.ready();
    await fake.server.ackOf(fake.server.push({ ...all, pushId: 'push-i' }));
    expect(metas).toEqual([{ namespace: 'order', layer: 'group', revision: 4, pushId: 'push-z' }]);
  });

  it('of a document are taken whole', async () => {
    const text = (words: string, more: object) =>
      wireLayer({ kind: 'document', format: 'json', text: JSON.stringify({ words }) }, more);
    const client = fake.connect();
    const banner = client.document<{ words: string }>('banner');
    await client.ready();
    const layers = [text('all', { id: 'g' }), text('one', { id: 'i', kind: 'instance', revision: 2 })];
    await fake.server.ackOf(fake.server.push(wireNamespace('banner', layers)));
    expect(banner.data).toEqual({ words: 'one' });
    expect(client.explain('banner').ladder.map((rung) => [rung.layer, rung.wins])).toEqual([
      ['instance', true],
      ['global', false],
      ['default', false],
    ]);
  });

  it('that are no patch of their kind are refused', async () => {
    const client = fake.connect();
    await client.ready();
    const base = wireLayer({ kind: 'document', format: 'text', text: 'x' }, { id: 'g' });
    const patch = wireLayer({ set: { x: 1 }, remove: [] }, { kind: 'gray', revision: 2, id: 'y' });
    const ack = await fake.server.ackOf(
      fake.server.push({ ...wireNamespace('banner', [base]), layers: [base, patch], revision: 2 }),
    );
    expect(ack.namespaces[0]).toMatchObject({ state: 'rejected' });
    expect(ack.namespaces[0]?.error).toContain('the body of layer y of banner is not a document');
  });
});

describe('layers that move while the effective values stay', () => {
  const under = (value: number, revision: number) =>
    wireLayer(mapOf({ timeoutMs: value, vip: ['x'] }), { id: 'g', revision });
  const over = wireLayer(
    { set: { timeoutMs: number(50) }, remove: [] },
    { kind: 'instance', id: 'i', revision: 2, expiresInMs: 60_000 },
  );

  it('call no listener and keep what was read, but come into force when what hid them ends', async () => {
    const cacheDir = await freshFolder();
    const clock = manualClock();
    const client = fake.connect({ cacheDir, clock });
    const config = client.config('order', { timeoutMs: num(1), vip: json<string[]>([]), mode: str('m') });
    await client.ready();
    await fake.server.ackOf(fake.server.push(wireNamespace('order', [under(800, 1), over])));
    const heard: unknown[] = [];
    config.on('timeoutMs', (value) => void heard.push(value));
    client.on('change', () => heard.push('change'));
    const { vip } = config;
    const moved = fake.server.push(wireNamespace('order', [under(900, 3), over]));
    const ack = await passUntil(clock, fake.server.ackOf(moved));
    expect(ack.namespaces[0]?.state).toBe('applied');
    expect(ack.revision).toBe(3);
    expect(heard).toEqual([]);
    expect(config.vip).toBe(vip);
    expect(client.explain('order.timeoutMs').ladder.map((rung) => rung.value)).toEqual([50, 900, 1]);
    await client.close();
    await fake.server.stop();

    const later = manualClock(clock.now());
    const again = fake.connect({ cacheDir, clock: later });
    await new Promise((resolve) => again.on('change', resolve));
    expect(again.get('order.timeoutMs')).toBe(50);
    await later.advance(60_000 - (clock.now() - Date.UTC(2026, 0, 1)));
    expect(again.get('order.timeoutMs')).toBe(900);
  });

  it('reach an instance that was away, because it says how new its layers are', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    await client.ready();
    await fake.server.ackOf(fake.server.push(wireNamespace('order', [under(800, 1), over])));
    await fake.server.stop();
    await pass(clock, 1000);
    fake.server.namespaces.set('order', wireNamespace('order', [under(900, 3), over]));
    fake.server.revision = 3;
    await fake.server.start();
    while (client.health().revision < 3) await pass(clock, 1000);
    expect(fake.server.heard.hello.at(-1)?.namespaces).toEqual([
      { name: 'order', digest: wireNamespace('order', [under(800, 1), over]).digest, revision: 2 },
    ]);
    await fake.server.stop();
    await pass(clock, 60_000);
    expect(client.get('order.timeoutMs')).toBe(900);
  });
});

it('polling over HTTP composes layers and fetches bodies as the socket does', async () => {
  fake.server.acceptsSockets = false;
  const { body, ...bodyless } = global;
  fake.server.bodies.set(global.digest, body);
  fake.server.push(
    { ...all, layers: all.layers.map((layer) => (layer.id === 'g' ? bodyless : layer)) },
    wireMap('pay', { fee: 1 }),
  );
  const clock = manualClock();
  const client = fake.connect({ clock });
  const config = client.config('order', spec);
  while (client.state !== 'live') await pass(clock, 1000);
  expect(config.values()).toEqual({ a: 0, b: 2, c: 3, d: 4 });
  expect(fake.server.heard.body).toEqual([global.digest]);
  expect(client.digests().rootDigest).toBe(fake.server.rootDigest);
});

it('a body that could not be had is asked for again, and the server hears of it', async () => {
  const clock = manualClock();
  const client = fake.connect({ clock });
  while (client.state !== 'live') await pass(clock, 10);
  const { body, ...bodyless } = global;
  const wire = { ...wireNamespace('order', [global]), layers: [bodyless], pushId: 'p' };
  const refused = await passUntil(
    clock,
    fake.server.ackOf(fake.server.push(wire, wireMap('pay', { fee: 1 }))),
  );
  expect(refused.namespaces.map(({ name, state }) => [name, state])).toEqual([
    ['order', 'rejected'],
    ['pay', 'applied'],
  ]);
  await pass(clock, 40_000); // once more in vain
  fake.server.bodies.set(global.digest, body);
  const ack = await passUntil(
    clock,
    fake.server.hears('ack', (a) => a.namespaces.some((n) => n.name === 'order' && n.state === 'applied')),
  );
  expect(ack).toMatchObject({ deliveryId: 0, rootDigest: fake.server.rootDigest });
  expect(ack.namespaces).toEqual([{ name: 'order', digest: wire.digest, pushId: 'p', state: 'applied' }]);
  expect(client.get('order.a')).toBe(1);
  expect(client.health().rejected).toEqual({});
  const asked = fake.server.heard.snapshot.length;
  await pass(clock, 60_000);
  expect(fake.server.heard.snapshot).toHaveLength(asked);
});
