import { type Content, emptyContent, type ItemsPatch, type NamespaceKind } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { type AimedLayer, areDisjoint } from './audience.ts';
import { sameData } from './canonical.ts';
import type { ThreeWayEntry } from './diff.ts';
import { isInForce } from './expiry.ts';
import { applyPatch } from './patch.ts';

/** The keys that a layer decides for those it reaches: those it sets or removes; a document has the single key `''`. */
export function touchedKeys(value: Content | ItemsPatch): ReadonlySet<string> {
  if ('set' in value) return new Set([...Object.keys(value.set), ...value.remove]);
  return new Set(value.kind === 'document' ? [''] : Object.keys(value.items));
}

/** Another layer that decides the same keys of a namespace, perhaps for the same instances. */
export interface LayerClash {
  readonly namespace: string;
  readonly layerId: string;
  /** The push that laid the other layer. */
  readonly pushId: string;
  /** In canonical order. */
  readonly keys: readonly string[];
}

/** The grays in force, of other pushes, among `layers` that a gray may not stand beside. */
export function grayClashes(
  namespace: string,
  gray: Pick<AimedLayer, 'value' | 'audience' | 'pushId'>,
  layers: readonly AimedLayer[],
): LayerClash[] {
  return clashes(
    namespace,
    touchedKeys(gray.value),
    layers.filter(
      (other) =>
        other.kind === 'gray' && other.pushId !== gray.pushId && !areDisjoint(other.audience, gray.audience),
    ),
  );
}

/** The layers in force among `layers` that decide one of the `wanted` keys: through them, a change of these keys doesn't reach. */
export function clashes(
  namespace: string,
  wanted: ReadonlySet<string>,
  layers: readonly AimedLayer[],
): LayerClash[] {
  return layers.filter(isInForce).flatMap((layer) => {
    const keys = [...touchedKeys(layer.value)].filter((key) => wanted.has(key)).sort();
    if (keys.length === 0) return [];
    return [{ namespace, layerId: layer.id, pushId: layer.pushId, keys }];
  });
}

/** Who wins a key that both the gray and, since its start, global have changed. */
export type MergeChoice = 'gray' | 'global';

/** A merge of a gray into global: `content` is there when nobody has to choose any more. */
export type Merge =
  | { readonly content: Content; readonly conflicts?: undefined }
  | { readonly content?: undefined; readonly conflicts: readonly ThreeWayEntry[] };

/**
 * Merges the value of a gray into what is global now. `started` is what was global when the gray began. A key that
 * global changed meanwhile, to something else than the gray has, is a conflict until `choices` settles it; in an entry
 * `yours` is the gray's, `theirs` global's, absent where the key is. Keys that the gray doesn't touch stay as they are.
 */
export function mergeGray(
  kind: NamespaceKind,
  started: Content | undefined,
  current: Content | undefined,
  gray: Content | ItemsPatch,
  choices: Readonly<Record<string, MergeChoice>> = {},
): Merge {
  const base = entriesOf(started);
  const theirs = entriesOf(current);
  const yours = 'set' in gray ? new Map(Object.entries(gray.set)) : entriesOf(gray);
  const conflicts: ThreeWayEntry[] = [];
  const kept = new Set<string>();
  for (const key of [...touchedKeys(gray)].sort()) {
    const [b, y, t] = [base, yours, theirs].map((all) => all.get(key) as Json | undefined);
    if (sameData(b, t) || sameData(y, t)) continue;
    const choice = Object.hasOwn(choices, key) ? choices[key] : undefined;
    if (choice === 'global') kept.add(key);
    if (choice !== undefined) continue;
    conflicts.push({
      key,
      ...(b !== undefined && { base: b }),
      ...(y !== undefined && { yours: y }),
      ...(t !== undefined && { theirs: t }),
      conflict: true,
    });
  }
  if (conflicts.length > 0) return { conflicts };
  if (!('set' in gray)) return { content: kept.has('') && current ? current : gray };
  const set = Object.entries(gray.set).filter(([key]) => !kept.has(key));
  const remove = gray.remove.filter((key) => !kept.has(key));
  return { content: applyPatch(current ?? emptyContent(kind), { set: Object.fromEntries(set), remove }) };
}

/** Items by key; a document, with its format, under `''`. */
function entriesOf(content: Content | undefined): ReadonlyMap<string, unknown> {
  if (!content) return new Map();
  if (content.kind === 'document') return new Map([['', content]]);
  return new Map<string, unknown>(Object.entries(content.items));
}
