import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { json, type Notice, num, type Sluice } from '@sluice/client';
import { mapOf, wireLayer, wireMap, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import type { FakeServer } from './fake-server.ts';
import { fastClock } from './fast-clock.ts';
import { useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer((clientsBefore) => ({
  token: 'sl_secret_token',
  instanceId: `order-${clientsBefore}`,
  labels: { zone: 'a' },
}));
const { connect } = fake;
let server: FakeServer;
beforeEach(() => {
  server = fake.server;
});

const notice = (client: Sluice, code: Notice['code']): Promise<Notice> =>
  new Promise((resolve) => client.on('notice', (n) => n.code === code && resolve(n)));
const order = (timeoutMs: unknown, revision: number, more = {}) =>
  wireMap('order', { timeoutMs: timeoutMs as number }, revision, more);

describe('the link', () => {
  it('says hello, takes the state, and proves that it holds it', async () => {
    server.push(order(50, 7, { pushId: 'push-1' }));
    const client = connect();
    const config = client.config('order', { timeoutMs: num(800) });
    expect(config.timeoutMs).toBe(800);
    expect(await client.ready()).toBe('live');
    expect(config.timeoutMs).toBe(50);
    const hello = await server.hears('hello');
    expect(hello).toMatchObject({
      instanceId: 'order-0',
      environment: 'prod',
      app: 'order-api',
      labels: { zone: 'a' },
      cache: 'off',
      ready: 'defaults',
      namespaces: [],
    });
    const ack = await server.hears('ack');
    expect(ack).toMatchObject({ epoch: 1, revision: 7, rootDigest: server.rootDigest, stage: 'listened' });
    expect(ack.namespaces).toEqual([
      { name: 'order', digest: server.namespaces.get('order')?.digest, pushId: 'push-1', state: 'applied' },
    ]);
    expect(client.health()).toMatchObject({ state: 'live', connected: true, revision: 7, rejected: {} });
    expect(client.explain('order.timeoutMs')).toMatchObject({
      layer: 'global',
      source: 'server',
      release: 7,
    });
  });

  it('applies pushes, tells listeners, and then acks', async () => {
    const client = connect();
    const config = client.config('order', { timeoutMs: num(800), vip: json<string[]>([]) });
    const heard: unknown[] = [];
    config.on('timeoutMs', (value, previous, meta) => void heard.push([value, previous, meta]));
    await client.ready();
    const ack = await server.ackOf(server.push(order(60, 3, { pushId: 'p' })));
    expect(heard).toEqual([
      [60, 800, { namespace: 'order', layer: 'global', release: 3, revision: 3, pushId: 'p' }],
    ]);
    expect(ack.namespaces[0]?.state).toBe('applied');
    expect(config.values()).toEqual({ timeoutMs: 60, vip: [] });
  });

  it('answers a probe with digests from live memory', async () => {
    server.push(order(50, 1), wireMap('pay', { fee: 2 }));
    const client = connect();
    await client.ready();
    server.probe(99);
    const state = await server.hears('state');
    expect(state).toEqual({ probeId: 99, ...client.digests() });
    expect(state.rootDigest).toBe(server.rootDigest);
  });

  it('refuses a value that the code cannot take, says why on both sides, and keeps the old one', async () => {
    server.push(order(50, 1));
    const client = connect();
    const config = client.config('order', { timeoutMs: num(800, { min: 50, max: 5000 }) });
    await client.ready();
    const ack = await server.ackOf(server.push(order('abc', 2)));
    expect(ack.namespaces[0]).toMatchObject({
      state: 'rejected',
      error: 'timeoutMs = "abc", expected number 50..5000',
    });
    expect(ack).toMatchObject({ stage: 'checked', revision: 1 });
    expect(config.timeoutMs).toBe(50);
    expect(fake.said.join()).toContain('value_rejected: Namespace order at revision 2 was refused');
    expect(client.health().rejected).toHaveProperty('order');
    expect((await server.ackOf(server.push(order(70, 3)))).namespaces[0]?.state).toBe('applied');
    expect(client.health().rejected).toEqual({});
  });

  it('says it when code that is loaded later refuses what is held already', async () => {
    server.push(order(10, 1));
    const client = connect();
    await server.hears('ack');
    const config = client.config('order', { timeoutMs: num(800, { min: 50 }) });
    expect(config.timeoutMs).toBe(800);
    const ack = await server.ackOf(0);
    expect(ack.namespaces[0]).toMatchObject({ name: 'order', state: 'rejected' });
    expect(client.digests().namespaces).toEqual([]);
    expect((await server.hears('heartbeat')).rootDigest).not.toBe(server.rootDigest);
  });

  it('answers with a refusal when such code is loaded between swap and ack', async () => {
    server.push(order(10, 1));
    const client = connect();
    await client.ready();
    client.config('order', { timeoutMs: num(800, { min: 50 }) });
    expect((await server.hears('ack')).namespaces[0]).toMatchObject({ name: 'order', state: 'rejected' });
  });

  it('ignores a state that is older than its own, and answers with what it holds', async () => {
    server.push(order(60, 5));
    const client = connect();
    const config = client.config('order', { timeoutMs: num(800) });
    await client.ready();
    const ack = await server.ackOf(server.send({ revision: 4, changed: [order(50, 4)] }));
    expect(config.timeoutMs).toBe(60);
    expect(ack).toMatchObject({ revision: 5, rootDigest: server.rootDigest });
  });

  it('resyncs when the epoch changes, and then takes lower revisions', async () => {
    server.push(order(60, 500));
    const client = connect({ clock: fastClock(20) });
    const config = client.config('order', { timeoutMs: num(800) });
    await client.ready();
    server.epoch = 2;
    server.revision = 3;
    server.namespaces.set('order', order(50, 3));
    server.send({ changed: [order(50, 3)] });
    await server.hears('ack', (ack) => ack.epoch === 2 && ack.revision === 3);
    expect(config.timeoutMs).toBe(50);
    expect(server.heard.hello).toHaveLength(2);
  });

  it('fetches large bodies by digest and checks them', async () => {
    const text = 'x'.repeat(200_000);
    const whole = wireMap('big', { text }, 2);
    const { body, ...bodyless } = whole.layers[0]!;
    server.bodies.set(bodyless.digest, body!);
    const client = connect();
    const config = client.config('big', { size: num(0) });
    server.push({ ...whole, layers: [bodyless] });
    await client.ready();
    expect(client.get('big.text')).toBe(text);
    expect(config.size).toBe(0);
    expect(server.heard.body).toEqual([bodyless.digest]);
  });

  it('rejects a body that is not what its digest says', async () => {
    const whole = wireMap('big', { text: 'right' }, 2);
    const { body: _, ...bodyless } = whole.layers[0]!;
    server.bodies.set(bodyless.digest, wireLayer(mapOf({ text: 'wrong' })).body);
    const client = connect({ clock: fastClock(20) });
    server.push({ ...whole, layers: [bodyless] });
    await client.ready();
    const ack = await server.hears('ack', (a) => a.namespaces.length > 0);
    expect(ack.namespaces[0]).toMatchObject({ state: 'rejected' });
    expect(client.get('big.text')).toBeUndefined();
  });

  it('leaves out a frame that it cannot read', async () => {
    server.push(order(50, 1));
    const client = connect();
    const config = client.config('order', { timeoutMs: num(800) });
    await client.ready();
    const unreadable = notice(client, 'frame_unreadable');
    server.send({ revision: -5 });
    expect((await unreadable).text).toContain('revision');
    expect((await server.ackOf(server.push(order(60, 2)))).namespaces[0]?.state).toBe('applied');
    expect(config.timeoutMs).toBe(60);
  });

  it('sends a heartbeat every 30 s, give or take 20 %, that says all in one digest', async () => {
    server.push(order(50, 1));
    const clock = fastClock(40);
    const client = connect({ clock });
    await server.hears('ack');
    const since = clock.monotonic();
    const heartbeat = await server.hears('heartbeat');
    expect(clock.monotonic() - since).toBeGreaterThan(22_000);
    expect(heartbeat).toEqual({
      epoch: 1,
      revision: 1,
      rootDigest: client.digests().rootDigest,
      ready: 'live',
      cache: 'off',
    });
  });

  it('drops a layer when its time is over, the server being silent, and tells it', async () => {
    const client = connect({ clock: fastClock(20) });
    const config = client.config('order', { timeoutMs: num(1) });
    const heard: number[] = [];
    config.on('timeoutMs', (value) => void heard.push(value));
    await client.ready();
    const global = wireLayer(mapOf({ timeoutMs: 800 }), { revision: 1 });
    const gray = wireLayer(
      { set: { timeoutMs: { type: 'number', value: 50 } }, remove: [] },
      { kind: 'gray', revision: 2, expiresInMs: 3000 },
    );
    await server.ackOf(server.push(wireNamespace('order', [global, gray])));
    expect(client.explain('order.timeoutMs')).toMatchObject({ value: 50, layer: 'gray' });
    const ack = await server.ackOf(0);
    expect(ack.namespaces).toEqual([
      { name: 'order', digest: wireNamespace('order', [global]).digest, state: 'applied' },
    ]);
    expect(heard).toEqual([50, 800]);
  });
});

describe('when the connection is lost', () => {
  it('comes back by itself and takes what it missed', async () => {
    server.push(order(50, 1));
    const client = connect({ clock: fastClock(20) });
    const config = client.config('order', { timeoutMs: num(800) });
    await client.ready();
    const unreachable = notice(client, 'server_unreachable');
    await server.stop();
    expect((await unreachable).text).toMatch(/Running on the snapshot from \d\d:\d\d \(0 min old, 1 key\)/);
    expect(config.timeoutMs).toBe(50);
    server.revision = 2;
    server.namespaces.set('order', order(70, 2));
    await server.start();
    await server.hears('ack', (ack) => ack.revision === 2);
    expect(config.timeoutMs).toBe(70);
    expect(server.heard.hello.at(-1)?.namespaces).toHaveLength(1);
  });

  it('notices that nobody answers any more, and connects anew', async () => {
    const clock = fastClock(10);
    const client = connect({ clock });
    await client.ready();
    await server.hears('alive');
    server.answersAlive = false;
    const since = clock.monotonic();
    const stalled = await notice(client, 'link_stalled');
    // Exactly 9.8 s at the most, as alive.spec shows; here timers are late by what this machine is busy.
    expect(clock.monotonic() - since).toBeLessThan(15_000);
    expect(stalled.text).toContain('stopped answering');
    server.answersAlive = true;
    await server.hears('hello', (hello) => hello !== server.heard.hello[0]);
  });

  it('asks over HTTP while websockets do not get through', async () => {
    server.acceptsSockets = false;
    server.push(order(50, 1));
    const client = connect({ clock: fastClock(30), instanceId: 'order-http' });
    const config = client.config('order', { timeoutMs: num(800) });
    expect(await client.ready({ timeoutMs: 60_000 })).toBe('live');
    expect(config.timeoutMs).toBe(50);
    expect(client.health().connected).toBe(false);
    const asked = await server.hears('snapshot');
    expect(asked.authorization).toBe('Bearer sl_secret_token');
    expect([asked.query.get('instanceId'), asked.query.get('labels')]).toEqual([
      'order-http',
      '{"zone":"a"}',
    ]);
    server.push(order(60, 2));
    const changed = new Promise((resolve) => client.on('change', resolve));
    await changed;
    expect(config.timeoutMs).toBe(60);
    await server.hears('snapshot', (request) => request.ifNoneMatch === `"${server.rootDigest}"`);
    expect(client.state).toBe('live');
  });

  it.each(['handshake', 'hello'] as const)(
    'by a refusal at the %s that will not heal: says why, stops waiting, and asks again rarely',
    async (at) => {
      const refusal = { code: 'unauthenticated', message: 'The token is revoked.', retry: false };
      if (at === 'hello') server.refuseHello = refusal;
      else server.refuseHandshake = refusal;
      const clock = fastClock(50);
      const client = connect({ clock });
      const since = clock.monotonic();
      const refused = await notice(client, 'token_refused');
      expect(refused.text).toContain('The server refused the token sl_secre...: The token is revoked.');
      expect(fake.said.join()).not.toContain('sl_secret_token');
      expect(refused.params.retrySec).toBeGreaterThanOrEqual(48);
      expect(await client.ready({ timeoutMs: 3_600_000 })).toBe('defaults');
      server.refuseHello = undefined;
      server.refuseHandshake = undefined;
      const up = new Promise((resolve) => client.on('state', resolve));
      await up;
      await server.hears('ack');
      expect(clock.monotonic() - since).toBeGreaterThan(1000);
    },
  );

  it('by a refusal with a time to wait: waits at least that long', async () => {
    const client = connect();
    await client.ready();
    const refused = notice(client, 'link_refused');
    server.refuse({ code: 'unavailable', message: 'Busy.', retry: true, retryAfterMs: 20_000 });
    expect((await refused).params.retrySec).toBeGreaterThanOrEqual(20);
    expect(client.state).toBe('live');
  });
});

/** How long a start waits for the server when nobody says. */
const defaultReadyMs = 3000;

describe('start without a server', () => {
  it('runs on what lay on disk, and knows where it came from', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-link-'));
    server.push(order(50, 9));
    const first = connect({ cacheDir, instanceId: 'order-x' });
    first.config('order', { timeoutMs: num(800) });
    await first.ready();
    await server.hears('ack');
    expect((await server.hears('hello')).cache).toBe('ok');
    await first.close();
    await server.stop();

    const second = connect({ cacheDir, instanceId: 'order-x' });
    const config = second.config('order', { timeoutMs: num(800) });
    const since = performance.now();
    expect(await second.ready({ timeoutMs: 1500 })).toBe('snapshot');
    expect(performance.now() - since).toBeLessThan(defaultReadyMs);
    expect(config.timeoutMs).toBe(50);
    expect(second.explain('order.timeoutMs')).toMatchObject({ source: 'disk', layer: 'global', release: 9 });

    server.namespaces.set('order', order(60, 3)); // a server that was set up anew counts from the start
    server.epoch = 2;
    server.revision = 3;
    await server.start();
    await server.hears('ack', (ack) => ack.revision === 3);
    expect(config.timeoutMs).toBe(60);
  });

  it('with another token does not hold the new server to revisions of the old one', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-link-'));
    server.push(order(50, 900));
    const first = connect({ cacheDir, instanceId: 'order-x' });
    await first.ready();
    await server.hears('ack');
    await first.close();
    server.namespaces.set('order', order(60, 3));
    server.revision = 3;
    const second = connect({ cacheDir, instanceId: 'order-x', token: 'another' });
    const config = second.config('order', { timeoutMs: num(800) });
    await second.ready();
    await server.hears('ack', (ack) => ack.revision === 3);
    expect(config.timeoutMs).toBe(60);
  });

  it('and without a cache runs on the bootstrap file', async () => {
    const { writeFile } = await import('node:fs/promises');
    const bootstrapFile = join(await mkdtemp(join(tmpdir(), 'sluice-boot-')), 'bootstrap.json');
    server.push(order(50, 900));
    await writeFile(bootstrapFile, JSON.stringify(server.snapshot()));
    await server.stop();
    const client = connect({ bootstrapFile });
    const config = client.config('order', { timeoutMs: num(800) });
    expect(await client.ready({ timeoutMs: 1500 })).toBe('snapshot');
    expect(config.timeoutMs).toBe(50);
    expect(client.explain('order.timeoutMs').source).toBe('bootstrap');
  });

  it('and with a cache that cannot be used says so to the server, and lives on', async () => {
    server.push(order(50, 1));
    const client = connect({ cacheDir: join(import.meta.filename, 'a-file-is-no-folder') });
    expect(await client.ready()).toBe('live');
    expect((await server.hears('hello')).cache).toBe('unwritable');
    expect((await server.ackOf(server.push(order(60, 2)))).stage).toBe('listened');
    expect(client.health().cache).toBe('unwritable');
  });

  it('and without anything runs on the defaults, within the time it was given', async () => {
    await server.stop();
    const client = connect({ bootstrapFile: '/nowhere/bootstrap.json' });
    const config = client.config('order', { timeoutMs: num(800) });
    const since = performance.now();
    expect(await client.ready({ timeoutMs: 100 })).toBe('defaults');
    expect(performance.now() - since).toBeLessThan(defaultReadyMs);
    expect(config.timeoutMs).toBe(800);
    expect(fake.said.join()).toContain('bootstrap_unusable');
  });
});

