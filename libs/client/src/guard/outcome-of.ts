import type { Outcome } from '@sluice/core';
import { BlockedError } from './blocked-error.ts';
import { InjectedError } from './faults/injected-error.ts';

/** What an error says of the health of what was called: nothing, where the caller gave up or nothing was called. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof BlockedError) return 'abort';
  if (error instanceof InjectedError) return error.outcome;
  // Not every AbortError is an Error of this realm.
  const isAbort =
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
  return isAbort ? 'abort' : 'error';
}

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
