import { describe, expect, it } from '@jest/globals';
import { rootDigest } from '@sluice/core';
import type { WireNamespace } from '@sluice/protocol/client';
import fc from 'fast-check';
import { type ConfigViewOf, configView } from '../config/config-view.ts';
import type { ConfigOptions } from '../config/namespace-options.ts';
import type { ConfigSpec } from '../config/spec.ts';
import { num } from '../config/spec.ts';
import { Notices } from '../notices/notices.ts';
import { type ManualClock, manualClock } from '../testing/manual-clock.ts';
import { mapOf, wireLayer, wireMap, wireNamespace } from '../testing/wire-namespace.ts';
import { Deliveries, type Delivery, type Outcome } from './delivery.ts';
import type { Live } from './held.ts';
import { sha256 } from './sha256.ts';
import { Store } from './store.ts';

function setUp(clock: ManualClock = manualClock()) {
  const disk = { write: async (): Promise<void> => undefined };
  const bodies = new Map<string, string>();
  const persisted: Live[] = [];
  const expired: string[][] = [];
  const store = new Store(clock, {
    changed: () => undefined,
    expired: (names) => void expired.push([...names]),
    settled: () => undefined,
    failedLate: () => undefined,
  });
  const deliveries = new Deliveries({
    store,
    clock,
    notices: new Notices(false, clock, 'en'),
    persist: async (live) => {
      await disk.write();
      persisted.push(live);
    },
    fetchBody: async (digest) => {
      const body = bodies.get(digest);
      if (body === undefined) throw new Error('the body could not be fetched');
      return body;
    },
    swapped: () => undefined,
  });
  const declare = <const S extends ConfigSpec>(
    namespace: string,
    spec: S,
    options: ConfigOptions<S> = {},
  ): ConfigViewOf<S> => {
    const view = configView(namespace, spec, options, () => undefined);
    store.declare(view);
    return view;
  };
  const deliver = async (revision: number, changed: WireNamespace[], more: Partial<Delivery> = {}) =>
    (await deliveries.apply({
      epoch: 1,
      revision,
      changed,
      removed: [],
      answersHello: true,
      source: 'server',
      ...more,
    })) as Outcome;
  return { clock, store, deliveries, declare, deliver, bodies, persisted, expired, disk };
}

const order = (timeoutMs: unknown, revision = 1, more: Partial<WireNamespace> = {}) =>
  wireMap('order', { timeoutMs: timeoutMs as number }, revision, more);

