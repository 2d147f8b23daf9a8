import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { num, type Sluice, StartupError, type StartupLevel } from '@sluice/client';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';
import type { FakeServer } from './fake-server.ts';
import { useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();
const { connect } = fake;
let server: FakeServer;
beforeEach(() => {
  server = fake.server;
  server.push(wireMap('other', { a: 1 }, 1));
});

const order = (timeoutMs: number, revision: number) => wireMap('order', { timeoutMs }, revision);
const change = (client: Sluice): Promise<unknown> => new Promise((resolve) => client.on('change', resolve));

/** A folder in which a client of before left `order.timeoutMs = 40`. */
async function leaveCache(): Promise<string> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-startup-'));
  server.push(order(40, 2));
  const before = connect({ cacheDir });
  await before.ready();
  await server.hears('ack');
  await before.close();
  return cacheDir;
}

type Situation = 'server up' | 'server down, cache' | 'server down, no cache' | 'never released';

const stateIn: Readonly<Record<Situation, string>> = {
  'server up': 'live',
  'server down, cache': 'snapshot',
  'server down, no cache': 'defaults',
  'never released': 'live',
};

/** What each level comes to: the value that is read then, where it came from, and why the start is incomplete. */
const table: readonly [StartupLevel, Situation, number, string, string | undefined][] = [
  ['none', 'server up', 50, 'server', undefined],
  ['none', 'server down, cache', 800, 'default', undefined],
  ['none', 'server down, no cache', 800, 'default', undefined],
  ['none', 'never released', 800, 'default', undefined],
  ['async', 'server up', 50, 'server', undefined],
  ['async', 'server down, cache', 40, 'disk', undefined],
  ['async', 'server down, no cache', 800, 'default', undefined],
  ['async', 'never released', 800, 'default', undefined],
  ['weak', 'server up', 50, 'server', undefined],
  ['weak', 'server down, cache', 40, 'disk', undefined],
  ['weak', 'server down, no cache', 800, 'default', undefined],
  ['weak', 'never released', 800, 'default', undefined],
  ['strong', 'server up', 50, 'server', undefined],
  ['strong', 'server down, cache', 40, 'disk', 'unconfirmed'],
  ['strong', 'server down, no cache', 800, 'default', 'unconfirmed'],
  ['strong', 'never released', 800, 'default', undefined],
  ['eager', 'server up', 50, 'server', undefined],
  ['eager', 'server down, cache', 40, 'disk', 'unconfirmed'],
  ['eager', 'server down, no cache', 800, 'default', 'unconfirmed'],
  ['eager', 'never released', 800, 'default', 'unreleased'],
];

describe('a namespace declared', () => {
  it.each(table)('%s, %s: %i from %s, missing: %s', async (startup, situation, value, source, why) => {
    const cacheDir = situation === 'server down, cache' ? await leaveCache() : false;
    if (situation === 'server up') server.push(order(50, 3));
    const isUp = situation === 'server up' || situation === 'never released';
    if (!isUp) await server.stop();

    const client = connect({ cacheDir });
    const config = client.config('order', { timeoutMs: num(800) }, { startup });
    const loaded = cacheDir === false ? undefined : change(client);
    const isWaitedFor = startup !== 'none' && startup !== 'async';
    // Whoever is not waited for must not be, however long one would wait.
    const state = await client.ready({ timeoutMs: isWaitedFor && !isUp ? 300 : 3_600_000 });
    if (isWaitedFor) expect(state).toBe(stateIn[situation]);
    if (isUp) await server.hears('ack');
    await loaded;

    expect(config.timeoutMs).toBe(value);
    expect(client.explain('order.timeoutMs').source).toBe(source);
    expect(client.health().missing.map((m) => m.why)).toEqual(why === undefined ? [] : [why]);
    const tried = client.readyOrThrow({ timeoutMs: isUp ? 3000 : 0 });
    if (why === undefined) expect(await tried).toBe(client.state);
    else await expect(tried).rejects.toThrow(StartupError);
  });
});

