import { setTimeout as wait } from 'node:timers/promises';
import type { ScriptHostOptions } from '@sluice/scripts';
import { WatchedHost } from './watched-host.ts';

const opened: WatchedHost[] = [];

export function open(options: ScriptHostOptions = {}): WatchedHost {
  const watched = new WatchedHost(options);
  opened.push(watched);
  return watched;
}

/** To be called after each test. */
export function closeAll(): void {
  for (const watched of opened.splice(0)) watched.close();
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(5);
  }
}
