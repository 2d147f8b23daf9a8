import type { Clock } from '@sluice/client';

/** Real time, some times faster: a minute of the client's time takes a second of the test's. */
export function fastClock(speed: number): Clock {
  const startedAt = performance.now();
  const startedWall = Date.now();
  const monotonic = (): number => (performance.now() - startedAt) * speed;
  return {
    monotonic,
    now: () => startedWall + monotonic(),
    after(delayMs, callback, held) {
      const timer = setTimeout(callback, delayMs / speed);
      if (!held) timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
