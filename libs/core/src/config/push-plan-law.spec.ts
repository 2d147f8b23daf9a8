import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Content, ItemsPatch } from '../model/content.ts';
import { applyProposal } from './apply-proposal.ts';
import type { Audience } from './audience.ts';
import type {
  AimedNamespace,
  AimedProposal,
  Change,
  GlobalProposal,
  Proposal,
  ProposalRefusal,
} from './proposal.ts';
import { type PlannedInstance, type PushPlan, planPush } from './push-plan.ts';
import type { LabelTerm } from './select.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/*
 * The oracle: a book that knows nothing of layers as the product keeps them: who was given what, in the order in which it counts.
 * What it says an instance holds is compared with what was previewed.
 */
interface Given {
  readonly push: string;
  readonly id: string;
  readonly rank: number;
  readonly order: number;
  readonly since: number;
  readonly to: (instance: PlannedInstance) => boolean;
  readonly value: Content | ItemsPatch;
  readonly box: number | undefined;
}
interface Page {
  readonly everyone: Content | undefined;
  readonly given: readonly Given[];
}
type Book = Readonly<Record<Name, Page>>;
type Name = (typeof names)[number];

const kinds = { m: 'map', r: 'rules', d: 'document' } as const;
const names = ['m', 'r', 'd'] as const;
const itemsOf = (content: Content | undefined): Record<string, unknown> =>
  content && 'items' in content ? { ...content.items } : {};

function patched(content: Content | undefined, kind: Content['kind'], patch: ItemsPatch): Content {
  const items = itemsOf(content);
  for (const key of patch.remove) delete items[key];
  return { kind, items: { ...items, ...patch.set } } as Content;
}

function heldBy(instance: PlannedInstance, book: Book): Record<string, Content | undefined> {
  return Object.fromEntries(
    names.map((name) => {
      const { everyone, given } = book[name]!;
      const own = given
        .filter((layer) => layer.to(instance))
        .sort((a, b) => a.rank - b.rank || a.order - b.order || a.since - b.since);
      const start =
        own.length > 0 && !everyone && name !== 'd'
          ? patched(undefined, kinds[name], { set: {}, remove: [] })
          : everyone;
      const held = own.reduce(
        (content, { value }) => ('set' in value ? patched(content, kinds[name], value) : value),
        start,
      );
      return [name, held];
    }),
  );
}

function reaches(audience: Audience): (instance: PlannedInstance) => boolean {
  const fits =
    (terms: readonly LabelTerm[] = []) =>
    (i: PlannedInstance) =>
      terms.every((t) => (t.op === 'in') === (t.values ?? []).includes(i.labels[t.label] ?? ''));
  if (audience.who === 'everyone') return () => true;
  if (audience.who === 'labels') return fits(audience.all);
  if (audience.who !== 'percent') return (i) => audience.ids.includes(i.instanceId);
  return (i) =>
    fits(audience.among)(i) &&
    Number(BigInt(`0x${sha256(`${audience.seed}:${i.instanceId}`).slice(0, 8)}`) % 10_000n) <
      audience.basisPoints;
}

const touched = (value: Content | ItemsPatch): string[] =>
  'set' in value ? [...Object.keys(value.set), ...value.remove] : value.kind === 'document' ? [''] : [];

function changedKeys(before: Content | undefined, after: Content | undefined): string[] {
  if (after?.kind === 'document' || before?.kind === 'document')
    return isDeepStrictEqual(before, after) ? [] : [''];
  const [old, now] = [itemsOf(before), itemsOf(after)];
  return ['a', 'b', 'c', '__proto__'].filter(
    (key) => Object.hasOwn(old, key) !== Object.hasOwn(now, key) || !isDeepStrictEqual(old[key], now[key]),
  );
}

const mapPages = (book: Book, change: (page: Page, name: Name) => Page): Book => ({
  m: change(book.m, 'm'),
  r: change(book.r, 'r'),
  d: change(book.d, 'd'),
});

const withoutPush = (book: Book, pushes: ReadonlySet<string>): Book =>
  mapPages(book, (page) => ({ ...page, given: page.given.filter((layer) => !pushes.has(layer.push)) }));

/** What is true in the book once `proposal` is carried out. */
function written(book: Book, proposal: Proposal): Book {
  switch (proposal.act) {
    case 'abandon':
      return withoutPush(book, new Set([proposal.pushId]));
    case 'step':
      return mapPages(book, (page) => ({
        ...page,
        given: page.given.map((layer) =>
          layer.push === proposal.pushId
            ? { ...layer, to: reaches(proposal.audience), since: proposal.revision }
            : layer,
        ),
      }));
    case 'promote':
      return withoutPush(
        mapPages(book, (page, name) => promoted(page, name, proposal)),
        new Set([proposal.pushId]),
      );
    default:
      return proposal.mode === 'global' ? writtenGlobal(book, proposal) : writtenAimed(book, proposal);
  }
}

