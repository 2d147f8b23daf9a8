import type { LayerKind } from '@sluice/core';

/** Where a changed value came from. */
export interface ChangeMeta {
  readonly namespace: string;
  /** The layer that won the key; `default` when no layer has it and the code's default is back. */
  readonly layer: LayerKind | 'default';
  /** The release number that people see. */
  readonly release?: number;
  /** The newest revision that changed the namespace. */
  readonly revision: number;
  /** The push that carried it. */
  readonly pushId?: string;
}

/**
 * Called after the value has been swapped, one listener after the other, and awaited up to 5 s. What it throws is
 * reported to the server as `failed`; the value stays.
 */
export type ChangeListener<T> = (value: T, previous: T, meta: ChangeMeta) => void | Promise<void>;
export type Unsubscribe = () => void;
