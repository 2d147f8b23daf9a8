import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Content, ItemsPatch } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { applyProposal } from './apply-proposal.ts';
import { type Audience, layersFor } from './audience.ts';
import { compose } from './compose.ts';
import { contentDigest } from './digest.ts';
import { mergeGray } from './gray-conflict.ts';
import { applyPatch } from './patch.ts';
import type { AimedNamespace, Change, Proposal, ProposalRefusal } from './proposal.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const rules = (items: Record<string, Json>): Content => ({ kind: 'rules', items });
const document = (text: string): Content => ({ kind: 'document', format: 'text', text });

const empty: readonly AimedNamespace[] = [
  { name: 'order', kind: 'rules', globalId: 'g-order', layers: [] },
  { name: 'notes', kind: 'document', globalId: 'g-notes', layers: [] },
];
const change = (set: Record<string, Json>, remove: readonly string[] = []): Change => ({
  namespace: 'order',
  patch: { set, remove },
});
const text = (written: string): Change => ({ namespace: 'notes', content: document(written) });

let pushes = 0;
const everyone = (changes: readonly Change[], grays?: 'keep' | 'supersede'): Proposal => ({
  act: 'push',
  mode: 'global',
  pushId: `global-${++pushes}`,
  revision: pushes,
  changes,
  ...(grays && { grays }),
});
const gray = (pushId: string, changes: readonly Change[], audience: Audience): Proposal => ({
  act: 'push',
  mode: 'gray',
  pushId,
  revision: ++pushes,
  changes: changes.map((each) => ({ ...each, layerId: `${pushId}-${each.namespace}` })),
  audience,
});
const zone = (...values: string[]): Audience => ({
  who: 'labels',
  all: [{ label: 'zone', op: 'in', values }],
});
const some: Audience = { who: 'percent', seed: 's', basisPoints: 2500 };

function done(namespaces: readonly AimedNamespace[], ...all: Proposal[]): readonly AimedNamespace[] {
  return all.reduce((world, proposal) => {
    const answer = applyProposal(world, proposal, sha256);
    if (!answer.ok) throw new Error(answer.refusal.en);
    return answer.value;
  }, namespaces);
}

function refusalOf(namespaces: readonly AimedNamespace[], proposal: Proposal): ProposalRefusal {
  const answer = applyProposal(namespaces, proposal, sha256);
  if (answer.ok) throw new Error('it was carried out');
  return answer.refusal;
}

const idsOf = (namespaces: readonly AimedNamespace[]): string[] =>
  namespaces.flatMap((namespace) => namespace.layers.map((layer) => layer.id)).sort();

/** What an instance holds, by its digests. */
function digests(
  namespaces: readonly AimedNamespace[],
  zoneName: string,
  instanceId = 'i',
): (string | undefined)[] {
  return namespaces.map((namespace) => {
    const layers = layersFor(namespace.layers, sha256)({ instanceId, labels: { zone: zoneName } });
    const content = compose(namespace.kind, layers)?.content;
    return content && contentDigest(content, sha256);
  });
}

const world = done(empty, everyone([change({ a: 1, b: 2 }), text('one')]));

describe('two grays', () => {
  const first = done(world, gray('first', [change({ a: 5 })], some));

  it('stand beside each other when their keys differ, or when no instance can be in both', () => {
    expect(idsOf(done(first, gray('second', [change({ b: 5 }), text('two')], some)))).toContain(
      'second-order',
    );
    const inA = done(world, gray('first', [change({ a: 5 })], zone('a')));
    expect(idsOf(done(inA, gray('second', [change({ a: 6 })], zone('b', 'c'))))).toContain('second-order');
  });

  it('are in conflict otherwise, and the other is named with the keys', () => {
    for (const audience of [some, zone('a'), { who: 'instances', ids: ['x'] } as const]) {
      const refusal = refusalOf(first, gray('second', [change({ b: 1, a: 6 })], audience));
      expect(refusal.code).toBe('gray_clash');
      expect(refusal.clashes).toEqual([
        { namespace: 'order', layerId: 'first-order', pushId: 'first', keys: ['a'] },
      ]);
      expect([refusal.en, refusal.zh].every((said) => said.includes('first') && said.includes('order'))).toBe(
        true,
      );
    }
  });

  it('are in conflict over a key that one of them removes, and over a document', () => {
    expect(refusalOf(first, gray('second', [change({}, ['a'])], some)).code).toBe('gray_clash');
    const onNotes = done(world, gray('first', [text('two')], some));
    const refusal = refusalOf(onNotes, gray('second', [text('three')], some));
    expect(refusal.clashes![0]!.keys).toEqual(['']);
    expect(refusal.en).toContain('the text of notes');
    expect(refusal.zh).toContain('全文');
  });

  it('are looked at again with every step', () => {
    const two = done(
      world,
      gray('first', [change({ a: 5 })], zone('a')),
      gray('second', [change({ a: 6 })], zone('b')),
    );
    const step = (audience: Audience): Proposal => ({
      act: 'step',
      pushId: 'first',
      revision: ++pushes,
      audience,
    });
    expect(refusalOf(two, step(zone('a', 'b'))).code).toBe('gray_clash');
    expect(idsOf(done(two, step(zone('a', 'c'))))).toEqual(idsOf(two));
  });

  it('are no conflict once the first is over', () => {
    const spent = first.map((n) => ({
      ...n,
      layers: n.layers.map((l) => (l.kind === 'gray' ? { ...l, expiresInMs: 0 } : l)),
    }));
    expect(idsOf(done(spent, gray('second', [change({ a: 6 })], some)))).not.toContain('first-order');
  });
});

