import type { ReadyState } from '@sluice/core';
import type { MissingNamespace } from './startup-level.ts';

/** Namespaces that were declared `strong` or `eager` did not get what they need to start. Reads answer all the same. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly code = 'startup_incomplete';
  /** Where the values come from. */
  readonly state: ReadyState;
  readonly missing: readonly MissingNamespace[];

  constructor(message: string, state: ReadyState, missing: readonly MissingNamespace[]) {
    super(message);
    this.state = state;
    this.missing = missing;
  }
}
