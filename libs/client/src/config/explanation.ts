import type { Json, LayerKind, PublicNamespace } from '@sluice/core';

/** One rung of the ladder from which a value comes. */
export interface ExplanationRung {
  readonly layer: LayerKind | 'default';
  /** The one whose value counts. */
  readonly wins: boolean;
  /** What this layer says of the key; absent when it takes the key away. */
  readonly value?: Json;
  readonly release?: number;
  readonly revision?: number;
  /** The push that laid this layer, and the group that it is for, where the server says so. */
  readonly pushId?: string;
  readonly group?: string;
  /** The public namespace of another app that this layer comes from, where the namespace links one. */
  readonly from?: PublicNamespace;
  /** How long this layer has been there: by the server's word, else since this process was first given it. */
  readonly ageMs?: number;
  /** Time left until this layer drops itself. */
  readonly expiresInMs?: number;
}

/** Why a key has the value that it has, in this process, now. Works with the server gone. */
export interface Explanation {
  readonly namespace: string;
  /** `''` for a document. */
  readonly key: string;
  /** What a read answers; undefined when nobody knows the key, and masked (`••••••`) when it is secret. */
  readonly value: Json | undefined;
  readonly layer: LayerKind | 'default' | 'none';
  readonly release?: number;
  readonly revision?: number;
  /** The push that laid the winning layer. */
  readonly pushId?: string;
  /** The public namespace of another app that the winning layer comes from. */
  readonly from?: PublicNamespace;
  /** Where the value came from: the server in this run, the disk cache, the bootstrap file, or the code. */
  readonly source: 'server' | 'disk' | 'bootstrap' | 'default' | 'none';
  /** How long the winning layer has been there: by the server's word, else since this instance was first given it. */
  readonly ageMs?: number;
  /** Time left until the winning layer drops itself. */
  readonly expiresInMs?: number;
  /** Strongest first. */
  readonly ladder: readonly ExplanationRung[];
  /** Why the value of the server is not served, or which name was probably meant. */
  readonly hint?: string;
}
