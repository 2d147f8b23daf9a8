import { describe, expect, it } from '@jest/globals';
import {
  type Audience,
  canonicalText,
  compose,
  contentDigest,
  type Item,
  type LayerKind,
  parseLayer,
  rootDigest,
} from '@sluice/core';
import fc from 'fast-check';
import { sha256 } from '../env/sha256.ts';
import type { InForce, LayerInForce } from '../releases/layers.read.ts';
import { Target } from './target.ts';

const place = { environment: 'prod', app: 'shop' };
const everyone: Audience = { who: 'everyone' };
const items = (values: Record<string, number>): Record<string, Item> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { type: 'number', value }]));

let rows = 0;
function layer(
  kind: LayerKind,
  values: Record<string, number>,
  more: Partial<LayerInForce> = {},
): LayerInForce {
  const value =
    kind === 'global' ? { kind: 'map', items: items(values) } : { set: items(values), remove: [] };
  const body = canonicalText(value);
  rows++;
  return {
    rowId: `row-${rows}`,
    id: `layer-${rows}`,
    kind,
    order: 0,
    revision: rows,
    digest: sha256(body),
    sizeBytes: Buffer.byteLength(body),
    body,
    audience: everyone,
    createdAt: 0,
    ...more,
  };
}

const inForce = (layers: readonly LayerInForce[], revision = 1): InForce => ({
  revision,
  epoch: 1,
  namespaces: [{ namespaceId: 'n', name: 'order', kind: 'map', format: null, revision: 1, layers }],
});
const instance = (instanceId: string, labels: Record<string, string> = {}) => ({ instanceId, labels });
const audiences: readonly Audience[] = [
  everyone,
  { who: 'instances', ids: ['a', 'b'] },
  { who: 'labels', all: [{ label: 'zone', op: 'in', values: ['x'] }] },
  { who: 'percent', seed: 's', basisPoints: 5000 },
  { who: 'pinned', ids: ['b', 'c'] },
];

describe('what an instance must hold', () => {
  it('is what core composes of the layers that apply to it', () => {
    const kind = fc.constantFrom<LayerKind>('group', 'gray', 'instance');
    const values = fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.integer(), { maxKeys: 3 });
    const layers = fc.array(fc.tuple(kind, values, fc.constantFrom(...audiences)), { maxLength: 6 });
    fc.assert(
      fc.property(
        layers,
        values,
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.boolean(),
        (some, global, id, isX) => {
          const all = [
            layer('global', global),
            ...some.map(([of, set, audience]) => layer(of, set, { audience })),
          ];
          const target = new Target(place, inForce(all), 0);
          const who = instance(id, isX ? { zone: 'x' } : {});
          const mine = target
            .layersOf('order')
            .flatMap(({ layer: each, reach }) => (reach(who) ? [each] : []));
          const { content } = compose(
            'map',
            mine.map((each) => parseLayer(each)),
          )!;
          const view = target.viewFor(who);
          const digest = contentDigest(content, sha256);
          expect(view.namespaces.get('order')).toMatchObject({ digest });
          expect(view.rootDigest).toBe(rootDigest([{ name: 'order', digest }], sha256));
          expect(target.contentOf('order', digest)).toEqual(content);
        },
      ),
    );
  });

  it('is one object for all to whom the same applies, and its frame part is encoded once', () => {
    const gray = layer('gray', { p: 2 }, { audience: { who: 'pinned', ids: ['a', 'b'] } });
    const target = new Target(place, inForce([layer('global', { p: 1 }), gray]), 0);
    expect(target.viewFor(instance('a'))).toBe(target.viewFor(instance('b')));
    expect(target.viewFor(instance('c'))).toBe(target.viewFor(instance('d')));
    expect(target.viewFor(instance('a'))).not.toBe(target.viewFor(instance('c')));
    const namespace = target.viewFor(instance('a')).namespaces.get('order')!;
    expect(namespace.wire(1)).toBe(namespace.wire(2));
  });

  it('keeps what was composed when something else changes', () => {
    const [global, gray] = [layer('global', { p: 1 }), layer('gray', { p: 2 })];
    const before = new Target(place, inForce([global, gray]), 0);
    const namespace = before.viewFor(instance('a')).namespaces.get('order');
    const after = new Target(place, inForce([global, gray], 2), 0, { before });
    expect(after.viewFor(instance('a')).namespaces.get('order')).toBe(namespace);
  });

  it('says how much time a layer has left when it is sent, and is without it afterwards', () => {
    const boxed = layer(
      'instance',
      { p: 9 },
      { expiresAt: 1000, audience: { who: 'instances', ids: ['a'] } },
    );
    const layers = inForce([layer('global', { p: 1 }), boxed]);
    const target = new Target(place, layers, 100);
    expect(target.endsAt).toBe(1000);
    const namespace = target.viewFor(instance('a')).namespaces.get('order')!;
    expect(namespace.wire(400).layers.map(({ expiresInMs }) => expiresInMs)).toEqual([undefined, 600]);
    expect(namespace.wire(900).layers.map(({ expiresInMs }) => expiresInMs)).toEqual([undefined, 100]);
    const without = target.viewFor(instance('b'));
    expect(target.viewAt(instance('a'), 1000).rootDigest).toBe(without.rootDigest);
    expect(target.viewAt(instance('a'), 999).rootDigest).not.toBe(without.rootDigest);
    const later = new Target(place, layers, 1000, { before: target });
    expect(later.endsAt).toBeUndefined();
    expect(later.viewFor(instance('a')).rootDigest).toBe(without.rootDigest);
  });

  it('holds nothing where nothing is for it', () => {
    const only = layer('gray', { p: 2 }, { audience: { who: 'instances', ids: ['a'] } });
    const target = new Target(place, inForce([only]), 0);
    expect(target.viewFor(instance('b')).namespaces.size).toBe(0);
    expect(target.viewFor(instance('a')).namespaces.get('order')!.content()).toEqual({
      kind: 'map',
      items: items({ p: 2 }),
    });
    expect(target.bodyOf(only.digest)).toBe(only.body);
    expect(target.bodyOf('f'.repeat(64))).toBeUndefined();
  });
});
