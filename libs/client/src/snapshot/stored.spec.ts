import { describe, expect, it } from '@jest/globals';
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
const load = async (more: Partial<StoredContext>) => {
  const all = await fromStored(snapshot, {
    source: 'disk',
    savedAt,
    now: savedAt,
    monotonicNow: 0,
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
    const { held, value } = await load({ now: savedAt + 20_000, monotonicNow: 500 });
    expect(value).toBe(50);
    expect(held?.layers[1]?.expiresAt).toBe(500 + 40_000);
    const again = toStored({ ...snapshot, namespaces: new Map([['order', held!]]) }, 0, 10_500);
    expect(again.snapshot.namespaces[0]?.layers.map((l) => l.expiresInMs)).toEqual([undefined, 30_000]);
    expect(again.snapshot.namespaces[0]?.layers.map((l) => l.body)).toEqual(
      snapshot.namespaces[0]?.layers.map((l) => l.body),
    );
  });

  it('loses a layer whose time ran out meanwhile, or when the clock went back so that nobody knows', async () => {
    expect((await load({ now: savedAt + 60_000 })).value).toBe(800);
    expect((await load({ now: savedAt - 1 })).value).toBe(800);
  });

  it('for another instance keeps only what was for all or for a group', async () => {
    expect((await load({ foreign: true })).value).toBe(800);
  });

  it('is left out where the code refuses it', async () => {
    expect((await load({ check: () => verbatim('timeoutMs is bad') })).held).toBeUndefined();
    expect(left).toContain('timeoutMs is bad');
  });
});
