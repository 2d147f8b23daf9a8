import { manualClock, type TestSluice, testSluice } from '@sluice/client/testing';
import type { Degrade, Rules } from '@sluice/core';

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

/** A client without a server, on a clock that stands. */
export function shopClient(): TestSluice {
  return testSluice({}, { clock: manualClock() });
}
