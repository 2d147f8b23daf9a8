import { expect, it } from '@jest/globals';
import {
  type AimedLayer,
  type Audience,
  type Content,
  canonicalText,
  compose,
  contentDigest,
  layerKinds,
  layersFor,
  type NamespaceKind,
  rootDigest,
  type Selectable,
} from '@sluice/core';
import type { WireNamespace } from '@sluice/protocol/client';
import fc from 'fast-check';
import type { Clock } from '../clock.ts';
import { explain } from '../config/explain.ts';
import { type DeliveredStore, deliveredStore, namespacesAfterRestart } from '../testing/delivered-store.ts';
import { type ManualClock, manualClock } from '../testing/manual-clock.ts';
import { sha256 } from './sha256.ts';
import type { Store } from './store.ts';

/** A layer as the server of the model keeps it: its end is a moment. */
type Laid = AimedLayer & { readonly namespace: string; readonly endsAt?: number };

const kinds: Readonly<Record<string, NamespaceKind>> = { order: 'map', pay: 'map', banner: 'document' };
const keys = ['a', 'b', 'c', '__proto__'];

const label = fc.constantFrom('zone', 'version');
const labelValue = fc.constantFrom('1', '2');
const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant<Audience>({ who: 'everyone' }),
  fc.record({ who: fc.constant('instances' as const), ids: fc.subarray(['me', 'you']) }),
  fc.record({
    who: fc.constant('labels' as const),
    all: fc.array(
      fc.record({
        label,
        op: fc.constantFrom('in' as const, 'notIn' as const),
        values: fc.array(labelValue, { minLength: 1 }),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({
    who: fc.constant('percent' as const),
    seed: fc.string(),
    basisPoints: fc.constantFrom(0, 5000, 10_000),
  }),
);

const step = fc.record({
  namespace: fc.constantFrom(...Object.keys(kinds)),
  layer: fc.integer({ min: 0, max: 4 }),
  /** Else the layer is laid. */
  ends: fc.boolean(),
  kind: fc.constantFrom(...layerKinds),
  order: fc.integer({ min: 0, max: 2 }),
  audience,
  set: fc.dictionary(fc.constantFrom(...keys), fc.integer({ min: 0, max: 3 })),
  remove: fc.subarray(keys),
  ttlMs: fc.option(
    fc.integer({ min: 1, max: 30 }).map((n) => n * 100),
    { nil: undefined },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const arrival = fc.record({
  /** Which of the states of the server arrives, from the first to the last. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  overHttp: fc.boolean(),
  waitMs: fc.integer({ min: 0, max: 15 }).map((n) => n * 100),
  restarts: fc.nat({ max: 9 }).map((n) => n === 0),
});

const item = (value: number) => ({ type: 'number', value });
const itemsOf = (set: Step['set']) =>
  Object.fromEntries(Object.entries(set).map(([key, value]) => [key, item(value)]));

function laid(what: Step, revision: number, now: number): Laid {
  const items = itemsOf(what.set);
  const value =
    kinds[what.namespace] === 'document'
      ? { kind: 'document', format: 'text', text: canonicalText(items) }
      : what.kind === 'global'
        ? { kind: 'map', items }
        : { set: items, remove: what.remove.filter((key) => !Object.hasOwn(items, key)) };
  const body = canonicalText(value);
  return {
    id: `${what.namespace}-${what.layer}`,
    namespace: what.namespace,
    kind: what.kind,
    order: what.order,
    revision,
    pushId: `push-${revision}`,
    audience: what.audience,
    digest: sha256(body),
    body,
    value: JSON.parse(body) as Laid['value'],
    ...(what.ttlMs !== undefined && { endsAt: now + what.ttlMs }),
  };
}

/** The states of the server by revision; all are made at `now`. */
function statesOf(steps: readonly Step[], now: number): ReadonlyMap<string, Laid>[] {
  const states: ReadonlyMap<string, Laid>[] = [new Map()];
  for (const [index, what] of steps.entries()) {
    const next = new Map(states.at(-1));
    const layer = laid(what, index + 1, now);
    if (what.ends) next.delete(layer.id);
    else next.set(layer.id, layer);
    states.push(next);
  }
  return states;
}

/** What the server means `me` to hold at a moment: core's choice, core's composition. */
function meant(state: ReadonlyMap<string, Laid>, me: Selectable, now: number) {
  return Object.entries(kinds).flatMap(([name, kind]) => {
    const timed = [...state.values()]
      .filter((layer) => layer.namespace === name)
      .map(({ namespace: _, endsAt, ...layer }) => ({
        ...layer,
        ...(endsAt !== undefined && { expiresInMs: endsAt - now }),
      }));
    const layers = layersFor(timed, sha256)(me);
    const composed = compose(kind, layers);
    return composed
      ? [{ name, kind, layers, composed, digest: contentDigest(composed.content as Content, sha256) }]
      : [];
  });
}

type Meant = ReturnType<typeof meant>;

function wireOf(sent: Meant): WireNamespace[] {
  return sent.map(({ composed: _, layers, ...namespace }) => ({
    ...namespace,
    revision: Math.max(...layers.map((layer) => layer.revision)),
    layers: layers.map(({ value: _, audience: __, ...layer }) => ({
      ...layer,
      sizeBytes: layer.body.length,
    })),
  }));
}

/** The client of the next process, from what the one before left on disk. */
async function restarted(clock: ManualClock, { live }: Store): Promise<DeliveredStore> {
  const namespaces = await namespacesAfterRestart(live, clock, () => clock.advance(100));
  const next = deliveredStore(clock);
  next.store.swap({ ...live, namespaces });
  return next;
}

function expectHolds(store: Store, expected: Meant, clock: Clock): void {
  expect(store.digests().namespaces.map(({ name, digest }) => `${name} ${digest}`)).toEqual(
    expected.map(({ name, digest }) => `${name} ${digest}`).sort(),
  );
  expect(store.root()).toBe(rootDigest(expected, sha256));
  for (const { name, kind, composed } of expected)
    for (const key of kind === 'document' ? [''] : keys) {
      const winner = composed.winners.get(key);
      const told = explain(store, key === '' ? name : `${name}.${key}`, clock, new Map(), 'en');
      expect([told.layer, told.revision, told.pushId]).toEqual(
        winner ? [winner.kind, winner.revision, winner.pushId] : ['none', undefined, undefined],
      );
      expect(told.ladder.filter((rung) => rung.wins)).toHaveLength(winner ? 1 : 0);
    }
}

it('whatever is laid, aimed and timed, and in whatever order it arrives, what is held is what core composes of what is in force', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(arrival, { minLength: 1, maxLength: 8 }),
      fc.dictionary(label, labelValue),
      async (steps, arrivals, labels) => {
        const clock = manualClock();
        const me: Selectable = { instanceId: 'me', labels };
        const states = statesOf(steps, clock.now());
        let client = deliveredStore(clock);
        let newest = 0;
        for (const { share, overHttp, waitMs, restarts } of arrivals) {
          const revision = Math.round(share * (states.length - 1));
          newest = Math.max(newest, revision);
          const changed = wireOf(meant(states[revision]!, me, clock.now()));
          const gone = Object.keys(kinds).filter((name) => !changed.some((n) => n.name === name));
          const outcome = await client.deliveries.apply({
            epoch: 1,
            revision,
            changed,
            removed: overHttp ? 'all others' : gone,
            answersHello: true,
            source: 'server',
          });
          expect(outcome).toMatchObject({ revision: newest });
          await clock.advance(waitMs);
          if (restarts) client = await restarted(clock, client.store);
          expectHolds(client.store, meant(states[newest]!, me, clock.now()), clock);
        }
        client.store.close();
      },
    ),
    { numRuns: 500 },
  );
});
