import type { Content, NamespaceKind } from '../model/content.ts';
import type { LayerKind, ParsedLayer } from '../model/layer.ts';
import { compose, inOrder } from './compose.ts';
import { diffContent, type ItemChange } from './diff.ts';
import { contentDigest, type Hash } from './digest.ts';

/** The layer that decides a key: the last that sets or removes it. */
export interface Decider {
  readonly layerId: string;
  readonly kind: LayerKind;
}

/** One effective value that becomes another, with the layers that decide it; a document's text has the key `''`. */
export interface EffectiveChange extends ItemChange {
  readonly decidedBefore?: Decider;
  readonly decidedAfter?: Decider;
}

/** What layers compose to, before and after; a digest is absent where nothing is held. */
export interface EffectiveDifference {
  readonly before?: string;
  readonly after?: string;
  /** Keys in canonical order. */
  readonly changes: readonly EffectiveChange[];
}

/** How what an instance effectively holds of one namespace changes; undefined when its digest stays the same. */
export function effectiveDifference(
  kind: NamespaceKind,
  layersBefore: readonly ParsedLayer[],
  layersAfter: readonly ParsedLayer[],
  hash: Hash,
): EffectiveDifference | undefined {
  const [old, now] = [layersBefore, layersAfter].map((layers) => compose(kind, layers)?.content);
  const before = old && contentDigest(old, hash);
  const after = now && contentDigest(now, hash);
  if (before === after) return undefined;
  const changes = itemChanges(old, now).map((change): EffectiveChange => {
    const decidedBefore = deciderOf(layersBefore, change.key);
    const decidedAfter = deciderOf(layersAfter, change.key);
    return { ...change, ...(decidedBefore && { decidedBefore }), ...(decidedAfter && { decidedAfter }) };
  });
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }), changes };
}

function itemChanges(before: Content | undefined, after: Content | undefined): readonly ItemChange[] {
  const diff = diffContent(before, after);
  if (diff.of === 'items') return diff.changes;
  if (!before) return [{ key: '', change: 'added', after: diff.after }];
  if (!after) return [{ key: '', change: 'removed', before: diff.before }];
  return [{ key: '', change: 'changed', before: diff.before, after: diff.after }];
}

function deciderOf(layers: readonly ParsedLayer[], key: string): Decider | undefined {
  const layer = inOrder(layers).findLast(({ value }) => {
    if ('set' in value) return Object.hasOwn(value.set, key) || value.remove.includes(key);
    return value.kind === 'document' || Object.hasOwn(value.items, key);
  });
  return layer && { layerId: layer.id, kind: layer.kind };
}
