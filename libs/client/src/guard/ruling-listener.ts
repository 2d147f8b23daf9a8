import type { ResourceType } from '@sluice/core';
import type { BlockedError } from './blocked-error.ts';
import type { InjectedCall } from './faults/injected-call.ts';

/** A call that went, and that rules in monitor mode would have blocked. */
export interface WouldBlock {
  readonly resource: string;
  readonly type: ResourceType;
  readonly rules: readonly string[];
}

/** Whoever is told of single calls: in the context of each, so that a tracer finds its span. */
export interface RulingListener {
  blocked(error: BlockedError): void;
  wouldBlock(call: WouldBlock): void;
  /** Before the call is held back or broken. */
  injected(call: InjectedCall): void;
}
