import { describe, expect, it } from '@jest/globals';
import { SecretBodies } from '../cache/secret-bodies.ts';
import type { Clock, Uptime } from '../clock.ts';
import { verbatim } from '../notices/reasons.ts';
import { mapOf, wireLayer, wireNamespace } from '../testing/wire-namespace.ts';
import { itemValue } from './held.ts';
import { fromStored, type StoredContext, toStored } from './stored.ts';

const gray = wireLayer(
  { set: { timeoutMs: { type: 'number', value: 50 } }, remove: [] },
  { kind: 'gray', revision: 2, expiresInMs: 60_000 },
);
const snapshot = {
  epoch: 1,
  revision: 2,
  rootDigest: 'a'.repeat(64),
  namespaces: [wireNamespace('order', [wireLayer(mapOf({ timeoutMs: 800 })), gray])],
};
const savedAt = 1_000_000;
const left: string[] = [];
const clockAt = (now: number, monotonicNow = 0, uptime?: Uptime): Clock => ({
  now: () => now,
  monotonic: () => monotonicNow,
  after: () => ({ cancel: () => undefined }),
  uptime: () => uptime,
});
const load = async (more: Partial<StoredContext>) => {
  const all = await fromStored(snapshot, {
    source: 'disk',
    savedAt,
    clock: clockAt(savedAt),
    foreign: false,
    check: () => undefined,
    leftOut: (_, reason) => left.push(reason.en),
    ...more,
  });
  const held = all.get('order');
  return { held, value: held && itemValue(held.content, 'timeoutMs') };
};

describe('what lay on disk', () => {
  it('comes back as layers, with the time that is left of them', async () => {
    const { held, value } = await load({ clock: clockAt(savedAt + 20_000, 500) });
    expect(value).toBe(50);
    expect(held?.layers[1]?.expiresAt).toBe(500 + 40_000);
    const again = toStored(
      { ...snapshot, namespaces: new Map([['order', held!]]) },
      clockAt(0, 10_500),
      new SecretBodies('token'),
    );
    expect(again.snapshot.namespaces[0]?.layers.map((l) => l.expiresInMs)).toEqual([undefined, 30_000]);
    expect(again.snapshot.namespaces[0]?.layers.map((l) => l.body)).toEqual(
      snapshot.namespaces[0]?.layers.map((l) => l.body),
    );
  });

  it('loses a layer whose time ran out meanwhile, or when the clock went back so that nobody knows', async () => {
    expect((await load({ clock: clockAt(savedAt + 60_000) })).value).toBe(800);
    expect((await load({ clock: clockAt(savedAt - 1) })).value).toBe(800);
  });

  it('counts on by the machine where the wall clock was set back, and by the one that says more', async () => {
    const savedUptime = { bootId: 'b', ms: 5000 };
    const endOf = async (now: number, bootId: string, ms: number) => {
      const { held } = await load({ savedUptime, clock: clockAt(now, 0, { bootId, ms }) });
      return held?.layers[1]?.expiresAt;
    };
    expect(await endOf(savedAt - 3_600_000, 'b', 25_000)).toBe(40_000);
    expect(await endOf(savedAt + 10_000, 'b', 25_000)).toBe(40_000);
    expect(await endOf(savedAt + 30_000, 'b', 25_000)).toBe(30_000);
    expect(await endOf(savedAt + 10_000, 'another run', 25_000)).toBe(50_000);
    expect(await endOf(savedAt + 10_000, 'b', 4000)).toBe(50_000);
    expect(await endOf(savedAt - 1, 'another run', 25_000)).toBeUndefined();
    expect(await endOf(savedAt + 10_000, 'b', 65_000)).toBeUndefined();
  });

  it('of a bootstrap file has no layers whose time is counted: nobody knows when it was made', async () => {
    expect((await load({ source: 'bootstrap' })).value).toBe(800);
  });

  it('says since when each layer is there', async () => {
    const { held } = await load({ clock: clockAt(savedAt + 20_000) });
    expect(held?.layers.map((l) => l.since)).toEqual([savedAt, savedAt]);
    const again = toStored(
      { ...snapshot, namespaces: new Map([['order', held!]]) },
      clockAt(savedAt + 30_000),
      new SecretBodies('token'),
    );
    expect(again.snapshot.namespaces[0]?.layers.map((l) => l.since)).toEqual([savedAt, savedAt]);
  });

  it('for another instance keeps only what was for all or for a group', async () => {
    expect((await load({ foreign: true })).value).toBe(800);
  });

  it('is left out where the code refuses it', async () => {
    expect((await load({ check: () => verbatim('timeoutMs is bad') })).held).toBeUndefined();
    expect(left).toContain('timeoutMs is bad');
  });
});
