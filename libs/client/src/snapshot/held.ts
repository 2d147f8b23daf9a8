import type { Content, Item, Json, NamespaceKind, ParsedLayer } from '@sluice/core';

/** Where what is held came from. */
export type HeldSource = 'server' | 'disk' | 'bootstrap';

export interface HeldLayer extends ParsedLayer {
  /** On the monotonic clock of this process; the layer is dropped then. */
  readonly expiresAt?: number;
  /** Wall clock: when it was laid by the word of the server, else when this instance was first given it. */
  readonly since: number;
}

/** One namespace in memory: verified, composed, frozen. */
export interface Held {
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly revision: number;
  /** Of `content`, as it was when it was built. */
  readonly digest: string;
  readonly layers: readonly HeldLayer[];
  /**
   * Layers that ended here, and when: a server whose clock is behind may tell them anew, and they must not come back.
   * The newest few, by what tells them apart.
   */
  readonly ended?: ReadonlyMap<string, number>;
  readonly content: Content;
  /** Which layer won each key; a document has the key `''`. */
  readonly winners: ReadonlyMap<string, ParsedLayer>;
  /** The data of a JSON document. */
  readonly data?: Json;
  readonly pushId?: string;
  readonly source: HeldSource;
  /** Wall clock, for people. */
  readonly since: number;
}

/** All that this process obeys: one immutable reference that is swapped whole. */
export interface Live {
  readonly epoch: number;
  readonly revision: number;
  readonly namespaces: ReadonlyMap<string, Held>;
}

export const nothingHeld: Live = { epoch: 0, revision: 0, namespaces: new Map() };

/** The value of one item, or undefined when the content has no such key of its own. */
export function itemValue(content: Content, key: string): Json | undefined {
  if (content.kind === 'document' || !Object.hasOwn(content.items, key)) return undefined;
  return entryValue(content.kind, content.items[key]);
}

/** What an entry gives its key. A layer is as it came, so one that another layer lies over may be anything. */
export const entryValue = (kind: NamespaceKind, entry: unknown): Json | undefined =>
  kind === 'map' ? (entry as Item | null)?.value : (entry as Json);
