import { type Answer, accept } from '../errors/refusal.ts';
import { type Content, emptyContent, type ItemsPatch, takenAway } from '../model/content.ts';
import { type AimedLayer, type Audience, areDisjoint } from './audience.ts';
import { canonicalText } from './canonical.ts';
import { compose } from './compose.ts';
import { diffContent } from './diff.ts';
import type { Hash } from './digest.ts';
import { isInForce } from './expiry.ts';
import { clashes, grayClashes, type LayerClash, mergeGray, touchedKeys } from './gray-conflict.ts';
import { applyPatch } from './patch.ts';
import {
  type AimedNamespace,
  type AimedProposal,
  type Change,
  type GlobalProposal,
  type GrayProposal,
  type Proposal,
  type ProposalRefusal,
  refuseClash,
  refuseProposal,
  wordsOf,
} from './proposal.ts';

type Applied = Answer<readonly AimedNamespace[], ProposalRefusal>;
type Step = Extract<GrayProposal, { act: 'step' }>;
type Promotion = Extract<GrayProposal, { act: 'promote' }>;

/**
 * The namespaces as they are once `proposal` is carried out, without layers whose time is over; or why it can't be.
 * The one function behind both the preview and the push itself. A namespace that doesn't change is the same object.
 */
export function applyProposal(
  namespaces: readonly AimedNamespace[],
  proposal: Proposal,
  hash: Hash,
): Applied {
  const inForce = namespaces.map((namespace) =>
    namespace.layers.every(isInForce) ? namespace : withLayers(namespace, namespace.layers.filter(isInForce)),
  );
  switch (proposal.act) {
    case 'push':
    case 'rollback':
      return proposal.mode === 'global'
        ? applyGlobal(inForce, proposal, hash)
        : applyAimed(inForce, proposal, hash);
    case 'step':
      return stepGray(inForce, proposal);
    case 'promote':
      return promote(inForce, proposal, hash);
    case 'abandon':
      if (!inForce.some((namespace) => layersOf(namespace, proposal.pushId).length > 0))
        return refuseProposal('nothing_aimed', { push: proposal.pushId });
      return accept(withoutPushes(inForce, new Set([proposal.pushId])));
  }
}

const withLayers = (namespace: AimedNamespace, layers: readonly AimedLayer[]): AimedNamespace => ({
  ...namespace,
  layers,
});

/** The layers that a push laid for some instances. */
const layersOf = (namespace: AimedNamespace, pushId: string): AimedLayer[] =>
  namespace.layers.filter((layer) => layer.kind !== 'global' && layer.pushId === pushId);

/** What the namespace itself says to everyone; layers that it links are global too. */
export const ownGlobal = <L extends { readonly id: string }>(namespace: {
  readonly globalId: string;
  readonly layers: readonly L[];
}): L | undefined => namespace.layers.find((layer) => layer.id === namespace.globalId);

const globalOf = (namespace: AimedNamespace): Content | undefined =>
  ownGlobal(namespace)?.value as Content | undefined;

function withoutPushes(
  namespaces: readonly AimedNamespace[],
  pushIds: ReadonlySet<string>,
): readonly AimedNamespace[] {
  const isOut = (layer: AimedLayer): boolean =>
    layer.kind !== 'global' && layer.pushId !== undefined && pushIds.has(layer.pushId);
  return namespaces.map((namespace) =>
    namespace.layers.some(isOut)
      ? withLayers(
          namespace,
          namespace.layers.filter((layer) => !isOut(layer)),
        )
      : namespace,
  );
}

/** `layer` in the place of the one that has its id. */
function laid(
  namespace: AimedNamespace,
  value: Content | ItemsPatch,
  head: Omit<AimedLayer, 'value' | 'body' | 'digest'>,
  hash: Hash,
): AimedNamespace {
  const body = canonicalText(value);
  const layer: AimedLayer = { ...head, body, digest: hash(body), value };
  return withLayers(namespace, [...namespace.layers.filter((other) => other.id !== layer.id), layer]);
}