function promoted(page: Page, name: Name, proposal: Extract<Proposal, { act: 'promote' }>): Page {
  const gray = page.given.find((layer) => layer.push === proposal.pushId)?.value;
  if (!gray) return page;
  const choices = Object.entries(proposal.choices?.[name] ?? {});
  const isLost = (k: string): boolean => choices.some(([other, who]) => other === k && who === 'global');
  if (!('set' in gray)) return isLost('') && page.everyone ? page : { ...page, everyone: gray };
  const set = Object.fromEntries(Object.entries(gray.set).filter(([k]) => !isLost(k)));
  const remove = gray.remove.filter((k) => !isLost(k));
  return { ...page, everyone: patched(page.everyone, kinds[name], { set, remove }) };
}

function writtenGlobal(book: Book, proposal: GlobalProposal): Book {
  const ended = new Set<string>();
  const next = mapPages(book, (page, name) => {
    const change = proposal.changes.find((each) => each.namespace === name);
    if (!change) return page;
    const everyone = 'content' in change ? change.content : patched(page.everyone, kinds[name], change.patch);
    const moved = changedKeys(page.everyone, everyone);
    for (const layer of page.given)
      if (layer.rank === 2 && touched(layer.value).some((k) => moved.includes(k))) ended.add(layer.push);
    return { ...page, everyone };
  });
  return proposal.grays === 'supersede' ? withoutPush(next, ended) : next;
}

function writtenAimed(book: Book, proposal: AimedProposal): Book {
  const { pushId: push, revision: since, order = 0, mode, expiresInMs: box } = proposal;
  const to =
    mode === 'single'
      ? (i: PlannedInstance) => i.instanceId === proposal.instanceId
      : reaches(mode === 'group' ? { who: 'labels', all: proposal.all } : proposal.audience);
  const rank = { group: 1, gray: 2, single: 3 }[mode];
  return mapPages(book, (page, name) => {
    const change = proposal.changes.find((each) => each.namespace === name);
    if (!change) return page;
    const value = 'content' in change ? change.content : change.patch;
    const given = { push, id: change.layerId, rank, order, since, to, value, box };
    return { ...page, given: [...page.given.filter((layer) => layer.id !== change.layerId), given] };
  });
}

/** The shortest time box is over: in the world by what is left of it, in the book by striking it out. */
function afterASecond(book: Book, world: readonly AimedNamespace[]): [Book, readonly AimedNamespace[]] {
  const strike = mapPages(book, (page) => ({
    ...page,
    given: page.given.filter((layer) => layer.box !== 1000),
  }));
  const spent = world.map((namespace) => ({
    ...namespace,
    layers: namespace.layers.map((layer) =>
      layer.expiresInMs === 1000 ? { ...layer, expiresInMs: 0 } : layer,
    ),
  }));
  return [strike, spent];
}

const key = fc.constantFrom('a', 'b', 'c', '__proto__');
const number = fc.integer({ min: 0, max: 2 });
const entries = fc.uniqueArray(fc.tuple(key, number), { maxLength: 3, selector: ([name]) => name });
const keys = fc.uniqueArray(key, { maxLength: 2 });
const term = fc.record({
  label: fc.constantFrom('zone', 'version'),
  op: fc.constantFrom('in' as const, 'notIn' as const),
  values: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1, maxLength: 2 }),
});
const conditions = fc.array(term, { minLength: 1, maxLength: 2 });
const instanceIds = Array.from({ length: 14 }, (_, index) => `i-${index}`);
const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.record({ who: fc.constant('labels' as const), all: conditions }),
  fc.record({ who: fc.constant('instances' as const), ids: fc.subarray(instanceIds) }),
  fc.record({ who: fc.constant('pinned' as const), ids: fc.subarray(instanceIds) }),
  fc.record({
    who: fc.constant('percent' as const),
    seed: fc.constantFrom('s', 't'),
    basisPoints: fc.constantFrom(500, 2500, 6000, 10_000),
    among: fc.array(term, { maxLength: 1 }),
  }),
);
const acts = ['single', 'group', 'gray', 'global', 'rollback', 'step', 'promote', 'abandon'] as const;
const move = fc.record({
  act: fc.constantFrom(
    ...acts,
    'group',
    'gray',
    'gray',
    'gray',
    'step',
    'step',
    'step',
    'promote',
    'promote',
    'abandon',
    'abandon',
  ),
  secondPasses: fc.nat(5).map((n) => n === 0),
  changes: fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...names), set: entries, remove: keys, whole: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 3,
      selector: (change) => change.name,
    },
  ),
  audience,
  all: conditions,
  id: fc.constantFrom(...instanceIds),
  pick: fc.nat(100),
  order: fc.nat(2),
  expiresInMs: fc.option(fc.constantFrom(1000, 60_000), { nil: undefined }),
  grays: fc.constantFrom('keep' as const, 'supersede' as const),
});
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;
const fleet = fc.tuple(
  ...instanceIds.map((instanceId) =>
    fc.record({
      instanceId: fc.constant(instanceId),
      online: fc.boolean(),
      labels: fc.record({ zone: fc.constantFrom('1', '2', '3'), version: fc.constantFrom('1', '2') }),
    }),
  ),
);

