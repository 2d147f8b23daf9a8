import type { Outcome } from '@sluice/core';

/** Codes that say that the callee does badly; the others are answers to what was asked. */
const errors: ReadonlySet<number> = new Set([
  2, // UNKNOWN
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  12, // UNIMPLEMENTED
  13, // INTERNAL
  14, // UNAVAILABLE
  15, // DATA_LOSS
]);
export const cancelled = 1;

export function outcomeOfCode(code: number): Outcome {
  if (code === cancelled) return 'abort';
  return errors.has(code) ? 'error' : 'success';
}