describe('many clients in one process', () => {
  it('for the same instance are one, unless that is wanted', async () => {
    const first = connect({ instanceId: 'order-x' });
    expect(connect({ instanceId: 'order-x' })).toBe(first);
    expect(fake.said.join()).toContain('second_client');
    expect(connect({ instanceId: 'order-x', allowMultiple: true })).not.toBe(first);
    await first.close();
    expect(connect({ instanceId: 'order-x' })).not.toBe(first);
  });

  it('run side by side, each with its own cache slot', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-fleet-'));
    server.push(order(50, 1));
    const fleet = Array.from({ length: 20 }, (_, i) =>
      connect({ cacheDir, instanceId: `fleet-${i}`, allowMultiple: true }),
    );
    expect(await Promise.all(fleet.map((client) => client.ready({ timeoutMs: 20_000 })))).toEqual(
      fleet.map(() => 'live'),
    );
    const id = server.push(order(60, 2));
    while (server.heard.ack.filter((ack) => ack.deliveryId === id).length < 20)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(new Set(fleet.map((client) => client.get('order.timeoutMs')))).toEqual(new Set([60]));
    expect(new Set(server.heard.hello.map((hello) => hello.instanceId)).size).toBe(20);
    expect(fleet.every((client) => client.health().cache === 'ok')).toBe(true);
  });
});