describe('a delivery', () => {
  it('that is under way when the client is closed changes nothing any more', async () => {
    const { deliver, deliveries, declare, store, disk } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    await deliver(1, [order(50)]);
    let write = (): void => undefined;
    disk.write = () =>
      new Promise((resolve) => {
        write = resolve;
      });
    const delivered = deliver(2, [order(60, 2)]);
    await new Promise(setImmediate);
    deliveries.close();
    write();
    expect((await delivered).stage).toBe('checked');
    expect([config.timeoutMs, store.live.revision]).toEqual([50, 1]);
  });

  it('is checked, persisted, swapped, and answered with digests from live memory', async () => {
    const { deliver, declare, store, persisted } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    const wire = order(50, 3, { pushId: 'p1' });
    const outcome = await deliver(3, [wire]);
    expect(config.timeoutMs).toBe(50);
    expect(outcome.namespaces).toEqual([
      { name: 'order', digest: wire.digest, pushId: 'p1', state: 'applied' },
    ]);
    expect(outcome).toMatchObject({ epoch: 1, revision: 3, stage: 'listened' });
    expect(outcome.rootDigest).toBe(rootDigest([wire], sha256));
    expect(store.digests().rootDigest).toBe(outcome.rootDigest);
    expect(persisted[0]?.namespaces.get('order')?.digest).toBe(wire.digest);
  });

  it('is refused whole when one value breaks the declaration, and the old values stay', async () => {
    const { deliver, declare, store } = setUp();
    const { config } = declare('order', { timeoutMs: num(800, { min: 50, max: 5000 }), retries: num(3) });
    const good = wireMap('order', { timeoutMs: 60, retries: 1, undeclared: 'fine' }, 1);
    await deliver(1, [good]);
    for (const bad of ['abc', 10, 9999, null]) {
      const outcome = await deliver(2, [wireMap('order', { timeoutMs: bad, retries: 9 }, 2)]);
      expect(outcome.namespaces[0]).toMatchObject({ state: 'rejected', digest: good.digest });
      expect(outcome.namespaces[0]?.error).toContain(
        `timeoutMs = ${JSON.stringify(bad)}, expected number 50..5000`,
      );
      expect(outcome.stage).toBe('checked');
    }
    expect([config.timeoutMs, config.retries]).toEqual([60, 1]);
    expect(store.live.revision).toBe(1);
  });

  it('refuses bodies and compositions whose digest does not fit', async () => {
    const { deliver, store } = setUp();
    const wire = order(50);
    const forged = {
      ...wire,
      layers: [{ ...wire.layers[0]!, body: wireLayer(mapOf({ timeoutMs: 51 })).body }],
    };
    const miscomposed = { ...wire, digest: 'f'.repeat(64) };
    for (const bad of [forged, miscomposed]) {
      const outcome = await deliver(1, [bad]);
      expect(outcome.namespaces[0]).toMatchObject({ name: 'order', state: 'rejected' });
      expect(outcome.namespaces[0]).not.toHaveProperty('digest');
    }
    expect(store.live.namespaces.size).toBe(0);
  });

  it('applies the good namespaces beside a bad one, except when one push carries both', async () => {
    const { deliver, declare, store } = setUp();
    declare('order', { timeoutMs: num(800) });
    const apart = await deliver(1, [order('bad'), wireMap('pay', { fee: 1 })]);
    expect(apart.namespaces.map((n) => n.state)).toEqual(['rejected', 'applied']);
    const together = await deliver(2, [
      order('bad', 2, { pushId: 'p' }),
      wireMap('pay', { fee: 2 }, 2, { pushId: 'p' }),
    ]);
    expect(together.namespaces.map((n) => n.state)).toEqual(['rejected', 'rejected']);
    expect(together.namespaces[1]?.error).toContain('order of the same push was refused');
    expect(store.live.namespaces.get('pay')?.revision).toBe(1);
  });

  it('takes a body that it holds or can fetch, and rejects when it can do neither', async () => {
    const { deliver, bodies, store } = setUp();
    const inline = order(50, 1);
    const byDigest = (wire: WireNamespace): WireNamespace => ({
      ...wire,
      layers: wire.layers.map(({ body: _, ...layer }) => layer),
    });
    expect((await deliver(1, [byDigest(inline)])).namespaces[0]).toMatchObject({
      state: 'rejected',
      error: 'the body could not be fetched',
    });
    bodies.set(inline.layers[0]!.digest, inline.layers[0]!.body!);
    expect((await deliver(1, [byDigest(inline)])).namespaces[0]?.state).toBe('applied');
    bodies.clear();
    expect((await deliver(2, [byDigest(order(50, 2))])).namespaces[0]?.state).toBe('applied');
    expect(store.live.revision).toBe(2);
  });

  it('mends a memory that has changed by itself with what it was, once it is delivered again', async () => {
    const { store, deliver } = setUp();
    const order = wireMap('order', { timeoutMs: 800 });
    await deliver(1, [order]);
    const held = store.live.namespaces.get('order')!;
    const content = mapOf({ timeoutMs: 801 });
    const layers = held.layers.map((layer) => ({ ...layer, value: content }));
    store.swap({ ...store.live, namespaces: new Map([['order', { ...held, content, layers }]]) });
    expect(store.digestOf('order')).not.toBe(order.digest);
    expect((await deliver(1, [order])).namespaces).toMatchObject([
      { state: 'applied', digest: order.digest },
    ]);
    expect(store.digestOf('order')).toBe(order.digest);
  });

  it('removes namespaces, so that defaults are back', async () => {
    const { deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    await deliver(1, [order(50)]);
    const outcome = await deliver(2, [], { removed: ['order'] });
    expect(outcome.namespaces).toEqual([{ name: 'order', state: 'applied' }]);
    expect(config.timeoutMs).toBe(800);
    expect(outcome.rootDigest).toBe(rootDigest([], sha256));
  });

  it('drops whatever is not in a full snapshot', async () => {
    const { deliver, store } = setUp();
    await deliver(1, [order(50), wireMap('pay', { fee: 1 })]);
    await deliver(2, [order(60, 2)], { removed: 'all others' });
    expect([...store.live.namespaces.keys()]).toEqual(['order']);
  });

  it('is ignored when older than what is held, and answered with what is held', async () => {
    const { deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    const newer = order(60, 5);
    await deliver(5, [newer]);
    const outcome = await deliver(4, [order(50, 4)]);
    expect(config.timeoutMs).toBe(60);
    expect(outcome).toMatchObject({ revision: 5, namespaces: [{ name: 'order', digest: newer.digest }] });
  });

  it('of another epoch is only taken as the answer to a hello, and may then count lower', async () => {
    const { deliver, store } = setUp();
    await deliver(500, [order(60, 500)]);
    expect(await deliver(3, [order(50, 3)], { epoch: 2, answersHello: false })).toBe('resync');
    expect(store.live.revision).toBe(500);
    await deliver(3, [order(50, 3)], { epoch: 2 });
    expect(store.live).toMatchObject({ epoch: 2, revision: 3 });
  });

  it('with a failing listener is in force, and answered as failed with its message', async () => {
    const { deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    config.on('timeoutMs', () => {
      throw new Error('pool closed');
    });
    const outcome = await deliver(1, [order(50)]);
    expect(outcome.namespaces[0]).toMatchObject({
      state: 'failed',
      error: 'listener of order.timeoutMs: pool closed',
    });
    expect(config.timeoutMs).toBe(50);
  });

  it('waits at most 20 s for many slow listeners', async () => {
    const { clock, deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(800) });
    for (let i = 0; i < 10; i++) config.on('timeoutMs', () => new Promise(() => undefined));
    const pending = deliver(1, [order(50)]);
    await clock.advance(20_000);
    expect((await pending).namespaces[0]?.error).toContain('longer than 20 s altogether');
  });
});

describe('layers', () => {
  const layered = (revision: number, patches: { set: object; remove: string[]; expiresInMs?: number }[]) =>
    wireNamespace('order', [
      wireLayer(mapOf({ timeoutMs: 800, retries: 3 }), { revision: 1 }),
      ...patches.map(({ expiresInMs, ...patch }, i) =>
        wireLayer(patch, {
          kind: 'gray',
          order: i,
          revision,
          id: `g${i}`,
          ...(expiresInMs !== undefined && { expiresInMs }),
        }),
      ),
    ]);
  const item = (value: number) => ({ type: 'number', value });

  it('are composed, the stronger winning', async () => {
    const { deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(1), retries: num(7) });
    await deliver(2, [layered(2, [{ set: { timeoutMs: item(50) }, remove: ['retries'] }])]);
    expect(config.values()).toEqual({ timeoutMs: 50, retries: 7 });
  });

  it('drop themselves when their time is over, whatever the wall clock does', async () => {
    const { clock, deliver, declare, expired, store } = setUp();
    const { config } = declare('order', { timeoutMs: num(1) });
    const told: [number, number][] = [];
    config.on('timeoutMs', (value, previous) => void told.push([value, previous]));
    await deliver(2, [layered(2, [{ set: { timeoutMs: item(50) }, remove: [], expiresInMs: 60_000 }])]);
    clock.setWall(0);
    await clock.advance(59_999);
    expect(config.timeoutMs).toBe(50);
    await clock.advance(1);
    expect(config.timeoutMs).toBe(800);
    expect(expired).toEqual([['order']]);
    expect(store.digestOf('order')).toBe(layered(1, []).digest);
    expect(told).toEqual([[50, 1]]); // the owner of the store tells listeners of an expiry
  });

  it('that expire one by one reveal each other', async () => {
    const { clock, deliver, declare } = setUp();
    const { config } = declare('order', { timeoutMs: num(1) });
    await deliver(2, [
      layered(2, [
        { set: { timeoutMs: item(10) }, remove: [], expiresInMs: 2000 },
        { set: { timeoutMs: item(20) }, remove: [], expiresInMs: 1000 },
      ]),
    ]);
    expect(config.timeoutMs).toBe(20);
    await clock.advance(1000);
    expect(config.timeoutMs).toBe(10);
    await clock.advance(1000);
    expect(config.timeoutMs).toBe(800);
  });
});

describe('a layer whose time ends while a delivery is being applied', () => {
  const timed = (name: string, value: number, expiresInMs: number, revision = 1) =>
    wireNamespace(name, [
      wireLayer(mapOf({ timeoutMs: 800 }), { revision }),
      wireLayer(
        { set: { timeoutMs: { type: 'number', value } }, remove: [] },
        { kind: 'instance', revision, expiresInMs },
      ),
    ]);

  it('is in none of what is served, told or written when it is the one that is delivered', async () => {
    const { clock, deliver, declare, persisted } = setUp();
    let accept = (): void => undefined;
    const accepted = new Promise<void>((resolve) => {
      accept = resolve;
    });
    const { config } = declare('order', { timeoutMs: num(1) }, { validate: () => accepted });
    const heard: number[] = [];
    config.on('timeoutMs', (value) => void heard.push(value));
    const pending = deliver(1, [timed('order', 50, 2000)]);
    await clock.advance(3000);
    accept();
    const { namespaces } = await pending;
    expect(namespaces).toEqual([
      {
        name: 'order',
        digest: wireNamespace('order', [wireLayer(mapOf({ timeoutMs: 800 }))]).digest,
        state: 'applied',
      },
    ]);
    expect(heard).toEqual([800]);
    expect(persisted.at(-1)?.namespaces.get('order')?.layers).toHaveLength(1);
  });

  it('is in force no more when it is another, and what is delivered stays on disk', async () => {
    const { clock, deliver, declare, disk, deliveries, store, persisted } = setUp();
    const { config } = declare('order', { timeoutMs: num(1) });
    const pay = declare('pay', { fee: num(1) });
    await deliver(1, [timed('order', 50, 2000)]);
    let written = (): void => undefined;
    disk.write = () =>
      new Promise((resolve) => {
        written = resolve;
      });
    const pending = deliver(2, [wireMap('pay', { fee: 2 }, 2)]);
    await clock.advance(2000);
    expect(config.timeoutMs).toBe(800); // at once, whatever the disk does
    const afterExpiry = deliveries.persist();
    disk.write = async () => undefined;
    written();
    await pending;
    await afterExpiry;
    expect([config.timeoutMs, pay.config.fee]).toEqual([800, 2]);
    expect(persisted.at(-1)).toBe(store.live);
    expect(store.live.revision).toBe(2);
  });

  it('brings back at once what its validator took before, however long that takes to answer', async () => {
    const { clock, deliver, declare } = setUp();
    let isSlow = false;
    const { config } = declare(
      'order',
      { timeoutMs: num(1) },
      { validate: () => (isSlow ? new Promise<void>(() => undefined) : undefined) },
    );
    await deliver(1, [wireMap('order', { timeoutMs: 800 })]);
    await deliver(2, [timed('order', 50, 2000, 2)]);
    isSlow = true;
    await clock.advance(2000);
    expect(config.timeoutMs).toBe(800);
  });
});

describe('whatever the order in which states arrive', () => {
  it('never goes back within an epoch, and ends at the newest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()), { minLength: 1, maxLength: 25 }),
        async (arrivals) => {
          const { deliver, declare, store } = setUp();
          const { config } = declare('order', { timeoutMs: num(0) });
          const seen: number[] = [];
          config.on('timeoutMs', (value) => void seen.push(value));
          const revisions: number[] = [];
          await Promise.all(
            arrivals.map(async ([revision, overHttp]) => {
              const removed = overHttp ? 'all others' : [];
              await deliver(revision, [order(revision, revision)], { removed });
              revisions.push(store.live.revision);
            }),
          );
          const newest = Math.max(...arrivals.map(([revision]) => revision));
          expect(config.timeoutMs).toBe(newest);
          expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
          expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 150 },
    );
  });
});
