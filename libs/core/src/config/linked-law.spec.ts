import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Content, type ItemsPatch, isTakenAway, takenAway } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { applyProposal } from './apply-proposal.ts';
import type { AimedLayer, Audience } from './audience.ts';
import { canonicalText } from './canonical.ts';
import { compose } from './compose.ts';
import { contentDigest } from './digest.ts';
import type { AimedNamespace, GlobalProposal } from './proposal.ts';
import { type PlannedInstance, planBetween, planDifference, planPush, widenPlan } from './push-plan.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
type Items = Readonly<Record<string, Json>>;

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const value = fc.integer({ min: 0, max: 2 }) as fc.Arbitrary<Json>;
const items = fc.dictionary(key, value, { maxKeys: 5 }) as fc.Arbitrary<Items>;
/** A content over another one: values, and keys that it takes away. */
const overrides = fc.dictionary(key, fc.oneof(value, fc.constant(takenAway as unknown as Json)), {
  maxKeys: 5,
}) as fc.Arbitrary<Items>;

const everyone: Audience = { who: 'everyone' };
function layer(
  id: string,
  value: Content | ItemsPatch,
  more: Partial<AimedLayer> & Pick<AimedLayer, 'kind'>,
): AimedLayer {
  const body = canonicalText(value);
  const head = { id, order: 0, revision: 1, pushId: `push of ${id}`, audience: everyone };
  return { ...head, body, digest: sha256(body), value, ...more };
}
const content = (all: Items): Content => ({ kind: 'rules', items: all });
const global = (id: string, all: Items, order = 0): AimedLayer =>
  layer(id, content(all), { kind: 'global', order });

/** The oracle: what is below, then what is on top, key by key. */
function over(below: Items, above: Items): Record<string, Json> {
  const all = new Map(Object.entries(below));
  for (const [k, v] of Object.entries(above)) {
    if (isTakenAway(v)) all.delete(k);
    else all.set(k, v);
  }
  return Object.fromEntries(all);
}
const textOf = (layers: readonly AimedLayer[]): string => canonicalText(compose('rules', layers)?.content);

const instances: PlannedInstance[] = ['i1', 'i2'].map((instanceId) => ({
  instanceId,
  labels: {},
  online: true,
}));
const release = (namespace: string, all: Items): GlobalProposal => ({
  act: 'push',
  mode: 'global',
  grays: 'keep',
  pushId: 'new',
  revision: 9,
  changes: [{ namespace, content: content(all) }],
});

describe('a namespace that links public ones', () => {
  it('comes to what is public, with its own values over it and without what it takes away', () => {
    fc.assert(
      fc.property(items, overrides, overrides, fc.boolean(), (root, middle, own, isShuffled) => {
        const layers = [global('root', root, -2), global('middle', middle, -1), global('own', own)];
        if (isShuffled) layers.reverse();
        expect(textOf(layers)).toBe(canonicalText(content(over(over(root, middle), own))));
        expect(
          Object.values((compose('rules', layers)!.content as { items: Items }).items),
        ).not.toContainEqual(takenAway);
      }),
    );
  });

  it('holds nothing of a key that it takes away when nothing lies below either', () => {
    fc.assert(
      fc.property(overrides, (own) => {
        const { content: effective, winners } = compose('rules', [global('own', own)])!;
        expect(canonicalText(effective)).toBe(canonicalText(content(over({}, own))));
        expect([...winners.keys()].sort()).toEqual(Object.keys((effective as { items: Items }).items).sort());
      }),
    );
  });

  it('takes up what it links with its first release, and releases change only what is its own', () => {
    fc.assert(
      fc.property(items, overrides, overrides, (root, first, second) => {
        const linked = [global('root', root, -1)];
        const before: AimedNamespace = { name: 'n', kind: 'rules', globalId: 'own', linked, layers: [] };
        const once = applyProposal([before], release('n', first), sha256);
        if (!once.ok) throw new Error('refused');
        expect(textOf(once.value[0]!.layers)).toBe(canonicalText(content(over(root, first))));
        const twice = applyProposal(once.value, release('n', second), sha256);
        if (!twice.ok) throw new Error('refused');
        expect(textOf(twice.value[0]!.layers)).toBe(canonicalText(content(over(root, second))));
        expect(twice.value[0]!.layers).toContain(linked[0]);
      }),
    );
  });

  it('shows the cohort of a gray no change when the gray becomes everyone’s', () => {
    const patch = fc.record({ set: items, remove: fc.uniqueArray(key, { maxLength: 3 }) });
    fc.assert(
      fc.property(items, overrides, patch, (root, own, { set, remove }) => {
        const value = { set, remove: remove.filter((k) => !Object.hasOwn(set, k)).sort() };
        const gray = layer('gray', value, { kind: 'gray', pushId: 'gray' });
        const layers = [global('root', root, -1), global('own', own), gray];
        const before = [
          { name: 'n', kind: 'rules', globalId: 'own', linked: layers.slice(0, 1), layers },
        ] as const;
        const promoted = applyProposal(
          before,
          { act: 'promote', pushId: 'gray', revision: 9, started: { n: content(own) } },
          sha256,
        );
        if (!promoted.ok) throw new Error('refused');
        expect(textOf(promoted.value[0]!.layers)).toBe(textOf(layers));
      }),
    );
  });

  it('is in the plan of a release of what it links exactly where its digest changes, and the hash says so', () => {
    fc.assert(
      fc.property(items, items, overrides, (root, next, own) => {
        const home: AimedNamespace[] = [
          { name: 'p', kind: 'rules', globalId: 'root', layers: [global('root', root)] },
        ];
        const proposal = release('p', next);
        const plan = planPush(instances, home, proposal, sha256);
        const after = applyProposal(home, proposal, sha256);
        if (!plan.ok || !after.ok) throw new Error('refused');
        const linker = (all: Items): AimedNamespace => ({
          name: 'n',
          kind: 'rules',
          globalId: 'own',
          layers: [global('root', all, -1), global('own', own)],
        });
        const linked = planBetween(instances, [linker(root)], [linker(next)], sha256);
        const whole = widenPlan(plan.value, [{ app: 'b', plan: linked }], sha256);
        const digest = (all: Items): string => contentDigest(content(over(all, own)), sha256);
        const isTouched = digest(root) !== digest(next);
        const found = whole.targets.filter((target) => target.app === 'b');
        expect(found.map((target) => target.instanceId)).toEqual(isTouched ? ['i1', 'i2'] : []);
        for (const { variant } of found)
          expect(whole.variants[variant]!.namespaces).toEqual([
            expect.objectContaining({ namespace: 'n', before: digest(root), after: digest(next) }),
          ]);
        expect(whole.hash === plan.value.hash).toBe(!isTouched);
        expect(planDifference(plan.value, whole).joined).toEqual(isTouched ? ['b\ti1', 'b\ti2'] : []);
        expect(whole.counts.targets).toBe(plan.value.counts.targets + found.length);
      }),
    );
  });
});
