import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Where the client gets the time from. Give your own in tests; times are in milliseconds. */
export interface Clock {
  /** Wall clock, since 1970. Only for labels and for what survives a restart. */
  now(): number;
  /** Never goes back and knows no leap: everything is counted down on it. */
  monotonic(): number;
  /** Runs `callback` once after `delayMs`. A timer that is not `held` never keeps the process alive. */
  after(delayMs: number, callback: () => void, held?: 'held'): Timer;
  /**
   * Counts on while this process is down, whatever becomes of the wall clock; undefined where the system doesn't say.
   * Without it, what is left of a layer's time after a restart is known from the wall clock alone.
   */
  uptime?(): Uptime | undefined;
}

/** How long a machine has been running, and which of its runs that is. */
export interface Uptime {
  readonly bootId: string;
  readonly ms: number;
}

export interface Timer {
  cancel(): void;
  /** Whether it keeps the process alive from now on. Without this, one that is `held` does so until it has run. */
  hold?(isHeld: boolean): void;
}

/** Longest delay that timers of Node take; a longer wait is cut into several. */
const longestDelayMs = 2 ** 31 - 1;

let bootId: string | undefined;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: readerOf(performance),
  after(delayMs, callback, held) {
    let timer: NodeJS.Timeout;
    let holds = held !== undefined;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, longestDelayMs);
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : callback()), stepMs);
      // What tests put in the place of timers, and that of a browser's DOM, may be a number.
      if (!holds) timer.unref?.();
    };
    arm(Math.max(0, delayMs));
    return {
      cancel: () => clearTimeout(timer),
      hold: (isHeld) => {
        holds = isHeld;
        if (isHeld) timer.ref?.();
        else timer.unref?.();
      },
    };
  },
  uptime() {
    bootId ??= readBootId();
    return bootId === '' ? undefined : { bootId, ms: uptime() * 1000 };
  },
};

/** The part of `node:perf_hooks` that tells the time. */
interface Stopwatch {
  now(): number;
  readonly nodeTiming: object;
}

/**
 * `performance.now` makes sure at each use whose method it is, which a guarded call pays for twice. How long the process
 * has been running is read from the same clock by a getter that V8 calls directly: where there is one, it is that.
 */
export function readerOf(stopwatch: Stopwatch): () => number {
  const exact = (): number => stopwatch.now();
  const getter = Object.getOwnPropertyDescriptor(stopwatch.nodeTiming, 'duration')?.get;
  if (getter === undefined) return exact;
  const [before, between, after] = [exact(), getter.call(stopwatch.nodeTiming), exact()];
  return before <= between && between <= after ? (getter as () => number) : exact;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
