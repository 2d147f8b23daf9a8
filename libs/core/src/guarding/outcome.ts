import type { Outcome } from '../model/call.ts';
import type { Entry } from './entry.ts';

/**
 * Ends a call: counts it, tells the breakers, returns the permits. Whichever of several ways out comes first counts;
 * for the others it answers false and does nothing.
 */
export function settle(entry: Entry, outcome: Outcome, nowMs: number): boolean {
  const { standing } = entry;
  if (standing === undefined) return false;
  entry.standing = undefined;
  const durationMs = Math.max(0, nowMs - entry.startMs);
  standing.gate.state.counters.exit(outcome, durationMs);
  const { faults } = standing.plan;
  if (faults !== undefined) {
    faults.ended(outcome);
    if (standing.isHarmed) standing.gate.state.counters.endHarmed(outcome);
  }
  const { permits, breakers } = standing.holds;
  for (let i = 0; i < breakers.length; i++) {
    const breaker = breakers[i]!;
    breaker.settle(standing.generation, outcome, breaker.isSlow(durationMs), nowMs);
  }
  // Last, for a permit may wake a caller that asks the breakers.
  for (let i = 0; i < permits.length; i++) permits[i]!.release();
  return true;
}
