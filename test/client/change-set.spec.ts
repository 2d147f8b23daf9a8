import { describe, expect, it } from '@jest/globals';
import { num, type Sluice } from '@sluice/client';
import type { WireNamespace } from '@sluice/protocol/client';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { mapOf, wireLayer, wireMap, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import { freshFolder, pass, passUntil, useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();

const push = (revision: number) => ({ pushId: `push-${revision}` });
const set = (revision: number, names = ['order', 'pay', 'stock']): WireNamespace[] =>
  names.map((name) => wireMap(name, { version: revision }, revision, push(revision)));
const version = { version: num(0) };

/** A namespace whose body nobody has. */
function withoutBody(wire: WireNamespace): WireNamespace {
  return { ...wire, layers: wire.layers.map(({ body: _, ...layer }) => layer) };
}

const readAll = (client: Sluice) => ['order', 'pay', 'stock'].map((name) => client.get(`${name}.version`));

describe('namespaces of one push', () => {
  it.each([
    [
      'a validator',
      (client: Sluice) =>
        void client.config('pay', version, { validate: (v) => v.version !== 2 || 'no twos' }),
      set(2),
      'no twos',
    ],
    [
      'the declaration',
      (client: Sluice) => void client.config('pay', { version: num(0, { max: 1 }) }),
      set(2),
      'version = 2, expected number up to 1',
    ],
    [
      'the schema',
      () => undefined,
      set(2).map((wire) =>
        wire.name === 'pay' ? { ...wire, schema: { properties: { version: { maximum: 1 } } } } : wire,
      ),
      'version does not fit the JSON Schema',
    ],
    [
      'a digest',
      () => undefined,
      set(2).map((wire) => (wire.name === 'pay' ? { ...wire, digest: 'f'.repeat(64) } : wire)),
      'the composed content has digest',
    ],
    [
      'a body that nobody has',
      () => undefined,
      set(2).map((wire) => (wire.name === 'pay' ? withoutBody(wire) : wire)),
      'Not Found',
    ],
  ])('are all refused for %s, each with the reason', async (_, declare, namespaces, reason) => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    declare(client);
    fake.server.push(...set(1));
    while (client.state !== 'live') await pass(clock, 10);
    await passUntil(clock, fake.server.hears('ack'));
    expect(readAll(client)).toEqual([1, 1, 1]);

    const ack = await passUntil(clock, fake.server.ackOf(fake.server.push(...namespaces)));
    expect(ack.namespaces.map((n) => [n.name, n.state, n.pushId])).toEqual([
      ['order', 'rejected', 'push-2'],
      ['pay', 'rejected', 'push-2'],
      ['stock', 'rejected', 'push-2'],
    ]);
    expect(ack.namespaces[1]?.error).toContain(reason);
    for (const index of [0, 2])
      expect(ack.namespaces[index]?.error).toBe(
        `pay of the same push was refused: ${ack.namespaces[1]?.error}`,
      );
    expect(ack.namespaces.map((n) => n.digest)).toEqual(set(1).map((n) => n.digest));
    expect(readAll(client)).toEqual([1, 1, 1]);
    expect(Object.keys(client.health().rejected)).toEqual(['order', 'pay', 'stock']);
  });

  it('don’t drag another push of the same frame along', async () => {
    const client = fake.connect();
    client.config('pay', version, { validate: () => 'never' });
    await client.ready();
    const other = wireMap('banner', { version: 1 }, 2, { pushId: 'another' });
    const ack = await fake.server.ackOf(fake.server.push(...set(2), other));
    expect(ack.namespaces.map((n) => n.state)).toEqual(['rejected', 'rejected', 'rejected', 'applied']);
    expect(client.get('banner.version')).toBe(1);
  });

  it('are on disk together or not at all', async () => {
    const cacheDir = await freshFolder();
    const client = fake.connect({ cacheDir });
    await client.ready();
    await fake.server.ackOf(fake.server.push(...set(1)));
    await fake.server.ackOf(
      fake.server.push(
        ...set(2).map((wire) => (wire.name === 'pay' ? { ...wire, digest: 'f'.repeat(64) } : wire)),
      ),
    );
    await client.close();
    await fake.server.stop();
    const again = fake.connect({ cacheDir });
    await new Promise((resolve) => again.on('change', resolve));
    expect(readAll(again)).toEqual([1, 1, 1]);
    await again.close();
    await fake.server.start();
    fake.server.namespaces.clear();
    const third = fake.connect({ cacheDir });
    await third.ready();
    await fake.server.ackOf(fake.server.push(...set(3)));
    await third.close();
    await fake.server.stop();
    const fourth = fake.connect({ cacheDir });
    await new Promise((resolve) => fourth.on('change', resolve));
    expect(readAll(fourth)).toEqual([3, 3, 3]);
  });

  it('are seen to change in one step by the app’s own code, even while it is asked about them', async () => {
    const client = fake.connect();
    const order = client.config('order', version);
    const pay = client.config('pay', version);
    const stock = client.config('stock', version);
    const seen = new Set<string>();
    const look = (): void => {
      seen.add(`${order.version} ${pay.version} ${stock.version}`);
      const snapshot = client.snapshot();
      const of = [order, pay, stock].map((config) => snapshot.of(config).version);
      seen.add(of.join(' '));
      seen.add(readAll(client).join(' ').replaceAll('undefined', '0'));
    };
    for (const config of [order, pay, stock]) config.on('version', look);
    client.on('change', look);
    const accepts = (): boolean => {
      look();
      return true;
    };
    for (const name of ['order', 'pay', 'stock'])
      client.config(name, { version: { default: 0, expects: 'anything', accepts } }, { validate: look });
    await client.ready();
    for (let revision = 1; revision <= 3; revision++)
      await fake.server.ackOf(fake.server.push(...set(revision)));
    expect([...seen].sort()).toEqual(['0 0 0', '1 1 1', '2 2 2', '3 3 3']);
  });
});

/** `SLUICE_LONG_TESTS=1` takes 10 million samples. */
const samples = process.env.SLUICE_LONG_TESTS ? 10_000_000 : 300_000;

it(`two keys of one change set are never one old and one new, in ${samples} samples`, async () => {
  const client = fake.connect();
  const order = client.config('order', version);
  const pay = client.config('pay', version);
  await client.ready();
  let [taken, mixes, highest, done] = [0, 0, 0, false];
  const sample = (times: number): void => {
    for (let i = 0; i < times; i++) {
      const [a, b] =
        i % 2 === 0 ? [order.version, pay.version] : [client.get('order.version'), client.get('pay.version')];
      if (a !== b) mixes++;
      highest = Math.max(highest, (a as number | undefined) ?? 0);
    }
    const snapshot = client.snapshot();
    if (snapshot.of(order).version !== snapshot.of(pay).version) mixes++;
    taken += times;
  };
  const burst = Math.ceil(samples / 20_000);
  order.on('version', () => sample(burst));
  pay.on('version', () => sample(burst));
  client.on('change', () => sample(burst));
  const inImmediates = (): void => {
    sample(burst);
    if (!done) setImmediate(inImmediates);
  };
  const inMicrotasks = async (): Promise<void> => {
    while (!done) {
      for (let i = 0; i < 20; i++) {
        sample(burst);
        await undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  inImmediates();
  const microtasks = inMicrotasks();
  let revision = 0;
  while (taken < samples || revision < 50) {
    revision++;
    await fake.server.ackOf(fake.server.push(...set(revision, ['order', 'pay'])));
  }
  done = true;
  await microtasks;
  console.info(`${taken} samples over ${revision} change sets: ${mixes} mixes`);
  expect(mixes).toBe(0);
  expect(highest).toBe(revision);
});

describe('a push in two phases', () => {
  it('is checked as before it is applied, and applies nothing', async () => {
    const client = fake.connect();
    const asked: unknown[] = [];
    const order = client.config('order', version, {
      validate: ({ version: v }, { version: before }) => {
        asked.push([v, before]);
        return v < 5 || 'too new';
      },
    });
    await client.ready();
    await fake.server.ackOf(fake.server.push(...set(1)));
    client.on('change', () => asked.push('change'));
    expect(await fake.server.prepare(...set(2))).toEqual([]);
    expect(asked).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(order.version).toBe(1);
    expect(client.digests().revision).toBe(1);
    const vetoes = await fake.server.prepare(...set(5));
    expect(vetoes).toEqual([
      { name: 'order', error: 'too new' },
      { name: 'pay', error: 'order of the same push was refused: too new' },
      { name: 'stock', error: 'order of the same push was refused: too new' },
    ]);
    expect(client.health().rejected).toEqual({});
    expect((await fake.server.ackOf(fake.server.push(...set(2)))).namespaces[0]?.state).toBe('applied');
    expect(order.version).toBe(2);
  });

  it('fetches its bodies in the first phase, and not again in the second', async () => {
    const [wire] = set(1, ['order']);
    const { digest, body } = wire!.layers[0]!;
    const client = fake.connect();
    await client.ready();
    fake.server.bodies.set(digest, body!);
    expect(await fake.server.prepare(withoutBody(wire!))).toEqual([]);
    fake.server.bodies.clear();
    const ack = await fake.server.ackOf(fake.server.push(withoutBody(wire!)));
    expect(ack.namespaces[0]?.state).toBe('applied');
    expect(fake.server.heard.body).toEqual([digest]);
  });

  it('is vetoed where a body can’t be had or a schema is broken', async () => {
    const clock = manualClock();
    const client = fake.connect({ clock });
    while (client.state !== 'live') await pass(clock, 10);
    const [order, pay] = set(1, ['order', 'pay']);
    const strict = { ...pay!, pushId: 'another', schema: { properties: { version: { maximum: 0 } } } };
    const vetoes = await passUntil(clock, fake.server.prepare(withoutBody(order!), strict));
    expect(vetoes.map(({ name }) => name)).toEqual(['order', 'pay']);
    expect(vetoes[1]?.error).toContain('version does not fit the JSON Schema');
    expect(readAll(client)).toEqual([undefined, undefined, undefined]);
  });

  it('waits for the delivery before it, so that it is held against what will be in force', async () => {
    const client = fake.connect();
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const previous: number[] = [];
    client.config('order', version, {
      validate: ({ version: v }, before) => {
        previous.push(before.version);
        return v === 1 ? opened : undefined;
      },
    });
    await client.ready();
    const first = fake.server.push(...set(1));
    const prepared = fake.server.prepare(...set(2));
    open();
    await fake.server.ackOf(first);
    expect(await prepared).toEqual([]);
    expect(previous).toEqual([0, 1]);
  });

  it('with layers whose time runs tells the same', async () => {
    const client = fake.connect();
    client.config('order', { version: num(0, { max: 3 }) });
    await client.ready();
    const layered = (value: number) =>
      wireNamespace('order', [
        wireLayer(mapOf({ version: 1 })),
        wireLayer(
          { set: { version: { type: 'number', value } }, remove: [] },
          { kind: 'instance', revision: 2, expiresInMs: 60_000 },
        ),
      ]);
    expect(await fake.server.prepare(layered(3))).toEqual([]);
    expect(await fake.server.prepare(layered(4))).toHaveLength(1);
  });

  it('that can’t be read is left out', async () => {
    const client = fake.connect();
    await client.ready();
    const said = new Promise((resolve) => client.on('notice', ({ code }) => resolve(code)));
    void fake.server.prepare({ name: 'order' } as WireNamespace);
    expect(await said).toBe('frame_unreadable');
  });
});
