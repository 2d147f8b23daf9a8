import { expect, it } from '@jest/globals';
import {
  canonicalText,
  compose,
  contentDigest,
  layerKinds,
  namespaceKinds,
  type ParsedLayer,
} from '@sluice/core';
import { type AckNamespace, ackNamespace, type WireLayer, type WireNamespace } from '@sluice/protocol/client';
import fc from 'fast-check';
import { configView } from '../config/config-view.ts';
import { documentView } from '../config/document.ts';
import { explain } from '../config/explain.ts';
import { json, num } from '../config/spec.ts';
import { deliveredStore, namespacesAfterRestart } from '../testing/delivered-store.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { mapOf } from '../testing/wire-namespace.ts';
import { sha256 } from './sha256.ts';

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const good = fc.constantFrom(
  canonicalText(mapOf({ x: 1, y: [1] })),
  canonicalText(mapOf({ x: 500 })),
  '{"set":{"x":{"type":"number","value":5}},"remove":["y"]}',
  '{"format":"json","kind":"document","text":"{\\"a\\":1}"}',
);
const odd = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    '5',
    '[]',
    '{}',
    'not json',
    '{"set":null,"remove":[]}',
    '{"set":{},"remove":[5]}',
    '{"set":{"x":null},"remove":["x"]}',
    '{"set":{"__proto__":{"type":"number","value":1}},"remove":["constructor"]}',
    '{"kind":"map","items":null}',
    '{"kind":"map","items":{"x":5,"y":{"type":"json"}}}',
    '{"kind":"map","items":{"toString":{"value":{"__proto__":{"a":1}}}}}',
    '{"kind":"document","format":"json","text":"{"}',
    '{"kind":"rules","items":{"r":{"kind":"limit"}}}',
    `{"set":{"x":{"type":"json","value":${deep(20_000)}}},"remove":[]}`,
  ),
  fc.json(),
);
const body = fc.oneof({ arbitrary: good, weight: 4 }, { arbitrary: odd, weight: 1 });
const seldom = fc.nat({ max: 9 }).map((n) => n === 0);

const layer: fc.Arbitrary<WireLayer> = fc
  .record({
    id: fc.constantFrom('a', 'b'),
    kind: fc.constantFrom(...layerKinds),
    order: fc.integer(),
    revision: fc.nat(5),
    body,
    wrong: seldom,
    absent: seldom,
    expiresInMs: fc.option(fc.constantFrom(-5, 0, 1, 500, Number.MAX_VALUE), { nil: undefined }),
  })
  .map(({ body: text, wrong, absent, expiresInMs, ...rest }) => ({
    ...rest,
    digest: sha256(wrong ? `${text} ` : text),
    sizeBytes: text.length,
    ...(!absent && { body: text }),
    ...(expiresInMs !== undefined && { expiresInMs }),
  }));

/** Says the right digest where there is one, so that what follows is reached as well. */
function digestOf(kind: WireNamespace['kind'], layers: readonly WireLayer[]): string {
  try {
    const parsed = layers.map((l) => ({ ...l, value: JSON.parse(l.body ?? '') })) as ParsedLayer[];
    return contentDigest(compose(kind, parsed)!.content, sha256);
  } catch {
    return 'f'.repeat(64);
  }
}

const namespace: fc.Arbitrary<WireNamespace> = fc
  .record({
    name: fc.constantFrom('order', 'banner', 'other'),
    kind: fc.constantFrom('map', 'map', ...namespaceKinds),
    revision: fc.nat(5),
    layers: fc.array(layer, { minLength: 1, maxLength: 3 }),
    schema: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 6 },
      {
        arbitrary: fc.dictionary(fc.constantFrom('type', '$ref', 'pattern', 'items'), fc.jsonValue()),
        weight: 1,
      },
    ),
    pushId: fc.constantFrom(undefined, undefined, undefined, 'p', 'q'),
  })
  .map((wire) => ({ ...wire, digest: digestOf(wire.kind, wire.layers) }) as WireNamespace);

const delivery = fc.record({
  epoch: fc.constantFrom(1, 1, 1, 2),
  revision: fc.nat(5),
  changed: fc.uniqueArray(namespace, { selector: ({ name }) => name, maxLength: 3 }),
  removed: fc.constantFrom([], ['order'], ['nobody'], 'all others' as const),
  answersHello: fc.boolean(),
  preparesOnly: fc.boolean(),
  waitMs: fc.constantFrom(0, 1, 600),
});

