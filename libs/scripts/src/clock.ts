/** Where a script host gets the time from. Give your own in tests; times are in milliseconds. */
export interface Clock {
  /** Wall clock, since 1970. Only what scripts are told as `now`. */
  now(): number;
  /** Never goes back and knows no leap: everything is counted down on it. */
  monotonic(): number;
  /** Runs `callback` once after `delayMs`. A timer that is not `held` never keeps the process alive. */
  after(delayMs: number, callback: () => void, held?: 'held'): Timer;
}

export interface Timer {
  cancel(): void;
  /** Whether it keeps the process alive from now on. Without this, one that is `held` does so until it has run. */
  hold?(isHeld: boolean): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback, held) {
    const timer = setTimeout(callback, delayMs);
    if (!held) timer.unref();
    return {
      cancel: () => clearTimeout(timer),
      hold: (isHeld) => void (isHeld ? timer.ref() : timer.unref()),
    };
  },
};
