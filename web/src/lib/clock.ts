import { useSyncExternalStore } from 'react';

/** A second is the header's own unit, and an answer may be on its way for a while. */
const toleratedMs = 5000;

let lacksMs = 0;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/**
 * The time of day, by which moments that the server tells are old or still to come: that of the server where the clock
 * of this machine is clearly off it.
 */
export const nowMs = (): number => Date.now() + lacksMs;

/** What the server's clock showed in its answer to a question of `askedMs` (of this machine's), as its `Date` header says. */
export function heardServerTime(date: string | null, askedMs: number): void {
  const [heardMs, saidMs] = [Date.now(), date === null ? Number.NaN : Date.parse(date) + 500];
  // While it was asked the machine may have slept, or its clock have been set.
  const isFresh = heardMs >= askedMs && heardMs - askedMs <= toleratedMs;
  const foundMs = saidMs - heardMs;
  if (!isFresh || Number.isNaN(foundMs) || Math.abs(foundMs - lacksMs) <= toleratedMs) return;
  lacksMs = Math.abs(foundMs) <= toleratedMs ? 0 : foundMs;
  tick();
}

function tick(): void {
  now = nowMs();
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, once a second, from one timer for all ages on the page. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
