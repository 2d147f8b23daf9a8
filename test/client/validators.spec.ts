import { beforeEach, describe, expect, it } from '@jest/globals';
import { num } from '@sluice/client';
import { mapOf, wireLayer, wireMap, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import type { FakeServer } from './fake-server.ts';
import { fastClock } from './fast-clock.ts';
import { useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();
const { connect } = fake;
let server: FakeServer;
beforeEach(() => {
  server = fake.server;
});

const range = { min: num(1), max: num(10) };
const pool = (min: number, max: number, revision: number) => wireMap('pool', { min, max }, revision);

describe('a validator of the app', () => {
  it('sees what would come into force and what is, and its veto is answered with its words', async () => {
    const client = connect();
    const asked: unknown[] = [];
    const config = client.config('pool', range, {
      validate: (values, previous) => {
        asked.push([values, previous]);
        return values.min <= values.max || `min ${values.min} is above max ${values.max}`;
      },
    });
    await client.ready();
    expect((await server.ackOf(server.push(pool(2, 5, 1)))).namespaces[0]?.state).toBe('applied');
    const ack = await server.ackOf(server.push(pool(7, 5, 2)));
    expect(ack.namespaces[0]).toMatchObject({ state: 'rejected', error: 'min 7 is above max 5' });
    expect(ack).toMatchObject({ stage: 'checked', revision: 1 });
    expect(config.values()).toEqual({ min: 2, max: 5 });
    expect(client.health().rejected).toEqual({ pool: 'min 7 is above max 5' });
    expect(asked).toEqual([
      [
        { min: 2, max: 5 },
        { min: 1, max: 10 },
      ],
      [
        { min: 7, max: 5 },
        { min: 2, max: 5 },
      ],
    ]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no such pool')), 'no such pool'],
    ['answers false', () => false, 'its validator refuses it'],
    ['takes longer than 5 s', () => new Promise<void>(() => undefined), 'its validator took longer than 5 s'],
  ])('that %s refuses', async (_, validate, error) => {
    const client = connect({ clock: fastClock(20) });
    const config = client.config('pool', range, { validate });
    await client.ready();
    const ack = await server.ackOf(server.push(pool(2, 5, 1)));
    expect(ack.namespaces[0]).toMatchObject({ state: 'rejected', error });
    expect(config.min).toBe(1);
  });

  it('that takes its time is waited for, and a newer push waits behind it', async () => {
    const client = connect();
    let open = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      open = resolve;
    });
    const config = client.config('pool', range, { validate: ({ min }) => (min === 2 ? first : undefined) });
    await client.ready();
    const pending = server.push(pool(2, 5, 1));
    const newer = server.push(pool(3, 5, 2));
    server.probe(1);
    expect((await server.hears('state')).namespaces).toEqual([]); // neither is in force yet
    open();
    expect((await server.ackOf(pending)).namespaces[0]?.state).toBe('applied');
    expect((await server.ackOf(newer)).revision).toBe(2);
    expect(config.min).toBe(3);
  });

  it('of a document sees text and data', async () => {
    const client = connect();
    const banner = client.document<{ text: string }>('banner', undefined, {
      validate: ({ data }, previous) =>
        data?.text === '' ? `empty, after ${JSON.stringify(previous.text)}` : undefined,
    });
    await client.ready();
    const document = (text: string, revision: number) =>
      wireNamespace('banner', [
        wireLayer(
          { kind: 'document', format: 'json', text: JSON.stringify({ text }) },
          { revision, id: 'b' },
        ),
      ]);
    await server.ackOf(server.push(document('hello', 1)));
    const ack = await server.ackOf(server.push(document('', 2)));
    expect(ack.namespaces[0]?.error).toBe('empty, after "{\\"text\\":\\"hello\\"}"');
    expect(banner.data?.text).toBe('hello');
  });

  it.each([
    ['accepts', 5, 'applied', 2, undefined],
    ['refuses', 1, 'rejected', 1, 'too small'],
  ] as const)(
    'that was declared after the values came, and %s in its own time, is heard',
    async (_, max, state, min, error) => {
      server.push(pool(2, max, 1));
      const client = connect();
      await server.hears('ack');
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const told: number[] = [];
      const config = client.config('pool', range, {
        validate: async (values) => {
          await asked;
          return values.max < 2 ? 'too small' : undefined;
        },
      });
      config.on('min', (value) => void told.push(value));
      expect(config.min).toBe(1); // the default, until it has answered
      answer();
      const ack = await server.ackOf(0);
      expect(ack.namespaces[0]).toMatchObject({ name: 'pool', state, ...(error && { error }) });
      expect(config.min).toBe(min);
      expect(told).toEqual(state === 'applied' ? [2] : []);
      expect(client.health().rejected).toEqual(error ? { pool: error } : {});
    },
  );

  it('is asked about what a layer leaves behind when its time is over', async () => {
    const client = connect({ clock: fastClock(20) });
    const config = client.config('pool', range, { validate: ({ min }) => min !== 3 || 'never three' });
    await client.ready();
    const global = wireLayer(mapOf({ min: 3, max: 5 }), { revision: 1 });
    const gray = wireLayer(
      { set: { min: { type: 'number', value: 4 } }, remove: [] },
      { kind: 'gray', revision: 2, expiresInMs: 3000 },
    );
    await server.ackOf(server.push(wireNamespace('pool', [global, gray])));
    expect(config.min).toBe(4);
    expect((await server.ackOf(0)).namespaces[0]).toMatchObject({ state: 'rejected', error: 'never three' });
    expect(config.min).toBe(1);
  });

  it('that takes its time has said yes to what a layer leaves behind before that ends', async () => {
    const global = wireLayer(mapOf({ min: 2, max: 5 }), { revision: 1 });
    const gray = wireLayer(
      { set: { min: { type: 'number', value: 4 } }, remove: [] },
      { kind: 'gray', revision: 2, expiresInMs: 3000 },
    );
    // It comes while the layer is there, and has never seen what lies under it.
    server.push(wireNamespace('pool', [global, gray]));
    const client = connect({ clock: fastClock(20) });
    const config = client.config('pool', range, {
      validate: async () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
    });
    const heard: number[] = [];
    config.on('min', (value) => void heard.push(value));
    await client.ready();
    expect((await server.ackOf(0)).namespaces[0]).toMatchObject({ state: 'applied' });
    expect(heard).toEqual([4, 2]);
  });
});
