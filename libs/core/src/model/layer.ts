import type { Content, ItemsPatch } from './content.ts';

/** Weakest first: a later kind wins over an earlier one. */
export const layerKinds = ['global', 'group', 'gray', 'instance'] as const;
export type LayerKind = (typeof layerKinds)[number];

/**
 * A release aimed at some instances, as it travels. `body` is canonical text: of a content for the global layer,
 * of a patch (or a whole document) for the others. `digest` is the SHA-256 of `body` in lower-case hex.
 */
export interface Layer {
  readonly id: string;
  readonly kind: LayerKind;
  /** Orders layers of one kind; the higher wins. */
  readonly order: number;
  readonly revision: number;
  /** The release number that people see, where the layer came from a release. */
  readonly release?: number;
  readonly digest: string;
  readonly body: string;
  /** Time left when it was sent; the receiver counts it down on its own clock and drops the layer by itself. */
  readonly expiresInMs?: number;
  /** The push that laid it, and the group that it is for; for people. */
  readonly pushId?: string;
  readonly group?: string;
  /** When it was laid, in ms since 1970 by the sender's clock; for people. */
  readonly since?: number;
  /** The public namespace that it comes from, where the namespace links one. */
  readonly from?: PublicNamespace;
}

/** Where a public namespace has its home, in the same environment. */
export interface PublicNamespace {
  readonly app: string;
  readonly namespace: string;
}

/** A layer whose body has been parsed. */
export interface ParsedLayer extends Layer {
  readonly value: Content | ItemsPatch;
}
