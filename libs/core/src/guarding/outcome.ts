import type { ResourceFaults } from '../faulting/resource-faults.ts';
import type { Outcome } from '../model/call.ts';
import type { Entry } from './entry.ts';
import type { Standing } from './gate.ts';

/**
 * Ends a call: counts it, tells the breakers, returns the permits. Whichever of several ways out comes first counts;
 * for the others it does nothing. Answers what the call had come in under.
 */
export function settle(entry: Entry, outcome: Outcome): Standing | undefined {
  const { standing } = entry;
  if (standing === undefined) return undefined;
  entry.standing = undefined;
  const { world } = standing.gate;
  standing.counters.exit(outcome, entry, world);
  if (standing.plan.faults !== undefined) endFaulted(standing, standing.plan.faults, outcome);
  const { permits, breakers } = standing.holds;
  for (let i = 0; i < breakers.length; i++) breakers[i]!.settle(standing.generation, outcome, entry, world);
  // Last, for a permit may wake a caller that asks the breakers.
  for (let i = 0; i < permits.length; i++) permits[i]!.release();
  return standing;
}

function endFaulted(standing: Standing, faults: ResourceFaults, outcome: Outcome): void {
  faults.ended(outcome);
  if (standing.isHarmed) standing.counters.endHarmed(outcome);
}
