import type { Clock, Timer } from '../clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets time pass: timers fire in order, each at its own time, and what they set off runs in between. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, as an administrator would; nothing fires. */
  setWall(ms: number): void;
}

export function manualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  let monotonic = 0;
  let wallOffset = startAt;
  let order = 0;
  const timers = new Set<{ readonly at: number; readonly order: number; readonly callback: () => void }>();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => wallOffset + monotonic,
    monotonic: () => monotonic,
    after(delayMs, callback): Timer {
      const timer = { at: monotonic + Math.max(0, delayMs), order: order++, callback };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    async advance(ms) {
      const until = monotonic + ms;
      await settle();
      for (;;) {
        const [next] = [...timers]
          .filter((t) => t.at <= until)
          .sort((a, b) => a.at - b.at || a.order - b.order);
        if (!next) break;
        timers.delete(next);
        monotonic = Math.max(monotonic, next.at);
        next.callback();
        await settle();
      }
      monotonic = until;
      await settle();
    },
    setWall(ms) {
      wallOffset = ms - monotonic;
    },
  };
}