describe('a global change while a gray runs', () => {
  const running = done(world, gray('first', [change({ a: 5 }), text('two')], zone('a')));

  it('passes all other keys through to the cohort', () => {
    const after = done(running, everyone([change({ b: 7 })]));
    expect(digests(after, 'a')[0]).toBe(contentDigest(rules({ a: 5, b: 7 }), sha256));
    expect(digests(after, 'b')[0]).toBe(contentDigest(rules({ a: 1, b: 7 }), sha256));
  });

  it('asks about a key that the gray has', () => {
    const refusal = refusalOf(running, everyone([change({ a: 7, b: 7 })]));
    expect(refusal.code).toBe('gray_running');
    expect(refusal.clashes).toEqual([
      { namespace: 'order', layerId: 'first-order', pushId: 'first', keys: ['a'] },
    ]);
  });

  it('does not ask when the key comes out as it is', () => {
    expect(idsOf(done(running, everyone([change({ a: 1, b: 7 })])))).toEqual(idsOf(running));
    const whole: Change = { namespace: 'order', content: rules({ a: 1 }) };
    expect(idsOf(done(running, everyone([whole])))).toEqual(idsOf(running));
  });

  it('leaves the gray its value, or ends it in all its namespaces, as was said', () => {
    const kept = done(running, everyone([change({ a: 7 })], 'keep'));
    expect(digests(kept, 'a')).toEqual(digests(running, 'a'));
    const ended = done(running, everyone([change({ a: 7 })], 'supersede'));
    expect(idsOf(ended)).toEqual(['g-notes', 'g-order']);
    expect(digests(ended, 'a')).toEqual(digests(ended, 'b'));
  });

  it('asks before a rollback too', () => {
    const back = {
      ...everyone([{ namespace: 'order', content: rules({ a: 0 }) }]),
      act: 'rollback',
    } as Proposal;
    expect(refusalOf(running, back).code).toBe('gray_running');
  });
});

