import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Content, ItemsPatch } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { type LayerKind, layerKinds, type ParsedLayer } from '../model/layer.ts';
import { canonicalText } from './canonical.ts';
import { compose, inOrder, parseLayer } from './compose.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor');
const items = fc
  .array(fc.tuple(key, fc.integer({ min: 0, max: 3 }) as fc.Arbitrary<Json>), { maxLength: 5 })
  .map((entries): Record<string, Json> => Object.fromEntries(entries));

let made = 0;
function layer(kind: LayerKind, value: Content | ItemsPatch, more: Partial<ParsedLayer> = {}): ParsedLayer {
  const body = canonicalText(value);
  return { id: `layer-${made++}`, kind, order: 0, revision: 1, digest: body, body, value, ...more };
}
const globalLayer = (all: Record<string, Json>, more: Partial<ParsedLayer> = {}): ParsedLayer =>
  layer('global', { kind: 'rules', items: all }, more);

const aGlobal = fc.tuple(items, fc.nat(3)).map(([all, revision]) => globalLayer(all, { revision }));
const aPatch = fc
  .record({
    kind: fc.constantFrom<LayerKind>('group', 'gray', 'instance'),
    set: items,
    remove: fc.uniqueArray(key, { maxLength: 3 }),
    order: fc.nat(2),
    revision: fc.nat(3),
  })
  .map(({ kind, set, remove, order, revision }) => layer(kind, { set, remove }, { order, revision }));
const someLayers = fc
  .tuple(aGlobal, fc.array(aPatch, { maxLength: 6 }))
  .map(([g, patches]) => [g, ...patches]);

const textOf = (layers: readonly ParsedLayer[]): string => canonicalText(compose('rules', layers)!.content);

describe('compose', () => {
  it('comes to the same content and the same winners in whatever order the layers arrive', () => {
    const permuted = someLayers.chain((layers) =>
      fc.tuple(fc.constant(layers), fc.shuffledSubarray(layers, { minLength: layers.length })),
    );
    fc.assert(
      fc.property(permuted, ([layers, shuffled]) => {
        expect(textOf(shuffled)).toBe(textOf(layers));
        const winnersOf = (all: readonly ParsedLayer[]) =>
          [...compose('rules', all)!.winners].map(([k, l]) => `${k} ${l.id}`).sort();
        expect(winnersOf(shuffled)).toEqual(winnersOf(layers));
      }),
    );
  });

  it('may be done in two steps: what lies below first, the rest on top of that', () => {
    fc.assert(
      fc.property(someLayers, fc.nat(7), (layers, cut) => {
        const ordered = inOrder(layers);
        const below = ordered.slice(0, Math.max(1, Math.min(cut, ordered.length)));
        const above = ordered.slice(below.length);
        const settled = compose('rules', below)!.content;
        expect(textOf([layer('global', settled, { order: -1 }), ...above])).toBe(textOf(layers));
      }),
    );
  });

  it('gives every key the value of its winner, and has a winner for every key', () => {
    fc.assert(
      fc.property(someLayers, (layers) => {
        const { content, winners } = compose('rules', layers)!;
        const all = (content as { items: Record<string, Json> }).items;
        expect([...winners.keys()].sort()).toEqual(Object.keys(all).sort());
        for (const [k, winner] of winners) {
          const own = 'set' in winner.value ? winner.value.set : (winner.value as { items: object }).items;
          expect(Object.hasOwn(own, k)).toBe(true);
          expect(canonicalText((own as Record<string, Json>)[k])).toBe(canonicalText(all[k]));
        }
      }),
    );
  });

  it('lets the narrower kind win: instance over gray over group over global', () => {
    const layers = layerKinds.map((kind, index) =>
      kind === 'global'
        ? globalLayer({ who: kind, [kind]: index })
        : layer(kind, { set: { who: kind, [kind]: index }, remove: [] }),
    );
    const { content, winners } = compose('rules', layers)!;
    expect(content).toEqual({
      kind: 'rules',
      items: { who: 'instance', global: 0, group: 1, gray: 2, instance: 3 },
    });
    expect(winners.get('who')?.kind).toBe('instance');
    expect(winners.get('gray')?.kind).toBe('gray');
  });

  it('settles layers of one kind by their order, then by their revision', () => {
    const group = (who: string, order: number, revision: number) =>
      layer('group', { set: { who }, remove: [] }, { order, revision });
    const winner = (...layers: ParsedLayer[]) =>
      (compose('rules', layers)!.content as { items: Record<string, Json> }).items.who;
    expect(winner(group('low', 1, 9), group('high', 2, 1))).toBe('high');
    expect(winner(group('new', 1, 9), group('old', 1, 1))).toBe('new');
  });

  it('takes a removed key away, and a layer above may bring it back', () => {
    const below = globalLayer({ a: 1, b: 2 });
    const removing = layer('gray', { set: {}, remove: ['a'] });
    expect(textOf([below, removing])).toBe('{"items":{"b":2},"kind":"rules"}');
    expect(compose('rules', [below, removing])!.winners.has('a')).toBe(false);
    const restoring = layer('instance', { set: { a: 3 }, remove: [] });
    expect(textOf([below, removing, restoring])).toBe('{"items":{"a":3,"b":2},"kind":"rules"}');
  });

  it('removes before it sets, within one layer', () => {
    expect(textOf([globalLayer({ a: 1 }), layer('gray', { set: { a: 2 }, remove: ['a'] })])).toBe(
      '{"items":{"a":2},"kind":"rules"}',
    );
  });

  it('replaces a document whole', () => {
    const document = (text: string): Content => ({ kind: 'document', format: 'yaml', text });
    const base = layer('global', document('a: 1\n'));
    const own = layer('instance', document('b: 2\n'));
    expect(compose('document', [own, base])?.content).toEqual(document('b: 2\n'));
    expect(compose('document', [own, base])?.winners.get('')).toBe(own);
    expect(compose('document', [base])?.content).toEqual(document('a: 1\n'));
  });

  it('keeps the key __proto__ as data through parsing and composing', () => {
    const body = '{"items":{"__proto__":{"polluted":true}},"kind":"rules"}';
    const parsed = parseLayer({ id: 'l', kind: 'global', order: 0, revision: 1, digest: '', body });
    expect(textOf([parsed])).toBe(body);
    expect(textOf([parsed, layer('gray', { set: {}, remove: ['__proto__'] })])).toBe(
      '{"items":{},"kind":"rules"}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('holds nothing, instead of an empty content, when no layer is left', () => {
    expect(compose('map', [])).toBeUndefined();
    expect(compose('document', [])).toBeUndefined();
    expect(compose('map', [layer('global', { kind: 'map', items: {} })])?.content).toEqual({
      kind: 'map',
      items: {},
    });
  });

  it('says when a body is not JSON', () => {
    const broken = { id: 'l', kind: 'global', order: 0, revision: 1, digest: '', body: '{"kind":' } as const;
    expect(() => parseLayer(broken)).toThrow(SyntaxError);
  });
});
