import type { AimedLayer, AimedNamespace, Content, ItemsPatch } from '@sluice/core';
import type { InForce, LayerInForce, NamespaceInForce } from '../releases/layers.read.ts';

/** What is in force of an app, as core reckons with it. */
export interface Standing {
  readonly inForce: InForce;
  /** In the order of `inForce.namespaces`. */
  readonly namespaces: readonly AimedNamespace[];
  /** The row that a layer was read from. */
  readonly rowOf: ReadonlyMap<AimedLayer, LayerInForce>;
}

/** Layers of `ofPush` count as if they had time left. */
export function standingOf(inForce: InForce, now: number, ofPush?: string): Standing {
  const rowOf = new Map<AimedLayer, LayerInForce>();
  const namespaces = inForce.namespaces.map((namespace): AimedNamespace => {
    const layers = namespace.layers.map((row) => {
      const layer = aimedLayer(row, now, row.pushId === ofPush ? 1 : 0);
      rowOf.set(layer, row);
      return layer;
    });
    const known = new Map(layers.map((layer) => [layer.id, layer]));
    const linked = namespace.linked?.map((row) => known.get(row.id) ?? aimedLayer(row, now, 0));
    const { name, kind, namespaceId: globalId } = namespace;
    return { name, kind, globalId, layers, ...(linked && { linked }) };
  });
  return { inForce, namespaces, rowOf };
}

function aimedLayer(row: LayerInForce, now: number, leastMs: number): AimedLayer {
  return {
    id: row.id,
    kind: row.kind,
    order: row.order,
    revision: row.revision,
    ...(row.release !== undefined && { release: row.release }),
    digest: row.digest,
    body: row.body,
    value: JSON.parse(row.body) as Content | ItemsPatch,
    audience: row.audience,
    pushId: row.pushId ?? row.rowId,
    ...(row.from && { from: row.from }),
    ...(row.expiresAt !== undefined && { expiresInMs: Math.max(leastMs, row.expiresAt - now) }),
  };
}

/** The layer of everyone, when something was released. */
export const globalRow = (namespace: NamespaceInForce): LayerInForce | undefined =>
  namespace.layers.find((layer) => layer.id === namespace.namespaceId);

export const contentOfRow = (row: LayerInForce | undefined): Content | undefined =>
  row && (JSON.parse(row.body) as Content);
