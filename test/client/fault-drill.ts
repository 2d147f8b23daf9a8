import type { DrillOrder } from '@sluice/protocol/client';

export const leaseMs = 3000;

/** A drill that breaks every call of `pay`, and lets every call of `stuck` hang. */
export const breaksAll = (drillId: string, more: Partial<DrillOrder> = {}): DrillOrder => {
  const basics = {
    kind: 'fault',
    mode: 'intercept',
    perMillion: 1_000_000,
    deadline: new Date(Date.now() + 600_000).toISOString(),
  } as const;
  return {
    drillId,
    deadlineInMs: 600_000,
    budgetPerMillion: 1_000_000,
    faults: {
      down: { ...basics, fault: 'error', message: 'no', resource: { match: 'exact', value: 'pay' } },
      stuck: { ...basics, fault: 'hang', resource: { match: 'exact', value: 'stuck' } },
    },
    ...more,
  };
};