function laidGlobal(
  namespace: AimedNamespace,
  content: Content,
  { pushId, revision }: { readonly pushId: string; readonly revision: number },
  hash: Hash,
): AimedNamespace {
  const lacking = (namespace.linked ?? []).filter(({ id }) => !namespace.layers.some((l) => l.id === id));
  const rest = withLayers(namespace, [...lacking, ...namespace.layers]);
  const head = { id: namespace.globalId, kind: 'global', order: 0, revision, pushId } as const;
  return laid(rest, content, { ...head, audience: { who: 'everyone' } }, hash);
}

/** Does `change` to each namespace that is named, until one can't be. */
function inEach<C extends Change>(
  namespaces: readonly AimedNamespace[],
  changes: readonly C[],
  change: (namespace: AimedNamespace, change: C) => Answer<AimedNamespace, ProposalRefusal>,
): Applied {
  const next = [...namespaces];
  const done = new Set<string>();
  for (const each of changes) {
    if (done.has(each.namespace)) return refuseProposal('named_twice', { namespace: each.namespace });
    done.add(each.namespace);
    const index = next.findIndex((namespace) => namespace.name === each.namespace);
    const found = next[index];
    if (!found) return refuseProposal('unknown_namespace', { namespace: each.namespace });
    const answer = change(found, each);
    if (!answer.ok) return answer;
    next[index] = answer.value;
  }
  return accept(next);
}

/** What a change lays; undefined when the kind of the namespace can't take it. */
function valueFor(
  namespace: AimedNamespace,
  change: Change,
  isGlobal: boolean,
): Content | ItemsPatch | undefined {
  const isDocument = namespace.kind === 'document';
  if ('content' in change)
    return change.content.kind === namespace.kind && (isGlobal || isDocument) ? change.content : undefined;
  if (isDocument) return undefined;
  if (isGlobal) return applyPatch(globalOf(namespace) ?? emptyContent(namespace.kind), change.patch);
  return { set: change.patch.set, remove: [...new Set(change.patch.remove)].sort() };
}

const wrongKind = ({ name, kind }: AimedNamespace) => refuseProposal('wrong_kind', { namespace: name, kind });

function applyGlobal(namespaces: readonly AimedNamespace[], proposal: GlobalProposal, hash: Hash): Applied {
  const changed = inEach(namespaces, proposal.changes, (namespace, change) => {
    const content = valueFor(namespace, change, true) as Content | undefined;
    return content ? accept(laidGlobal(namespace, content, proposal, hash)) : wrongKind(namespace);
  });
  if (!changed.ok || proposal.grays === 'keep') return changed;
  const running = changed.value.flatMap((namespace, index) => {
    const before = namespaces[index]!;
    if (namespace === before) return [];
    const grays = before.layers.filter((layer) => layer.kind === 'gray');
    return clashes(namespace.name, difference(globalOf(before), globalOf(namespace)), grays);
  });
  if (running.length === 0) return changed;
  if (proposal.grays === undefined) return refuseClash('gray_running', running);
  return accept(withoutPushes(changed.value, new Set(running.map((clash) => clash.pushId))));
}

/** The keys that come out different, as what touches them. */
function difference(before: Content | undefined, after: Content | undefined): ReadonlySet<string> {
  const diff = diffContent(before, after);
  if (diff.of === 'items') return new Set(diff.changes.map((change) => change.key));
  return new Set(diff.same ? [] : ['']);
}

function applyAimed(namespaces: readonly AimedNamespace[], proposal: AimedProposal, hash: Hash): Applied {
  const { mode, pushId, revision, order = 0, expiresInMs } = proposal;
  const audience = audienceOf(proposal);
  const head = {
    kind: kindOf[mode],
    order,
    revision,
    pushId,
    audience,
    ...(expiresInMs !== undefined && { expiresInMs }),
  };
  const changed = inEach(namespaces, proposal.changes, (namespace, change) => {
    const value = valueFor(namespace, change, false);
    if (!value) return wrongKind(namespace);
    return accept(laid(namespace, value, { ...head, id: change.layerId }, hash));
  });
  return changed.ok ? besideOtherGrays(changed.value, pushId) : changed;
}

const kindOf = { single: 'instance', group: 'group', gray: 'gray' } as const;

