import type { Outcome } from '@sluice/core';
import { BlockedError } from './blocked-error.ts';
import { InjectedError } from './faults/injected-error.ts';

/** What an error says of the health of what was called: nothing, where the caller gave up or nothing was called. */
export function outcomeOf(error: unknown): Outcome {
  try {
    if (error instanceof BlockedError) return 'abort';
    if (error instanceof InjectedError) return error.outcome;
    return isNamed(error, 'AbortError') ? 'abort' : 'error';
  } catch {
    // It is one of the app's own, and throws when it is looked at.
    return 'error';
  }
}

/** What it says of that when a caller gives up, whatever he says: nothing, unless his time was over. */
export function outcomeOfGivingUp(reason: unknown): Outcome {
  return isNamed(reason, 'TimeoutError') ? 'error' : 'abort';
}

/** By its name, for not each is an Error of this realm. What throws when it is looked at is one of the app's own. */
function isNamed(error: unknown, name: string): boolean {
  try {
    return typeof error === 'object' && error !== null && 'name' in error && error.name === name;
  } catch {
    return false;
  }
}

/** Code without types may say anything. */
export const isOutcome = (said: unknown): said is Outcome =>
  said === 'success' || said === 'error' || said === 'abort';

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  const mayBe = typeof value === 'function' || (typeof value === 'object' && value !== null);
  if (!mayBe) return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    return false;
  }
}
