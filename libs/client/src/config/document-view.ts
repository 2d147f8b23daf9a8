import type { DocumentFormat, Json } from '@sluice/core';
import type { ChangeListener, Unsubscribe } from './change-meta.ts';
import type { DeepReadonly } from './spec.ts';

/** What a document says at one moment. */
export interface DocumentValue<T = Json> {
  /** Byte for byte what was released. */
  readonly text: string;
  readonly format: DocumentFormat;
  /** Of a `json` document: its data, parsed once and frozen. Undefined for the other formats. */
  readonly data: DeepReadonly<T> | undefined;
}

/** A `document` namespace as the code reads it: always the newest accepted text, or what it was given as default. */
export interface DocumentView<T = Json> extends DocumentValue<T> {
  /** Calls `listener` after each change, with the whole document before and after. */
  on(event: 'change', listener: ChangeListener<DocumentValue<T>>): Unsubscribe;
}

/** What a document is read as while the server has none. Empty text without. */
export interface DocumentDefault {
  readonly text: string;
  readonly format: DocumentFormat;
}
