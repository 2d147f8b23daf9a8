import {
  type AimedChange,
  type Content,
  diffContent,
  type Item,
  type ItemsPatch,
  SluiceError,
} from '@sluice/core';
import type { PushChange } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { isSealed } from '../env/sealed-value.ts';
import type { Caller } from '../http/caller.ts';
import { invalidField } from '../http/invalid.ts';
import { baseMoved } from '../releases/base-moved.ts';
import { composed } from '../releases/composed.ts';
import type { ContentCheck, Shape } from '../releases/content/content-check.ts';
import { bringsScripts } from '../releases/content/new-scripts.ts';
import { originOf } from '../releases/content/origin.ts';
import type { Sealed } from '../releases/content/sealed.ts';
import { draftsStore } from '../releases/drafts.store.ts';
import type { NamespaceInForce } from '../releases/layers.read.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { keysOf } from '../releases/release-writer.ts';
import { releasesStore } from '../releases/releases.store.ts';
import { changed, patched } from '../releases/wanted-content.ts';
import { wrongState } from './refusals.ts';
import { contentOfRow, globalRow, type Standing } from './standing.ts';

/** What a push changes in one namespace, checked. */
export interface WantedChange {
  readonly namespace: NamespaceInForce;
  readonly change: AimedChange;
  readonly base: number;
  /** What everybody, or those whom the layer is for, would hold over what is global now. */
  readonly sealed: Sealed;
  /** What it decides; a document has the key `''`. */
  readonly keys: readonly string[];
  readonly hasNewScripts: boolean;
  /** The version of the draft that this is. */
  readonly draftVersion?: number;
}

export interface WantedInput {
  readonly changes: readonly PushChange[];
  /** Whether it is for some instances, and so a layer. */
  readonly isAimed: boolean;
  readonly caller: Caller;
  /** The id of the layer of the namespace at this place. */
  readonly layerIds: readonly string[];
}

export function shapeOf({ kind, format, schema, linkId, linked }: NamespaceInForce): Shape {
  const below = linked && inheritedOf({ kind, linked });
  return {
    kind,
    format,
    schema: schema ?? null,
    ...(linkId !== undefined && { linkId }),
    ...(below && { beneath: below }),
  };
}

/** The same for a content that has what it inherits in it already. */
export function shapeOfWhole(namespace: NamespaceInForce): Shape {
  const { beneath: _, ...shape } = shapeOf(namespace);
  return shape;
}

/** What comes from a public namespace. */
const inheritedOf = ({ kind, linked = [] }: Pick<NamespaceInForce, 'kind' | 'linked'>): Content | undefined =>
  composed(
    kind,
    linked.map((layer) => contentOfRow(layer)!),
  );

/** Reads what was asked for, on the base that it names. What is live already falls out; something must be left. */
export async function wantedChanges(
  manager: EntityManager,
  standing: Standing,
  check: ContentCheck,
  { changes, isAimed, caller, layerIds }: WantedInput,
): Promise<readonly WantedChange[]> {
  const wanted: WantedChange[] = [];
  const seen = new Set<string>();
  for (const [index, asked] of changes.entries()) {
    const at = `changes.${index}`;
    if (seen.has(asked.namespace))
      throw invalidField(`${at}.namespace`, {
        en: `"${asked.namespace}" is there twice; put what changes in it into one change`,
        zh: `“${asked.namespace}”重复；请把对它的修改合并为一项`,
      });
    seen.add(asked.namespace);
    const namespace = standing.inForce.namespaces.find((each) => each.name === asked.namespace);
    if (!namespace)
      throw new SluiceError('not_found', {
        what: { en: `namespace "${asked.namespace}"`, zh: `命名空间“${asked.namespace}”` },
      });
    const { own, whole, content, draftVersion } = await readChange(manager, asked, {
      namespace,
      isAimed,
      caller,
      at,
    });
    const around = isAimed ? shapeOfWhole(namespace) : shapeOf(namespace);
    const sealed = check.check(content, around, { ...originOf(asked, at), namespace: namespace.name });
    const layerId = layerIds[index]!;
    const patch = 'changes' in asked ? (asked.changes as ItemsPatch) : undefined;
    const one = isAimed
      ? aimed({ namespace, layerId, live: whole, content, patch })
      : globally({ namespace, layerId, live: own, content });
    if (one)
      wanted.push({
        namespace,
        base: asked.base!,
        sealed,
        hasNewScripts: bringsScripts(whole, content),
        ...one,
        ...(draftVersion !== undefined && { draftVersion }),
      });
  }
  if (wanted.length === 0)
    throw wrongState({
      en: 'this is exactly what is live already, so nothing would change',
      zh: '内容与线上完全相同，不会有任何变化',
    });
  return wanted;
}

interface Reading {
  readonly namespace: NamespaceInForce;
  readonly isAimed: boolean;
  readonly caller: Caller;
  readonly at: string;
}