describe('promote', () => {
  const promote = (more: Partial<Extract<Proposal, { act: 'promote' }>> = {}): Proposal => ({
    act: 'promote',
    pushId: 'first',
    revision: ++pushes,
    started: { order: rules({ a: 1, b: 2 }), notes: document('one') },
    ...more,
  });
  const running = done(world, gray('first', [change({ a: 5 }, ['b']), text('two')], zone('a')));

  it('gives everyone what the cohort has, which sees no change', () => {
    const after = done(running, promote());
    expect(idsOf(after)).toEqual(['g-notes', 'g-order']);
    expect(digests(after, 'a')).toEqual(digests(running, 'a'));
    expect(digests(after, 'b')).toEqual(digests(after, 'a'));
  });

  it('leaves the digests of the cohort as they are, whatever the gray and the global changes beside it', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'toString', '__proto__');
    const items = fc
      .array(fc.tuple(key, fc.nat(3)), { maxLength: 4 })
      .map((entries): Record<string, Json> => Object.fromEntries(entries));
    const words = fc.constantFrom('one', 'two', 'three');
    const property = fc.property(
      items,
      items,
      fc.subarray(['a', 'b', '__proto__']),
      items,
      words,
      words,
      (base, set, remove, moved, t1, t2) => {
        const started = { order: rules(base), notes: document(t1) };
        const begun = done(empty, everyone([{ namespace: 'order', content: started.order }, text(t1)]));
        const on = done(begun, gray('first', [change(set, remove), text(t2)], zone('a')));
        // Beside the gray, global moves keys that the gray doesn't touch.
        const own = new Set([...Object.keys(set), ...remove]);
        const rest = Object.fromEntries(Object.entries(moved).filter(([k]) => !own.has(k)));
        const before = done(on, everyone([change(rest)]));
        const after = done(before, promote({ started }));
        expect(digests(after, 'a')).toEqual(digests(before, 'a'));
        expect(digests(after, 'b')).toEqual(digests(before, 'a'));
        expect(idsOf(after)).toEqual(['g-notes', 'g-order']);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('asks when global changed the same key to something else meanwhile, and does what is chosen', () => {
    const moved = done(running, everyone([change({ a: 7, b: 9 }), text('three')], 'keep'));
    const refusal = refusalOf(moved, promote());
    expect(refusal.code).toBe('merge_conflict');
    expect(refusal.conflicts).toEqual([
      { namespace: 'order', key: 'a', base: 1, yours: 5, theirs: 7, conflict: true },
      { namespace: 'order', key: 'b', base: 2, theirs: 9, conflict: true },
      {
        namespace: 'notes',
        key: '',
        base: document('one'),
        yours: document('two'),
        theirs: document('three'),
        conflict: true,
      },
    ]);
    expect(refusalOf(moved, promote({ choices: { order: { a: 'gray' } } })).conflicts).toHaveLength(2);
    const chosen = promote({ choices: { order: { a: 'global', b: 'gray' }, notes: { '': 'global' } } });
    expect(digests(done(moved, chosen), 'b')).toEqual([
      contentDigest(rules({ a: 7 }), sha256),
      contentDigest(document('three'), sha256),
    ]);
  });

  it('does not ask when both came to the same', () => {
    const moved = done(running, everyone([change({ a: 5 }, ['b'])], 'keep'));
    expect(digests(done(moved, promote()), 'b')[0]).toBe(contentDigest(rules({ a: 5 }), sha256));
  });

  it('says when a group in between would win, and goes on when told', () => {
    const grouped = done(running, {
      act: 'push',
      mode: 'group',
      pushId: 'p-group',
      revision: ++pushes,
      all: [{ label: 'tier', op: 'exists' }],
      changes: [{ ...change({ a: 3 }), layerId: 'l-group' }],
    });
    const refusal = refusalOf(grouped, promote());
    expect(refusal).toMatchObject({ code: 'group_wins', clashes: [{ layerId: 'l-group', keys: ['a'] }] });
    expect(idsOf(done(grouped, promote({ groupsWin: true })))).toContain('l-group');
  });

  it('makes the first global layer of a namespace that had none', () => {
    const only = done(empty, gray('first', [change({ a: 5 })], zone('a')));
    const after = done(only, promote({ started: {} }));
    expect(digests(after, 'b')[0]).toBe(digests(only, 'a')[0]);
  });
});

describe('what can not be carried out', () => {
  const code = (proposal: Proposal): string => refusalOf(world, proposal).code;
  const single = (changes: readonly Change[]): Proposal => ({
    act: 'push',
    mode: 'single',
    pushId: 'p',
    revision: 1,
    instanceId: 'i',
    changes: changes.map((each, index) => ({ ...each, layerId: `l-${index}` })),
  });

  it('is refused with a reason', () => {
    expect(code(everyone([{ namespace: 'other', patch: { set: {}, remove: [] } }]))).toBe(
      'unknown_namespace',
    );
    expect(code(everyone([change({ a: 1 }), change({ b: 1 })]))).toBe('named_twice');
    expect(code(everyone([{ namespace: 'notes', patch: { set: {}, remove: [] } }]))).toBe('wrong_kind');
    expect(code(everyone([{ namespace: 'order', content: document('x') }]))).toBe('wrong_kind');
    expect(code(single([{ namespace: 'order', content: rules({}) }]))).toBe('wrong_kind');
    expect(code({ act: 'abandon', pushId: 'gone', revision: 1 })).toBe('nothing_aimed');
    expect(code({ act: 'promote', pushId: 'gone', revision: 1, started: {} })).toBe('nothing_aimed');
    expect(code({ act: 'step', pushId: 'gone', revision: 1, audience: some })).toBe('nothing_aimed');
  });

  it('changes nothing, not even in namespaces that came first', () => {
    const before = JSON.stringify(world);
    refusalOf(world, everyone([change({ a: 9 }), { namespace: 'other', patch: { set: {}, remove: [] } }]));
    expect(JSON.stringify(world)).toBe(before);
  });

  it('an abandon gives the cohort back what the others have', () => {
    const running = done(world, gray('first', [change({ a: 5 }), text('two')], zone('a')));
    const after = done(running, { act: 'abandon', pushId: 'first', revision: ++pushes });
    expect(digests(after, 'a')).toEqual(digests(world, 'b'));
    expect(idsOf(after)).toEqual(idsOf(world));
  });
});

describe('mergeGray', () => {
  it('touches no key but those of the gray', () => {
    const patch: ItemsPatch = { set: { a: 1 }, remove: ['b'] };
    const current = rules({ b: 1, c: 3, d: 4 });
    expect(mergeGray('rules', rules({ b: 1 }), current, patch).content).toEqual(applyPatch(current, patch));
  });

  it('takes a key that global deleted meanwhile for a conflict', () => {
    const merge = mergeGray('rules', rules({ a: 1 }), rules({}), { set: { a: 2 }, remove: [] });
    expect(merge.conflicts).toEqual([{ key: 'a', base: 1, yours: 2, conflict: true }]);
  });
});
