import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, ApiError } from './api.ts';
import type { Fleet } from './fleet.ts';
import { environments } from './seed-plan.ts';

interface Listed {
  readonly instanceId: string;
  readonly online: boolean;
  readonly inSync: boolean;
}

/**
 * Waits until every process has opened its doors, and the server says of each that it is connected and holds what it
 * should. Returns who is not there yet when the time is over.
 */
export async function waitUntilLive(api: Api, fleet: Fleet, timeoutMs: number): Promise<readonly string[]> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const missing = await notLive(api, fleet);
    if (missing.length === 0 || performance.now() > until) return missing;
    await sleep(150);
  }
}

async function notLive(api: Api, fleet: Fleet): Promise<string[]> {
  const live = new Set<string>();
  try {
    for (const app of new Set(fleet.members.map((member) => member.app))) {
      const { items } = await api.get<{ items: readonly Listed[] }>(
        `/environments/${environments.fleet}/apps/${app}/instances?online=true`,
      );
      for (const { instanceId, online, inSync } of items) if (online && inSync) live.add(instanceId);
    }
  } catch (error) {
    // A server that was killed meanwhile is started again: who asks goes on asking.
    if (error instanceof ApiError && error.status < 500) throw error;
  }
  return fleet.members.map(({ name }) => name).filter((name) => !live.has(name) || !fleet.isOpen(name));
}