function changeOf({ name, set, remove, whole }: Move['changes'][number], isGlobal: boolean): Change {
  const all = Object.fromEntries(
    set.map(([k, value]) => [k, name === 'm' ? { type: 'number', value } : value]),
  );
  if (name === 'd')
    return { namespace: name, content: { kind: 'document', format: 'text', text: JSON.stringify(set) } };
  if (whole && isGlobal) return { namespace: name, content: { kind: kinds[name], items: all } as Content };
  return { namespace: name, patch: { set: all, remove } as ItemsPatch };
}

interface State {
  readonly book: Book;
  readonly world: readonly AimedNamespace[];
}

interface Running {
  readonly pushId: string;
  readonly started: Readonly<Record<string, Content | undefined>>;
}

/** The proposal that a move asks for in this world; undefined where there is no gray to do it to. */
function proposalOf(m: Move, running: readonly Running[], revision: number): Proposal | undefined {
  const pushId = `push-${revision}`;
  const gray = running[m.pick % Math.max(1, running.length)];
  const changes = m.changes.map((change, index) => ({
    ...changeOf(change, m.act === 'global' || m.act === 'rollback'),
    // One in three group pushes is the next one of a standing group layer.
    layerId: m.act === 'group' && m.pick % 3 === 0 ? `group-${change.name}` : `${pushId}-${index}`,
  }));
  const box = { order: m.order, ...(m.expiresInMs !== undefined && { expiresInMs: m.expiresInMs }) };
  switch (m.act) {
    case 'single':
      return { act: 'push', mode: 'single', pushId, revision, changes, instanceId: m.id, ...box };
    case 'group':
      return { act: 'push', mode: 'group', pushId, revision, changes, all: m.all, ...box };
    case 'gray':
      return { act: 'push', mode: 'gray', pushId, revision, changes, audience: m.audience, ...box };
    case 'global':
    case 'rollback':
      return {
        act: m.act === 'global' ? 'push' : 'rollback',
        mode: 'global',
        pushId,
        revision,
        changes,
        grays: m.grays,
      };
    case 'step':
      return gray && { act: 'step', pushId: gray.pushId, revision, audience: m.audience };
    case 'abandon':
      return gray && { act: 'abandon', pushId: gray.pushId, revision };
    case 'promote':
      return gray && { act: 'promote', pushId: gray.pushId, revision, started: gray.started };
  }
}

const start: Book = {
  m: { everyone: undefined, given: [] },
  r: { everyone: { kind: 'rules', items: { a: 1 } }, given: [] },
  d: { everyone: undefined, given: [] },
};
const valueAt = (content: Content | undefined, name: string): unknown =>
  content?.kind === 'document' ? content.text : new Map(Object.entries(itemsOf(content))).get(name);

const emptyWorld: readonly AimedNamespace[] = names.map((name) => ({
  name,
  kind: kinds[name],
  globalId: `global-${name}`,
  layers: [],
}));

/** The world that the book begins with. */
function begun(): readonly AimedNamespace[] {
  const changes = [{ namespace: 'r', content: start.r.everyone! }];
  const answer = applyProposal(
    emptyWorld,
    { act: 'push', mode: 'global', pushId: 'push-1', revision: 1, changes },
    sha256,
  );
  if (!answer.ok) throw new Error(answer.refusal.en);
  return answer.value;
}

/** The gray layers of a push, in whatever namespaces. */
const grayOf = (book: Book, pushId: string): Given[] =>
  names.flatMap((name) => book[name].given.filter((layer) => layer.rank === 2 && layer.push === pushId));

/** Every conflict settled one way or the other. */
function settled(proposal: Proposal, refusal: ProposalRefusal, dice: number): Proposal {
  const conflicts = refusal.conflicts ?? [];
  const choices = Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        conflicts
          .filter((entry) => entry.namespace === name)
          .map((entry, index) => [entry.key, (dice + index) % 2 ? ('gray' as const) : ('global' as const)]),
      ),
    ]),
  );
  return proposal.act === 'promote' ? { ...proposal, choices, groupsWin: true } : proposal;
}

