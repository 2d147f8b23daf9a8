import type { ResourceFaults } from '../faulting/resource-faults.ts';
import type { Outcome } from '../model/call.ts';
import type { Entry } from './entry.ts';
import type { Standing } from './gate.ts';
import { tell, type World } from './world.ts';

/**
 * Ends a call: counts it, tells the breakers, returns the permits. Whichever of several ways out comes first counts;
 * for the others it does nothing. Answers what the call had come in under.
 */
export function settle(entry: Entry, outcome: Outcome, world: World): Standing | undefined {
  const { standing } = entry;
  if (standing === undefined) return undefined;
  entry.standing = undefined;
  const { permits, breakers, faults } = standing;
  standing.counters.exit(outcome, entry, world);
  if (faults !== undefined) endFaulted(standing, faults, outcome);
  for (let i = 0; i < breakers.length; i++) breakers[i]!.settle(standing.generation, outcome, entry, world);
  // Last, for a permit may wake a caller that asks the breakers.
  for (let i = 0; i < permits.length; i++) permits[i]!.release();
  if (world.untold !== undefined) tell(world);
  return standing;
}

function endFaulted(standing: Standing, faults: ResourceFaults, outcome: Outcome): void {
  faults.ended(outcome);
  if (standing.isHarmed) standing.counters.endHarmed(outcome);
}