describe('startup', () => {
  it('that is incomplete says what is missing, once it is awaited, and says no more when the server came', async () => {
    await server.stop();
    const said: string[] = [];
    const client = connect({ logger: { warn: (line) => said.push(line) } });
    client.config('order', { timeoutMs: num(800) }, { startup: 'eager' });
    client.document('banner', undefined, { startup: 'strong' });
    expect(await client.ready({ timeoutMs: 50 })).toBe('defaults');
    expect(said.at(-1)).toContain(
      'startup_incomplete: The start is incomplete: order (eager): the server has not said in this run what to hold of it; banner (strong): ',
    );
    const error = await client.readyOrThrow({ timeoutMs: 50 }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'startup_incomplete',
      state: 'defaults',
      missing: [
        { namespace: 'order', level: 'eager', why: 'unconfirmed' },
        { namespace: 'banner', level: 'strong', why: 'unconfirmed' },
      ],
    });
    server.namespaces.set('order', order(50, 4));
    server.revision = 4;
    await server.start();
    expect(await client.readyOrThrow({ timeoutMs: 30_000 })).toBe('live');
    expect(client.health().missing).toEqual([]);
  });

  it('is incomplete while this process refuses what the server has, with the reason', async () => {
    server.push(order(9, 3));
    const client = connect();
    client.config('order', { timeoutMs: num(800, { min: 50 }) }, { startup: 'strong' });
    await expect(client.readyOrThrow()).rejects.toThrow(
      'order (strong): timeoutMs = 9, expected number from 50',
    );
    expect(client.health().missing[0]?.why).toBe('rejected');
    await server.ackOf(server.push(order(60, 4)));
    expect(client.health().missing).toEqual([]);
    await server.ackOf(server.push(order(9, 5)));
    expect(client.health().missing).toEqual([]); // a later refusal doesn't undo a start
  });

  it('does not wait for a server that will not have this client, and tells it', async () => {
    server.refuseHandshake = { code: 'unauthenticated', message: 'The token is revoked.', retry: false };
    const client = connect();
    client.config('order', { timeoutMs: num(800) }, { startup: 'strong' });
    await expect(client.readyOrThrow({ timeoutMs: 3_600_000 })).rejects.toThrow(StartupError);
  });

  it('follows the strongest of several declarations', async () => {
    const client = connect();
    client.config('order', { timeoutMs: num(800) }, { startup: 'eager' });
    client.config('order', { retries: num(3) }, { startup: 'none' });
    await expect(client.readyOrThrow()).rejects.toThrow('order (eager): the server has no release of it');
  });

  it('drops what came from disk before the code said that it wants the server’s word only', async () => {
    const cacheDir = await leaveCache();
    await server.stop();
    const client = connect({ cacheDir });
    await change(client);
    expect(client.get('order.timeoutMs')).toBe(40);
    expect(client.config('order', { timeoutMs: num(800) }, { startup: 'none' }).timeoutMs).toBe(800);
    expect(client.digests().namespaces.map((n) => n.name)).toEqual(['other']);
  });

  it('knows no other levels, and says so when one spec is declared with two', async () => {
    const client = connect();
    const spec = { timeoutMs: num(800) };
    expect(() => client.config('order', spec, { startup: 'strongest' as 'strong' })).toThrow(
      '"strongest" is not a startup level; there are none, async, weak, strong, eager',
    );
    const codes: string[] = [];
    client.on('notice', ({ code }) => void codes.push(code));
    const first = client.config('order', spec, { startup: 'strong' });
    expect(client.config('order', spec, { startup: 'strong' })).toBe(first);
    expect(codes).toEqual([]);
    expect(client.config('order', spec)).toBe(first);
    expect(codes).toEqual(['options_ignored']);
  });
});