it.each(['{"set":{"x":null},"remove":[]}', '{"items":{"x":null},"kind":"map"}'])(
  'explains a key of which a layer says nonsense that lies under another one: %s',
  async (nonsense) => {
    const clock = manualClock();
    const { store, deliveries } = deliveredStore(clock);
    const bodies = [nonsense, canonicalText(mapOf({ x: 1 }))];
    const layers = bodies.map((text, order) => ({
      id: String(order),
      kind: order === 0 ? 'global' : 'instance',
      order,
      revision: 1,
      digest: sha256(text),
      sizeBytes: text.length,
      body: text,
    })) as WireLayer[];
    const order = {
      name: 'order',
      kind: 'map',
      revision: 1,
      layers,
      digest: digestOf('map', layers),
    } as const;
    const frame = { epoch: 1, revision: 1, changed: [order], removed: [], answersHello: true } as const;
    const outcome = await deliveries.apply({ ...frame, source: 'server' });
    expect(outcome).toMatchObject({ namespaces: [{ state: 'applied' }] });
    expect(explain(store, 'order.x', clock, deliveries.rejected, 'en').ladder).toMatchObject([
      { layer: 'instance', wins: true, value: 1 },
      { layer: 'global', wins: false },
    ]);
    store.close();
  },
);

it('reads the body of a layer anew where the namespace is said to be of another kind', async () => {
  const { store, deliveries } = deliveredStore(manualClock());
  const text = canonicalText(mapOf({ x: 1 }));
  const [id, digest] = ['all', sha256(text)];
  const layers: WireLayer[] = [
    { id, kind: 'global', order: 0, revision: 1, digest, sizeBytes: text.length, body: text },
  ];
  const sent = async (kind: WireNamespace['kind']) => {
    const order = { name: 'order', kind, revision: 1, layers, digest: digestOf('map', layers) };
    const frame = { epoch: 1, revision: 1, changed: [order], removed: [], answersHello: true } as const;
    return deliveries.apply({ ...frame, source: 'server' });
  };
  expect(await sent('map')).toMatchObject({ namespaces: [{ state: 'applied' }] });
  expect(await sent('document')).toMatchObject({ namespaces: [{ state: 'rejected' }] });
  expect(store.live.namespaces.get('order')).toMatchObject({ kind: 'map' });
  store.close();
});

it('whatever is delivered, nothing throws, the answer is one that a server can read, and the app reads what it declared', async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 4 }), async (frames) => {
      const clock = manualClock();
      const { store, deliveries } = deliveredStore(clock);
      const spec = { x: num(7), y: json<readonly number[]>([]) };
      const order = configView('order', spec, { validate: ({ x }) => x < 100 }, () => undefined);
      const banner = documentView('banner');
      store.declare(order);
      store.declare(banner);
      for (const { preparesOnly, waitMs, ...frame } of frames) {
        if (preparesOnly) {
          const before = store.live;
          await deliveries.prepare(frame.changed);
          expect(store.live).toBe(before);
        } else {
          const outcome = await deliveries.apply({ ...frame, source: 'server' });
          const acks: readonly AckNamespace[] = outcome === 'resync' ? [] : outcome.namespaces;
          for (const ack of acks) ackNamespace.parse(ack);
          applied += acks.filter(({ state, digest }) => state === 'applied' && digest !== undefined).length;
        }
        await clock.advance(waitMs);
        expect(typeof order.config.x).toBe('number');
        expect(typeof banner.document.text).toBe('string');
        expect(store.digests().rootDigest).toBe(store.root());
        for (const path of ['order.x', 'order', 'banner', 'other.toString', '__proto__.x'])
          explain(store, path, clock, deliveries.rejected, 'en');
      }
      const again = await namespacesAfterRestart(store.live, clock);
      expect([...again].map(([name, { digest }]) => [name, digest])).toEqual(
        [...store.live.namespaces].map(([name, { digest }]) => [name, digest]),
      );
      store.close();
    }),
    { numRuns: 800 },
  );
  expect(applied).toBeGreaterThan(10);
});
