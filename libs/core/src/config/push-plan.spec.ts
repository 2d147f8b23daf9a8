import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { applyProposal } from './apply-proposal.ts';
import type { AimedNamespace, Proposal } from './proposal.ts';
import { type PlannedInstance, type PushPlan, planDifference, planPush } from './push-plan.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const fleet: readonly PlannedInstance[] = [
  { instanceId: 'b-1', labels: { zone: 'b' }, online: true },
  { instanceId: 'a-2', labels: { zone: 'a' }, online: false },
  { instanceId: 'a-1', labels: { zone: 'a' }, online: true },
];
const none: readonly AimedNamespace[] = [
  { name: 'order', kind: 'rules', globalId: 'global-order', layers: [] },
  { name: 'notes', kind: 'document', globalId: 'global-notes', layers: [] },
];

let revision = 0;
type Asked = Proposal extends infer P ? (P extends unknown ? Omit<P, 'revision'> : never) : never;
const proposal = (asked: Asked): Proposal => ({ ...asked, revision: ++revision }) as Proposal;

function after(namespaces: readonly AimedNamespace[], ...all: Asked[]): readonly AimedNamespace[] {
  return all.reduce<readonly AimedNamespace[]>((world, asked) => {
    const answer = applyProposal(world, proposal(asked), sha256);
    if (!answer.ok) throw new Error(answer.refusal.en);
    return answer.value;
  }, namespaces);
}

function plan(
  namespaces: readonly AimedNamespace[],
  asked: Asked,
  instances: readonly PlannedInstance[] = fleet,
): PushPlan {
  const answer = planPush(instances, namespaces, proposal(asked), sha256);
  if (!answer.ok) throw new Error(answer.refusal.en);
  return answer.value;
}

const everyone = (items: Record<string, number>): Asked => ({
  act: 'push',
  mode: 'global',
  pushId: 'p-global',
  changes: [{ namespace: 'order', content: { kind: 'rules', items } }],
});
const zoneA = [{ label: 'zone', op: 'in', values: ['a'] }] as const;
const gray = (set: Record<string, number>, remove: readonly string[] = []): Asked => ({
  act: 'push',
  mode: 'gray',
  pushId: 'p-gray',
  changes: [{ namespace: 'order', layerId: 'l-gray', patch: { set, remove } }],
  audience: { who: 'labels', all: zoneA },
});
const single = (set: Record<string, number>, instanceId = 'a-1'): Asked => ({
  act: 'push',
  mode: 'single',
  pushId: 'p-single',
  instanceId,
  changes: [{ namespace: 'order', layerId: 'l-single', patch: { set, remove: [] } }],
  expiresInMs: 1000,
});

const world = after(none, everyone({ a: 1, b: 2 }));

