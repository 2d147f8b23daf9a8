import type { Outcome } from '../model/call.ts';
import type { Entry } from './entry.ts';

/**
 * Ends a call: counts it, tells the breakers, returns the permits. Whichever of several ways out comes first counts;
 * for the others it answers false and does nothing.
 */
export function settle(entry: Entry, outcome: Outcome, nowMs: number): boolean {
  const { standing, holds } = entry;
  if (standing === undefined) return false;
  entry.standing = undefined;
  const durationMs = Math.max(0, nowMs - entry.startMs);
  standing.gate.state.counters.exit(outcome, durationMs);
  const { permits, breakers } = holds;
  for (let i = 0; i < breakers.length; i++)
    breakers[i]!.settle(standing.generation, outcome, durationMs, nowMs);
  // Last, for a permit may wake a caller that asks the breakers.
  for (let i = 0; i < permits.length; i++) permits[i]!.release();
  return true;
}
