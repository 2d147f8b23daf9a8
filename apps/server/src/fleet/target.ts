import {
  type Content,
  compose,
  parseLayer,
  type Reach,
  reachOf,
  rootDigest,
  type Selectable,
} from '@sluice/core';
import { openText } from '../env/sealed-value.ts';
import { sha256 } from '../env/sha256.ts';
import type { InForce, LayerInForce, NamespaceInForce } from '../releases/layers.read.ts';
import type { Place } from './place.ts';
import { ViewNamespace } from './view-namespace.ts';

/** What one instance must hold: the layers of each namespace that apply to it. Shared by all to whom the same apply. */
export interface View {
  readonly rootDigest: string;
  readonly namespaces: ReadonlyMap<string, ViewNamespace>;
}

/** A push that has just changed several namespaces in one revision. */
export interface Turn {
  readonly revision: number;
  readonly pushId: string;
  readonly namespaces: ReadonlySet<string>;
}

/** A layer with the question whether, and why, it reaches an instance. */
export interface ReachingLayer {
  readonly layer: LayerInForce;
  readonly reach: (instance: Selectable) => Reach | undefined;
}

interface Prepared {
  readonly namespace: NamespaceInForce;
  readonly layers: readonly ReachingLayer[];
  /** By the rows that apply. Taken over by the next target as far as these rows are still in force. */
  readonly variants: Map<string, ViewNamespace>;
}

/**
 * What the instances of an app must hold at one revision, without layers whose time is over when it is made. It never
 * changes: a change, or the end of a layer, is another target.
 */
export class Target {
  readonly place: Place;
  readonly epoch: number;
  readonly revision: number;
  /** Its newest turn, as far as it is remembered. */
  readonly turn: Turn | undefined;
  /** All bodies in UTF-8, roughly what it takes in memory. */
  readonly sizeBytes: number;
  /** When the time of its first layer is over; then another target must take its place. */
  readonly endsAt: number | undefined;
  readonly #prepared: ReadonlyMap<string, Prepared>;
  readonly #views = new Map<string, View>();
  readonly #viewOf = new WeakMap<Selectable, View>();
  /** The one view of everybody, where no layer is for some only. */
  readonly #common: View | undefined;

  constructor(
    place: Place,
    { epoch, revision, namespaces }: InForce,
    now: number,
    { before, turn }: { readonly before?: Target | undefined; readonly turn?: Turn | undefined } = {},
  ) {
    this.turn = turn;
    this.place = place;
    this.epoch = epoch;
    this.revision = revision;
    let sizeBytes = 0;
    let endsAt: number | undefined;
    const prepared = new Map<string, Prepared>();
    const known = before === undefined ? undefined : before.#prepared;
    for (const namespace of namespaces) {
      const layers = namespace.layers.filter((l) => l.expiresAt === undefined || l.expiresAt > now);
      for (const layer of layers) {
        sizeBytes += layer.sizeBytes;
        if (layer.expiresAt !== undefined) endsAt = Math.min(endsAt ?? layer.expiresAt, layer.expiresAt);
      }
      prepared.set(namespace.name, prepare(namespace, layers, known?.get(namespace.name)));
    }
    this.sizeBytes = sizeBytes;
    this.endsAt = endsAt;
    this.#prepared = prepared;
    const isForAll = [...prepared.values()].every(({ layers }) =>
      layers.every(({ layer }) => layer.audience.who === 'everyone'),
    );
    this.#common = isForAll ? this.#view({ instanceId: '', labels: {} }) : undefined;
  }

  /** What this instance must hold. Remembered for the object, so that a connection is looked at once. */
  viewFor(instance: Selectable): View {
    if (this.#common) return this.#common;
    const known = this.#viewOf.get(instance);
    if (known) return known;
    const view = this.#view(instance);
    this.#viewOf.set(instance, view);
    return view;
  }

  /** What it would have to hold at a moment that is near: without the layers whose time is over then. */
  viewAt(instance: Selectable, at: number): View {
    return this.endsAt === undefined || this.endsAt > at ? this.viewFor(instance) : this.#view(instance, at);
  }

  namespace(name: string): NamespaceInForce | undefined {
    return this.#prepared.get(name)?.namespace;
  }

  /** The layers of a namespace that are in force, with the question whom they reach. */
  layersOf(name: string): readonly ReachingLayer[] {
    return this.#prepared.get(name)?.layers ?? [];
  }

  /** What is for everyone of a namespace, with what it links. */
  globalOf(name: string): Content | undefined {
    const layers = this.layersOf(name).filter(({ layer }) => layer.kind === 'global');
    const kind = this.namespace(name)?.kind;
    return (
      kind &&
      compose(
        kind,
        layers.map(({ layer }) => parseLayer(layer)),
      )?.content
    );
  }

  /** What the layers come to that some instance has of a namespace, by its digest. */
  contentOf(name: string, digest: string): Content | undefined {
    for (const variant of this.#prepared.get(name)?.variants.values() ?? [])
      if (variant.digest === digest) return variant.content();
    return undefined;
  }

  /** The body with this digest, of any layer of the app, as instances are given it: with its secrets opened. */
  bodyOf(digest: string): string | undefined {
    for (const { layers } of this.#prepared.values())
      for (const { layer } of layers) if (layer.digest === digest) return openText(layer.body);
    return undefined;
  }

  #view(instance: Selectable, at?: number): View {
    const namespaces = new Map<string, ViewNamespace>();
    let key = '';
    for (const [name, prepared] of this.#prepared) {
      const rows = prepared.layers
        .filter(
          ({ layer, reach }) => (at === undefined || (layer.expiresAt ?? at + 1) > at) && reach(instance),
        )
        .map(({ layer }) => layer);
      if (rows.length === 0) continue;
      const rowsKey = rows.map((layer) => layer.rowId).join(' ');
      let variant = prepared.variants.get(rowsKey);
      if (!variant) {
        variant = new ViewNamespace(prepared.namespace, rows);
        prepared.variants.set(rowsKey, variant);
      }
      namespaces.set(name, variant);
      key += `${rowsKey}\n`;
    }
    const known = this.#views.get(key);
    if (known) return known;
    const view = { rootDigest: rootDigest(namespaces.values(), sha256), namespaces };
    this.#views.set(key, view);
    return view;
  }
}

function prepare(
  namespace: NamespaceInForce,
  layers: readonly LayerInForce[],
  before: Prepared | undefined,
): Prepared {
  const inForce = new Set(layers.map((layer) => layer.rowId));
  const isSame = before && JSON.stringify(before.namespace.schema) === JSON.stringify(namespace.schema);
  const kept = isSame
    ? [...before.variants].filter(([, variant]) => variant.layers.every((l) => inForce.has(l.rowId)))
    : [];
  const known = new Map(before?.layers.map((each) => [each.layer.rowId, each]));
  return {
    namespace,
    layers: layers.map(
      (layer) => known.get(layer.rowId) ?? { layer, reach: reachOf(layer.audience, sha256) },
    ),
    variants: new Map(kept),
  };
}
