import type { Json, LayerKind } from '@sluice/core';

/** One rung of the ladder from which a value comes. */
export interface ExplanationRung {
  readonly layer: LayerKind | 'default';
  /** The one whose value counts. */
  readonly wins: boolean;
  /** What this layer says of the key; absent when it takes the key away. */
  readonly value?: Json;
  readonly release?: number;
  readonly revision?: number;
  /** Time left until this layer drops itself. */
  readonly expiresInMs?: number;
}

/** Why a key has the value that it has, in this process, now. Works with the server gone. */
export interface Explanation {
  readonly namespace: string;
  /** `''` for a document. */
  readonly key: string;
  /** What a read answers; undefined when nobody knows the key. */
  readonly value: Json | undefined;
  readonly layer: LayerKind | 'default' | 'none';
  readonly release?: number;
  readonly revision?: number;
  /** Where the value came from: the server in this run, the disk cache, the bootstrap file, or the code. */
  readonly source: 'server' | 'disk' | 'bootstrap' | 'default' | 'none';
  /** How long this process holds it, or since when it lay on disk. */
  readonly ageMs?: number;
  /** Strongest first. */
  readonly ladder: readonly ExplanationRung[];
  /** Why the value of the server is not served, or which name was probably meant. */
  readonly hint?: string;
}