describe('planPush', () => {
  it('says for each key the old and the new value and which layer decides, and why each was selected', () => {
    const found = plan(world, gray({ a: 5, c: 7 }, ['b']));
    expect(found.targets.map((t) => [t.instanceId, t.online, t.variant])).toEqual([
      ['a-1', true, 0],
      ['a-2', false, 0],
    ]);
    expect(found.targets[0]!.reasons).toEqual([
      {
        layerId: 'l-gray',
        kind: 'gray',
        namespace: 'order',
        effect: 'gains',
        reach: { by: 'labels', selector: 'zone=a' },
      },
    ]);
    const [global, own] = [
      { layerId: 'global-order', kind: 'global' },
      { layerId: 'l-gray', kind: 'gray' },
    ];
    expect(found.variants[0]!.namespaces[0]!.changes).toEqual([
      { key: 'a', change: 'changed', before: 1, after: 5, decidedBefore: global, decidedAfter: own },
      { key: 'b', change: 'removed', before: 2, decidedBefore: global, decidedAfter: own },
      { key: 'c', change: 'added', after: 7, decidedAfter: own },
    ]);
    expect(found.counts).toEqual({ targets: 2, online: 1, offline: 1 });
  });

  it('shows whom a change reaches without changing anything, under what layer', () => {
    const found = plan(after(world, single({ a: 9 })), gray({ a: 5 }));
    expect(found.targets.map((target) => target.instanceId)).toEqual(['a-2']);
    expect(found.unmoved).toEqual([
      {
        instanceId: 'a-1',
        online: true,
        reasons: [expect.objectContaining({ layerId: 'l-gray', effect: 'gains' })],
      },
    ]);
  });

  it('names an instance that must learn of a longer time, though its values stay', () => {
    const [boxed] = [after(world, single({ a: 9 }))];
    const longer = { ...single({ a: 9 }), expiresInMs: 5000 } as Asked;
    expect(plan(boxed, longer).unmoved.map((u) => [u.instanceId, u.reasons[0]!.effect])).toEqual([
      ['a-1', 'changes'],
    ]);
    expect(plan(boxed, single({ a: 9 })).unmoved).toEqual([]);
  });

  it('leaves those in peace who keep a gray when it takes its next step', () => {
    const running = after(world, gray({ a: 5 }));
    const found = plan(running, { act: 'step', pushId: 'p-gray', audience: { who: 'everyone' } });
    expect(found.targets.map((t) => [t.instanceId, t.reasons[0]!.effect])).toEqual([['b-1', 'gains']]);
    expect(found.unmoved).toEqual([]);
  });

  it('counts the bytes that go out: of the layers of each variant, once for each target that is online', () => {
    const found = plan(after(world, single({ b: 3 }, 'b-1')), everyone({ a: 1, b: 2, é: 4 }));
    const global = Buffer.byteLength('{"items":{"a":1,"b":2,"é":4},"kind":"rules"}');
    const own = Buffer.byteLength('{"remove":[],"set":{"b":3}}');
    expect(found.variants.map((variant) => [variant.payloadBytes, variant.targets])).toEqual([
      [global, 2],
      [global + own, 1],
    ]);
    // a-2 is offline.
    expect(found.payload).toEqual({
      totalBytes: 2 * global + own,
      largestBytes: global + own,
      encodedBytes: 2 * global + own,
    });
  });

  it('says what each holds now: the old, the new already, something else, or unknown', () => {
    const [variant] = plan(world, everyone({ a: 3 })).variants;
    const { before, after: next } = variant!.namespaces[0]!;
    const holding = (held: PlannedInstance['held']) =>
      plan(world, everyone({ a: 3 }), [{ instanceId: 'i', labels: {}, online: true, ...(held && { held }) }])
        .targets[0]!.holding;
    expect(holding({ order: before! })).toBe('before');
    expect(holding({ order: next! })).toBe('after');
    expect(holding({})).toBe('other');
    expect(holding({ order: '0'.repeat(64) })).toBe('other');
    expect(holding(undefined)).toBe('unknown');
  });

  it('previews a document as its two texts', () => {
    const pushed = (text: string): Asked => ({
      act: 'push',
      mode: 'global',
      pushId: 'p-doc',
      changes: [{ namespace: 'notes', content: { kind: 'document', format: 'text', text } }],
    });
    const change = (namespaces: readonly AimedNamespace[], text: string) =>
      plan(namespaces, pushed(text)).variants[0]!.namespaces[0]!.changes[0];
    expect(change(none, 'x')).toMatchObject({ key: '', change: 'added', after: 'x' });
    expect(change(after(none, pushed('x')), 'y')).toMatchObject({
      key: '',
      change: 'changed',
      before: 'x',
      after: 'y',
    });
    expect(plan(after(none, pushed('x')), pushed('x')).targets).toEqual([]);
  });

  it('changes nobody with what is there already', () => {
    const found = plan(world, everyone({ b: 2, a: 1 }));
    expect([found.targets, found.variants]).toEqual([[], []]);
    expect(found.payload).toEqual({ totalBytes: 0, largestBytes: 0, encodedBytes: 0 });
  });

  it('does not count a layer whose time is over', () => {
    const over = after(world, single({ a: 9 })).map((namespace) => ({
      ...namespace,
      layers: namespace.layers.map((l) => (l.expiresInMs === undefined ? l : { ...l, expiresInMs: 0 })),
    }));
    expect(plan(over, gray({ a: 5 })).targets.map((target) => target.instanceId)).toEqual(['a-1', 'a-2']);
  });

  it('plans 10,000 instances and 2,000 items without composing for each of them', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      instanceId: `i-${i}`,
      labels: { zone: i % 2 ? 'a' : 'b' },
      online: true,
    }));
    const items = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key-${i}`, i]));
    const large = after(none, everyone(items));
    let hashed = 0;
    const answer = planPush(many, large, proposal(gray({ 'key-1': 0 })), (text) => {
      hashed++;
      return sha256(text);
    });
    expect(answer.ok && answer.value.counts.targets).toBe(5000);
    expect(hashed).toBeLessThan(20);
  });
});

describe('the hash of a plan', () => {
  const asked = gray({ a: 5 });
  const base = plan(world, asked);
  const withZone = (zone: string) => [...fleet, { instanceId: 'c-1', labels: { zone }, online: true }];

  it('stays while the membership stays: order, revision and who is online do not count', () => {
    expect(plan(world, asked, [...fleet].reverse()).hash).toBe(base.hash);
    expect(
      plan(
        world,
        asked,
        fleet.map((i) => ({ ...i, online: !i.online })),
      ).hash,
    ).toBe(base.hash);
    expect(plan(world, asked, withZone('b')).hash).toBe(base.hash);
    expect(base.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('moves with who is in it, and with what they get or had', () => {
    const hashes = [
      base,
      plan(world, asked, withZone('a')),
      plan(world, asked, fleet.slice(0, 2)),
      plan(world, gray({ a: 6 })),
      plan(after(world, everyone({ a: 2, b: 2 })), asked),
    ].map((found) => found.hash);
    expect(new Set(hashes).size).toBe(5);
  });

  it('is explained by who joined, who left and for whom it is another change', () => {
    expect(planDifference(base, plan(world, asked, withZone('a')))).toEqual({
      joined: ['c-1'],
      left: [],
      changed: [],
    });
    expect(planDifference(base, plan(world, asked, fleet.slice(0, 2)))).toEqual({
      joined: [],
      left: ['a-1'],
      changed: [],
    });
    expect(planDifference(base, plan(after(world, everyone({ a: 2, b: 2 })), asked))).toEqual({
      joined: [],
      left: [],
      changed: ['a-1', 'a-2'],
    });
    expect(planDifference(base, plan(world, asked, [...fleet].reverse()))).toEqual({
      joined: [],
      left: [],
      changed: [],
    });
  });
});