function audienceOf(proposal: AimedProposal): Audience {
  switch (proposal.mode) {
    case 'single':
      return { who: 'instances', ids: [proposal.instanceId] };
    case 'group':
      return { who: 'labels', all: proposal.all };
    case 'gray':
      return proposal.audience;
  }
}

/** Refuses when a gray of this push stands on keys of another one's, and may share instances with it. */
function besideOtherGrays(namespaces: readonly AimedNamespace[], pushId: string): Applied {
  const found = namespaces.flatMap((namespace) =>
    layersOf(namespace, pushId)
      .filter((layer) => layer.kind === 'gray')
      .flatMap((layer) => grayClashes(namespace.name, layer, namespace.layers)),
  );
  return found.length > 0 ? refuseClash('gray_clash', found) : accept(namespaces);
}

/** The same layers for other instances: the next step of a gray, or a cohort in which a member was replaced. */
function stepGray(namespaces: readonly AimedNamespace[], proposal: Step): Applied {
  const { pushId, revision, audience } = proposal;
  const isGray = (layer: AimedLayer): boolean => layer.kind === 'gray' && layer.pushId === pushId;
  if (!namespaces.some((namespace) => namespace.layers.some(isGray)))
    return refuseProposal('nothing_aimed', { push: pushId });
  const stepped = namespaces.map((namespace) =>
    namespace.layers.some(isGray)
      ? withLayers(
          namespace,
          namespace.layers.map((layer) => (isGray(layer) ? { ...layer, audience, revision } : layer)),
        )
      : namespace,
  );
  return besideOtherGrays(stepped, pushId);
}

/** Merges the gray layers of a push into global, and takes them away, at once: their cohort sees no change. */
function promote(namespaces: readonly AimedNamespace[], proposal: Promotion, hash: Hash): Applied {
  const { pushId, started, choices = {}, groupsWin = false } = proposal;
  const conflicts: NonNullable<ProposalRefusal['conflicts']>[number][] = [];
  const masks: LayerClash[] = [];
  let found = false;
  const merged = namespaces.map((namespace) => {
    const { name, kind, layers } = namespace;
    const gray = layersOf(namespace, pushId).find((layer) => layer.kind === 'gray');
    if (!gray) return namespace;
    found = true;
    const merge = mergeGray(
      kind,
      ownOf(started, name),
      globalOf(namespace),
      gray.value,
      ownOf(choices, name),
    );
    if (merge.conflicts) conflicts.push(...merge.conflicts.map((entry) => ({ namespace: name, ...entry })));
    const groups = layers.filter(
      (layer) => layer.kind === 'group' && !areDisjoint(layer.audience, gray.audience),
    );
    masks.push(...clashes(name, touchedKeys(gray.value), groups));
    if (!merge.content) return namespace;
    const content = stillTakenAway(merge.content, gray, namespace, ownOf(choices, name) ?? {});
    return laidGlobal(namespace, content, proposal, hash);
  });
  if (!found) return refuseProposal('nothing_aimed', { push: pushId });
  const [first] = conflicts;
  if (first) {
    const keys = wordsOf(
      conflicts.filter((entry) => entry.namespace === first.namespace).map((entry) => entry.key),
    );
    return refuseProposal('merge_conflict', { namespace: first.namespace, keys }, { conflicts });
  }
  if (masks.length > 0 && !groupsWin) return refuseClash('group_wins', masks);
  return accept(withoutPushes(merged, new Set([pushId])));
}

/** A gray that removes what is inherited goes on doing so when it is everyone's, or its cohort would see it again. */
function stillTakenAway(
  content: Content,
  { value }: AimedLayer,
  { kind, linked = [] }: AimedNamespace,
  choices: Readonly<Record<string, 'gray' | 'global'>>,
): Content {
  const inherited = compose(kind, linked)?.content;
  if (!('set' in value) || content.kind === 'document' || !inherited || inherited.kind === 'document')
    return content;
  const keys = value.remove.filter(
    (key) => Object.hasOwn(inherited.items, key) && ownOf(choices, key) !== 'global',
  );
  const marks = Object.fromEntries(keys.map((key) => [key, takenAway]));
  return keys.length === 0 ? content : applyPatch(content, { set: marks, remove: [] });
}

/** What a record has under a name of its own: a namespace may be called `toString`. */
const ownOf = <T>(all: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined;
