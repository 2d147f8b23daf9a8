import { type Content, canonicalText, compose, contentDigest, type Json, parseLayer } from '@sluice/core';
import type { WireLayer, WireNamespace } from '@sluice/protocol/client';
import { sha256 } from '../snapshot/sha256.ts';

/** A map's content from plain values. */
export function mapOf(values: Readonly<Record<string, Json>>): Content {
  const items = Object.entries(values).map(([key, value]) => {
    const type = typeof value === 'object' ? 'json' : (typeof value as 'string' | 'number' | 'boolean');
    return [key, { type, value }] as const;
  });
  return { kind: 'map', items: Object.fromEntries(items) };
}

/** A layer as a server sends it. `of` is a content, or a patch. */
export function wireLayer(of: unknown, more: Partial<WireLayer> = {}): WireLayer & { body: string } {
  const body = canonicalText(of);
  return {
    id: `${more.kind ?? 'global'}-${more.revision ?? 1}`,
    kind: 'global',
    order: 0,
    revision: 1,
    digest: sha256(body),
    sizeBytes: Buffer.byteLength(body),
    ...more,
    body,
  };
}

/** A namespace of these layers, with the digest that they compose to. */
export function wireNamespace(
  name: string,
  layers: readonly (WireLayer & { body: string })[],
  more: Partial<WireNamespace> = {},
): WireNamespace {
  const parsed = layers.map((layer) => parseLayer(layer));
  const whole = parsed.find(({ value }) => 'kind' in value)?.value as Content | undefined;
  const kind = more.kind ?? whole?.kind ?? 'map';
  const composed = compose(kind, parsed);
  return {
    name,
    kind,
    revision: Math.max(...layers.map((l) => l.revision)),
    digest: contentDigest(composed!.content, sha256),
    layers: [...layers],
    ...more,
  };
}

/** A `map` namespace of one global layer. */
export function wireMap(
  name: string,
  values: Readonly<Record<string, Json>>,
  revision = 1,
  more: Partial<WireNamespace> = {},
): WireNamespace {
  return wireNamespace(name, [wireLayer(mapOf(values), { revision, release: revision })], {
    revision,
    ...more,
  });
}
