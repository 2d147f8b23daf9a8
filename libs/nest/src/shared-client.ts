import type { Sluice } from '@sluice/client';

/** How many apps of this process use a client: two apps with the same options get the same one. */
const users = new WeakMap<Sluice, number>();

/** One more app uses it. */
export function joinClient(sluice: Sluice): void {
  users.set(sluice, (users.get(sluice) ?? 0) + 1);
}

/** One app is through with it; the last one closes it, for the others still have to hear what is pushed. */
export async function leaveClient(sluice: Sluice): Promise<void> {
  const left = (users.get(sluice) ?? 1) - 1;
  users.set(sluice, left);
  if (left <= 0) await sluice.close();
}
