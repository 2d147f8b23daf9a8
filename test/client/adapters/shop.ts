import { manualClock, type TestFault, type TestSluice, testSluice } from '@sluice/client/testing';
import type { Degrade, Injection, Rules } from '@sluice/core';

/** One call in an hour, for a resource; what others get is `onBlock`. */
export const oneCall = (resource: string, onBlock?: Degrade): Rules => ({
  one: {
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 1,
    intervalMs: 3_600_000,
    mode: 'intercept',
    resource: { match: 'exact', value: resource },
    ...(onBlock && { onBlock }),
  },
});

/** Two failures in a row shut a resource for a minute. */
export const twoFailuresShut = (resource: string): Rules => ({
  shut: {
    kind: 'breaker',
    strategy: 'consecutiveErrors',
    threshold: 2,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 60_000,
    mode: 'intercept',
    resource: { match: 'exact', value: resource },
  },
});

/** A client without a server, on a clock that stands. */
export function shopClient(): TestSluice {
  return testSluice({}, { clock: manualClock() });
}

/** A fault that breaks every call of a resource. */
export const broken = (resource: string, injection: Injection): Record<string, TestFault> => ({
  fault: { resource: { match: 'exact', value: resource }, ...injection },
});

/** How a client's first drill went so far. */
export const drillOf = (sluice: TestSluice) => sluice.guarding().drills.at(-1)!;
