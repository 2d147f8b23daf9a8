import {
  type Content,
  compose,
  contentDigest,
  inOrder,
  limits,
  type NamespaceKind,
  type ParsedLayer,
  parseLayer,
} from '@sluice/core';
import type { WireLayer, WireNamespace } from '@sluice/protocol/client';
import { openText } from '../env/sealed-value.ts';
import { sha256 } from '../env/sha256.ts';
import type { LayerInForce, NamespaceInForce } from '../releases/layers.read.ts';

/** One namespace as the instances of one set of layers must hold it, ready to be sent. */
export class ViewNamespace {
  readonly namespaceId: string;
  readonly name: string;
  /** Of the composed content. */
  readonly digest: string;
  /** Weakest first. */
  readonly layers: readonly LayerInForce[];
  /** The newest revision of its layers, and the push that came with it. */
  readonly revision: number;
  readonly pushId: string | undefined;
  /** Of the global layer. */
  readonly release: number | undefined;
  /** Which layers it has, and until when; empty for a global one alone, which its digest tells all about. */
  readonly layersKey: string;
  readonly hasTimeBox: boolean;
  readonly #kind: NamespaceKind;
  readonly #head: Omit<WireNamespace, 'layers'>;
  readonly #wireLayers: readonly WireLayer[];
  readonly #timeless: WireNamespace | undefined;

  constructor(namespace: NamespaceInForce, layers: readonly LayerInForce[]) {
    this.namespaceId = namespace.namespaceId;
    this.name = namespace.name;
    this.layers = inOrder(layers);
    this.#kind = namespace.kind;
    const [only] = layers;
    // One that links another may take keys away, so that it comes to less than it says.
    const isPlain = layers.length === 1 && only?.kind === 'global' && namespace.linked === undefined;
    // A content alone has been hashed when it was released; only what is laid upon something is composed here.
    this.digest = isPlain ? only.digest : contentDigest(this.content(), sha256);
    const newest = this.layers.reduce((a, b) => (b.revision > a.revision ? b : a));
    this.revision = newest.revision;
    this.pushId = newest.pushId;
    this.release = this.layers.find((layer) => layer.id === namespace.namespaceId)?.release;
    const lines = this.layers.map((l) => `${l.id} ${l.digest} ${l.expiresAt ?? ''}`);
    this.layersKey = isPlain ? '' : lines.join('\n');
    this.hasTimeBox = this.layers.some((layer) => layer.expiresAt !== undefined);
    this.#head = {
      name: namespace.name,
      kind: namespace.kind,
      revision: this.revision,
      digest: this.digest,
      ...(namespace.schema && { schema: namespace.schema }),
      ...(this.pushId !== undefined && { pushId: this.pushId }),
    };
    this.#wireLayers = this.layers.map(wireLayer);
    this.#timeless = this.hasTimeBox ? undefined : { ...this.#head, layers: [...this.#wireLayers] };
  }

  /** What is sent; the time that layers have left is right at `now`. The same object as long as there is none. */
  wire(now: number): WireNamespace {
    if (this.#timeless) return this.#timeless;
    const layers = this.#wireLayers.map((layer, index) => {
      const { expiresAt } = this.layers[index]!;
      return expiresAt === undefined ? layer : { ...layer, expiresInMs: Math.max(1, expiresAt - now) };
    });
    return { ...this.#head, layers };
  }

  /** What its layers come to; worked out anew each time, so that it takes no memory. */
  content(): Content {
    const parsed = this.layers.map((layer): ParsedLayer => parseLayer(layerOf(layer)));
    return compose(this.#kind, parsed)!.content;
  }

  /** Whether a layer of this push is among its layers. */
  carries(pushId: string): boolean {
    return this.layers.some((layer) => layer.pushId === pushId);
  }
}

function wireLayer(layer: LayerInForce): WireLayer {
  const { id, kind, order, revision, release, digest, sizeBytes, body, pushId, group, createdAt, from } =
    layer;
  return {
    id,
    kind,
    order,
    revision,
    ...(release !== undefined && { release }),
    digest,
    sizeBytes,
    ...(sizeBytes <= limits.inlineBodyBytes && { body: openText(body) }),
    ...(pushId !== undefined && { pushId }),
    ...(group !== undefined && { group }),
    since: createdAt,
    ...(from && { from }),
  };
}

/** A stored layer as core composes it. */
function layerOf({ id, kind, order, revision, release, digest, body }: LayerInForce) {
  return { id, kind, order, revision, ...(release !== undefined && { release }), digest, body };
}
