import type { ResourceType } from '@sluice/core';

/** A call that a fault was injected into. */
export interface InjectedCall {
  readonly resource: string;
  readonly type: ResourceType;
  readonly drillId: string;
  /** The name within its drill of the fault that decided about the call. */
  readonly fault: string;
  readonly kind: 'delay' | 'error' | 'return' | 'abort' | 'hang' | 'blockEventLoop';
  /** For how long the call is held back; of a hang, at the longest. */
  readonly holdMs: number;
}
