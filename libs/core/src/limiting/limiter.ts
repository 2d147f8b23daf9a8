import type { ClockReading } from '../model/clock-reading.ts';

/**
 * Decides in two steps, so that a call which another rule refuses takes nothing from this one: `peek` asks, `commit`
 * takes. Between them time stands still: both get the same reading of a monotonic clock. A reading below an earlier
 * one counts as no time passed.
 */
export interface Limiter {
  /** Milliseconds that a call has to wait: 0 when it may go at once, Infinity when it is refused. Takes nothing. */
  peek(reading: ClockReading): number;
  /** Takes what `peek` promised. */
  commit(reading: ClockReading): void;
  /** Both in one, for a call that nothing else may refuse: false where it can't go at once, and then takes nothing. */
  take(reading: ClockReading): boolean;
  /**
   * Returns what a call took that then never ran: it was to go `waitMs` after `takenMs`. Where others were already
   * promised something on top of it, it stays taken.
   */
  giveBack(nowMs: number, takenMs: number, waitMs: number): void;
  /** Milliseconds until one call may go, if nobody else takes it. */
  retryAfterMs(nowMs: number): number;
  /** How much of the limit is in use, in calls: what an explanation shows beside the threshold. */
  used(nowMs: number): number;
  /** Whether nothing would be lost if it were made anew. */
  isIdle(nowMs: number): boolean;
}

/** `take`, where one step saves nothing. */
export function takeInTwoSteps(limiter: Limiter, reading: ClockReading): boolean {
  if (limiter.peek(reading) > 0) return false;
  limiter.commit(reading);
  return true;
}

/** A limit below counts as this where it is divided by: years pass between two calls. */
export const leastLimit = 1e-9;

/** Share of one call that rounding may have lost; who lacks no more than this goes. */
export const tolerance = 1e-6;