/** A layer for some lies over all that everybody has; what is for everyone changes only what is its own. */
async function readChange(
  manager: EntityManager,
  asked: PushChange,
  { namespace, isAimed, caller, at }: Reading,
) {
  if (asked.base === undefined) throw new SluiceError('precondition_required');
  const own = contentOfRow(globalRow(namespace));
  const whole = isAimed ? wholeOf(namespace, own) : own;
  const isPatch = 'changes' in asked;
  const place = { namespace, live: isPatch ? whole : own, caller, at };
  const { content, draftVersion } = await contentOf(manager, asked, { base: asked.base }, place);
  return { own, whole, content: isAimed && !isPatch ? wholeOf(namespace, content)! : content, draftVersion };
}

/** What everybody has whose own content this is: with what is inherited, once something is live. */
function wholeOf(namespace: NamespaceInForce, own: Content | undefined): Content | undefined {
  const below = own && inheritedOf(namespace);
  return below ? composed(namespace.kind, [below, own]) : own;
}

interface Source {
  readonly namespace: NamespaceInForce;
  readonly layerId: string;
  readonly live: Content | undefined;
  readonly content: Content;
}

type Sourced = Pick<WantedChange, 'change' | 'keys'> | undefined;

function globally({ namespace, layerId, live, content }: Source): Sourced {
  const keys = keysOf(diffContent(live, content));
  if (live && keys.length === 0) return undefined;
  return { keys, change: { namespace: namespace.name, layerId, content } };
}

/** A layer is a patch, or a whole document; from a whole map it is what differs from the global one. */
function aimed(source: Source & { patch: ItemsPatch | undefined }): Sourced {
  const { namespace, layerId, live, content } = source;
  const { name } = namespace;
  if (namespace.kind === 'document') {
    const keys = keysOf(diffContent(live, content));
    return keys.length === 0 ? undefined : { keys, change: { namespace: name, layerId, content } };
  }
  const patch = source.patch ?? patchBetween(live, content);
  if (!source.patch) refuseStrangeSecrets(namespace, patch);
  const keys = [...new Set([...Object.keys(patch.set), ...patch.remove])].sort();
  return keys.length === 0 ? undefined : { keys, change: { namespace: name, layerId, patch } };
}

/** A secret opens only where it was written: it can be taken back for everyone, but not be copied into a layer. */
function refuseStrangeSecrets(namespace: NamespaceInForce, { set }: ItemsPatch): void {
  const inherited = inheritedOf(namespace);
  if (inherited?.kind !== 'map') return;
  const key = Object.keys(set).find((each) => {
    const below = Object.hasOwn(inherited.items, each) ? inherited.items[each] : undefined;
    return isSealed(below?.value) && below.value === (set[each] as Item).value;
  });
  if (key !== undefined)
    throw wrongState({
      en: `"${key}" is a secret of the public namespace, which cannot be copied into a layer for some instances; take the override back for everyone`,
      zh: `“${key}”是公共命名空间的机密，无法复制到面向部分实例的层；请对所有实例取消覆盖`,
    });
}

function patchBetween(live: Content | undefined, content: Content): ItemsPatch {
  const diff = diffContent(live, content);
  if (diff.of === 'text') return { set: {}, remove: [] };
  const set = diff.changes.filter((change) => change.change !== 'removed');
  return {
    set: Object.fromEntries(set.map((change) => [change.key, change.after as unknown as Item])),
    remove: diff.changes.filter((change) => change.change === 'removed').map((change) => change.key),
  };
}

interface Place {
  readonly namespace: NamespaceInForce;
  readonly live: Content | undefined;
  readonly caller: Caller;
  readonly at: string;
}

async function contentOf(
  manager: EntityManager,
  asked: PushChange,
  { base }: { readonly base: number },
  { namespace, live, caller, at }: Place,
): Promise<{ content: Content; draftVersion?: number }> {
  const moved = async (yours: Content, from: number, draftVersion?: number): Promise<SluiceError> => {
    const row = await manager.findOneByOrFail(NamespaceEntity, { id: namespace.namespaceId });
    return baseMoved(manager, row, {
      base: from,
      yours,
      ...(draftVersion !== undefined && { draftVersion }),
    });
  };
  if ('draft' in asked) {
    const draft = await draftsStore.of(manager, namespace.namespaceId, caller.principal.id);
    if (!draft)
      throw wrongState({
        en: `you have no draft of "${namespace.name}"; save one first`,
        zh: `你没有“${namespace.name}”的草稿，请先保存`,
      });
    const content = JSON.parse(draft.content) as Content;
    if (base !== namespace.revision || draft.baseRevision !== namespace.revision)
      throw await moved(content, draft.baseRevision, draft.version);
    return { content, draftVersion: draft.version };
  }
  const isMoved = base !== namespace.revision;
  if ('content' in asked) {
    if (isMoved) throw await moved(asked.content as Content, base);
    return { content: asked.content as Content };
  }
  const changes = asked.changes as ItemsPatch;
  if (!isMoved) return { content: changed(namespace, live, changes, `${at}.changes`) };
  const before = await releasesStore.contentAt(manager, namespace.namespaceId, base);
  throw await moved(patched(namespace, before, changes, `${at}.changes`), base);
}
