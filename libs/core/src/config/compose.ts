import { type Content, type ItemsPatch, isTakenAway, type NamespaceKind } from '../model/content.ts';
import type { Json } from '../model/json.ts';
import { type Layer, layerKinds, type ParsedLayer } from '../model/layer.ts';

/** What an instance effectively holds of one namespace, and which layer each key came from. */
export interface Composed {
  readonly content: Content;
  /** The layer that won each key; a document has the single key `''`. */
  readonly winners: ReadonlyMap<string, ParsedLayer>;
}

/** Weakest first: by kind, then by explicit order, then by revision; the id settles what is left, alike everywhere. */
export function inOrder<L extends Layer>(layers: readonly L[]): L[] {
  return [...layers].sort(
    (a, b) =>
      layerKinds.indexOf(a.kind) - layerKinds.indexOf(b.kind) ||
      a.order - b.order ||
      a.revision - b.revision ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

/** Reads a layer's body. Throws a `SyntaxError` when it isn't JSON. */
export function parseLayer(layer: Layer): ParsedLayer {
  return { ...layer, value: JSON.parse(layer.body) as Content | ItemsPatch };
}

/**
 * `global ⊕ group ⊕ gray ⊕ instance`: later layers win, per key for `map` and `rules`, whole for a `document`. What a
 * namespace links lies below its own global layer, and an entry that is taken away removes what is below it.
 * The same function runs on the server and in every client, so both come to the same digest, and a client can drop
 * an expired layer without asking. Returns undefined when no layer is left.
 */
export function compose(kind: NamespaceKind, layers: readonly ParsedLayer[]): Composed | undefined {
  if (layers.length === 0) return undefined;
  const winners = new Map<string, ParsedLayer>();
  if (kind === 'document') {
    const top = inOrder(layers).at(-1)!;
    winners.set('', top);
    return { content: top.value as Content, winners };
  }
  const [only] = layers;
  if (layers.length === 1 && only && !('set' in only.value) && only.value.kind !== 'document') {
    // The usual case, and a start waits for it: one content alone is what it says.
    const all = only.value.items as Readonly<Record<string, Json>>;
    for (const key of Object.keys(all)) if (!isTakenAway(all[key])) winners.set(key, only);
    if (winners.size === Object.keys(all).length)
      return { content: { kind, items: all } as Content, winners };
    winners.clear();
  }
  const items = new Map<string, Json>();
  for (const layer of inOrder(layers)) {
    const patch = asPatch(layer.value);
    for (const key of patch.remove) {
      items.delete(key);
      winners.delete(key);
    }
    for (const [key, value] of Object.entries(patch.set)) {
      if (isTakenAway(value)) {
        items.delete(key);
        winners.delete(key);
        continue;
      }
      items.set(key, value as Json);
      winners.set(key, layer);
    }
  }
  return { content: { kind, items: plainObject(items) } as Content, winners };
}

/** A content laid over nothing is a patch that sets all its items. */
function asPatch(value: Content | ItemsPatch): ItemsPatch {
  if ('set' in value) return value;
  return value.kind === 'document' ? { set: {}, remove: [] } : { set: value.items, remove: [] };
}

/** `Object.fromEntries` defines own properties, so that a key like `__proto__` stays data. */
const plainObject = (items: ReadonlyMap<string, Json>): Record<string, Json> => Object.fromEntries(items);