function expectPreviewed(
  plan: PushPlan,
  instances: readonly PlannedInstance[],
  before: Book,
  after: Book,
): void {
  const wanted = instances.filter((i) => !isDeepStrictEqual(heldBy(i, before), heldBy(i, after)));
  expect(plan.targets.map((target) => target.instanceId)).toEqual(wanted.map((i) => i.instanceId).sort());
  for (const { instanceId, variant, reasons } of plan.targets) {
    const instance = instances.find((i) => i.instanceId === instanceId)!;
    const [had, has] = [heldBy(instance, before), heldBy(instance, after)];
    expect(reasons.length).toBeGreaterThan(0);
    const changed = names.filter((name) => !isDeepStrictEqual(had[name], has[name]));
    const { namespaces } = plan.variants[variant]!;
    expect(namespaces.map((change) => change.namespace)).toEqual(changed);
    for (const { namespace, changes } of namespaces) {
      const keysThere = changedKeys(had[namespace], has[namespace]).sort();
      expect(changes.map((change) => [change.key, change.before, change.after])).toEqual(
        keysThere.map((k) => [k, valueAt(had[namespace], k), valueAt(has[namespace], k)]),
      );
    }
  }
}

/** Nobody ever has one key of two grays. */
function expectGraysApart(instances: readonly PlannedInstance[], book: Book): void {
  for (const name of names)
    for (const instance of instances) {
      const grays = book[name].given.filter((layer) => layer.rank === 2 && layer.to(instance));
      const decided = grays.flatMap((layer) => touched(layer.value).map((k) => [k, layer.push] as const));
      for (const [k, push] of decided)
        expect(decided.every(([other, by]) => other !== k || by === push)).toBe(true);
    }
}

describe('planPush', () => {
  it('previews exactly the instances that change, in every mode, and what they change to', () => {
    const done = new Map<string, number>();
    const count = (what: string): void => void done.set(what, (done.get(what) ?? 0) + 1);

    function tried(
      m: Move,
      asked: Proposal,
      instances: readonly PlannedInstance[],
      { book, world }: State,
    ): State | undefined {
      let [proposal, planned] = [asked, planPush(instances, world, asked, sha256)];
      if (planned.ok && proposal.act === 'promote') {
        // Nobody has to choose and no group is in between: who has the gray sees no change.
        const gray = grayOf(book, proposal.pushId);
        const moved = new Set(planned.value.targets.map((target) => target.instanceId));
        const members = instances.filter((instance) => gray.every((layer) => layer.to(instance)));
        expect(members.filter((instance) => moved.has(instance.instanceId))).toEqual([]);
        count('seamless promote');
      } else if (!planned.ok && proposal.act === 'promote') {
        count(planned.refusal.code);
        proposal = settled(proposal, planned.refusal, m.pick);
        planned = planPush(instances, world, proposal, sha256);
      }
      const applied = applyProposal(world, proposal, sha256);
      expect(applied.ok).toBe(planned.ok);
      if (!applied.ok || !planned.ok) {
        expect(m.act === 'gray' || m.act === 'step').toBe(true);
        count('refused');
        return undefined;
      }
      const after = written(book, proposal);
      expectPreviewed(planned.value, instances, book, after);
      expectGraysApart(instances, after);
      if (planned.value.targets.length > 0) count(m.act);
      return { book: after, world: applied.value };
    }

    function run(instances: readonly PlannedInstance[], moves: readonly Move[]): void {
      let state: State = { book: start, world: begun() };
      let running: readonly Running[] = [];
      for (const [index, m] of moves.entries()) {
        if (m.secondPasses) {
          const [book, world] = afterASecond(state.book, state.world);
          state = { book, world };
        }
        const { book } = state;
        running = running.filter((gray) => grayOf(book, gray.pushId).length > 0);
        const proposal = proposalOf(m, running, index + 2);
        const next = proposal && tried(m, proposal, instances, state);
        if (!next) continue;
        if (m.act === 'gray') {
          const started = { m: book.m.everyone, r: book.r.everyone, d: book.d.everyone };
          running = [...running, { pushId: proposal.pushId, started }];
        }
        state = next;
      }
    }

    fc.assert(fc.property(fleet, fc.array(move, { minLength: 12, maxLength: 28 }), run), { numRuns: 400 });
    for (const act of acts) expect([act, (done.get(act) ?? 0) >= 200]).toEqual([act, true]);
    for (const what of ['seamless promote', 'merge_conflict', 'group_wins', 'refused'])
      expect([what, (done.get(what) ?? 0) >= 1]).toEqual([what, true]);
  });
});
