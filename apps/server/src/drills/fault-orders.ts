import type { DrillDefinition } from '@sluice/protocol';
import type { DrillOrder } from '@sluice/protocol/client';

const million = 1_000_000;
const perMillion = (share: number): number => Math.max(1, Math.round(share * million));

/** The faults of a drill as instances are sent them. */
export function faultsOfDrill(
  drillId: string,
  definition: DrillDefinition,
  deadlineAt: number,
): DrillOrder['faults'] {
  const deadline = new Date(deadlineAt).toISOString();
  return Object.fromEntries(
    Object.entries(definition.faults).map(([name, { share, ...fault }]) => [
      name,
      { ...fault, kind: 'fault', mode: 'intercept', perMillion: perMillion(share), deadline, drillId },
    ]),
  ) as DrillOrder['faults'];
}

/** What each instance keeps to for its own calls, so that all of them together do, however calls move between them. */
export const budgetOf = ({ budget }: DrillDefinition): number => perMillion(budget.share);
