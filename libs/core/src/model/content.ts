import type { Json } from './json.ts';

export const namespaceKinds = ['map', 'document', 'rules'] as const;
/** What a namespace holds: typed items, one document pushed whole, or protection rules. */
export type NamespaceKind = (typeof namespaceKinds)[number];

export const itemTypes = ['string', 'number', 'boolean', 'json'] as const;
export type ItemType = (typeof itemTypes)[number];

/** One key of a `map` namespace. `min` and `max` bound a number, inclusive. */
export interface Item {
  readonly type: ItemType;
  readonly value: Json;
  readonly min?: number;
  readonly max?: number;
  readonly description?: string;
  /** Its value is kept sealed, and shown to nobody who doesn't ask for it by name. Of texts and JSON only. */
  readonly secret?: boolean;
}

/** What stands in every answer for the value of a secret item. Sent back, it means: as it was. */
export const maskedValue = '••••••';

/**
 * The mask of what others have released, where two contents are merged: sent back, it means what is live, and not what
 * one's own draft has.
 */
export const maskedAsLive = '•••••• live';

/** Whether a value only stands for a secret. */
export const isMask = (value: Json): boolean => value === maskedValue || value === maskedAsLive;

export const documentFormats = ['json', 'yaml', 'properties', 'text'] as const;
export type DocumentFormat = (typeof documentFormats)[number];

export interface MapContent {
  readonly kind: 'map';
  readonly items: { readonly [key: string]: Item };
}

/** `text` is carried byte for byte: no newline is added, removed or converted. */
export interface DocumentContent {
  readonly kind: 'document';
  readonly format: DocumentFormat;
  readonly text: string;
}

/** Rules by id. A rule is checked by the protocol's schema; here it is data that travels like any item. */
export interface RulesContent {
  readonly kind: 'rules';
  readonly items: { readonly [ruleId: string]: Json };
}

export type Content = MapContent | DocumentContent | RulesContent;

/** What `compose` changes on top of a content: `set` wins over what is below, `remove` takes keys away. */
export interface ItemsPatch {
  readonly set: { readonly [key: string]: Item | Json };
  readonly remove: readonly string[];
}

/**
 * What stands in a content that lies over another one for a key that it takes away. Only a namespace that links a public
 * one holds it; what an instance effectively has never does.
 */
export const takenAway = { removed: true } as const;

/** Whether an entry takes its key away instead of giving it a value. */
export const isTakenAway = (entry: unknown): boolean =>
  typeof entry === 'object' &&
  entry !== null &&
  (entry as { removed?: unknown }).removed === true &&
  Object.keys(entry).length === 1;

/** The content of a namespace of this kind that holds nothing yet. */
export function emptyContent(kind: NamespaceKind, format: DocumentFormat = 'text'): Content {
  switch (kind) {
    case 'map':
      return { kind, items: {} };
    case 'rules':
      return { kind, items: {} };
    case 'document':
      return { kind, format, text: '' };
  }
}
