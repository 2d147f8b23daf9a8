import { SecretBodies } from '../cache/secret-bodies.ts';
import type { Clock } from '../clock.ts';
import { Notices } from '../notices/notices.ts';
import { Deliveries } from '../snapshot/delivery.ts';
import type { Live } from '../snapshot/held.ts';
import { Store } from '../snapshot/store.ts';
import { fromStored, toStored } from '../snapshot/stored.ts';

export interface DeliveredStore {
  readonly store: Store;
  readonly deliveries: Deliveries;
}

/** What takes deliveries in a client, without link and disk; a body that is not in the delivery is nowhere. */
export function deliveredStore(clock: Clock): DeliveredStore {
  const store = new Store(clock, {
    changed: () => undefined,
    expired: () => undefined,
    settled: () => undefined,
    failedLate: () => undefined,
  });
  const deliveries = new Deliveries({
    store,
    clock,
    notices: new Notices(false, clock, 'en'),
    persist: async () => undefined,
    fetchBody: () => Promise.reject(new Error('no such body')),
    swapped: () => undefined,
  });
  return { store, deliveries };
}

/** What the next process takes from what this one left on disk: all of it, else this throws. */
export async function namespacesAfterRestart(
  live: Live,
  clock: Clock,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<Live['namespaces']> {
  const stored = toStored(live, clock, new SecretBodies('token'));
  await meanwhile();
  return fromStored(stored.snapshot, {
    source: 'disk',
    savedAt: stored.savedAt,
    clock,
    foreign: false,
    check: () => undefined,
    leftOut: (name, reason) => {
      throw new Error(`${name} was left out: ${reason.en}`);
    },
  });
}
