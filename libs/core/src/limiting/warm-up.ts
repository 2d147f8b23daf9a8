import type { ClockReading } from '../model/clock-reading.ts';
import type { WarmUpLimit } from '../model/limit-rule.ts';
import { carriedOver, type Keeps } from './carry-over.ts';
import { type Limiter, leastLimit, takeInTwoSteps, tolerance } from './limiter.ts';

export interface WarmUpShape {
  /** Time between two calls when warm. */
  readonly stableMs: number;
  /** Stored permits: what a rest saves up, and what has to be used up until it is warm. */
  readonly maxStored: number;
  /** Below so many it is warm. */
  readonly warmStored: number;
  /** How much longer the spacing is with each stored permit above that. */
  readonly slopeMs: number;
  readonly restPerMs: number;
  /** How far calls may reach, and one call at least; where it is 0 none goes. */
  readonly capacityMs: number;
}

export function warmUpShape(rule: WarmUpLimit, limit: number = rule.limit): WarmUpShape {
  const stableMs = 1000 / Math.max(leastLimit, limit);
  const coldMs = stableMs * (rule.coldFactor ?? 3);
  const warmUpMs = rule.warmUpSec * 1000;
  const warmStored = warmUpMs / 2 / stableMs;
  const maxStored = warmStored + (2 * warmUpMs) / (stableMs + coldMs);
  return {
    stableMs,
    maxStored,
    warmStored,
    slopeMs: (coldMs - stableMs) / (maxStored - warmStored),
    restPerMs: maxStored / warmUpMs,
    capacityMs: limit > 0 ? 1000 : 0,
  };
}

/**
 * A meter whose spacing shrinks while it is used: the curve of Guava's SmoothWarmingUp, in which a rest stores
 * permits, calls use them up, and the more are stored the further calls are apart. Using up those above the warm mark
 * takes the time of the warm-up. Other than Guava it makes nobody wait; it lets a second's worth of calls through at
 * once.
 */
export class WarmUp implements Limiter {
  #shape: WarmUpShape;
  #stored = 0;
  #backlogMs = 0;
  #sinceMs = 0;
  #owed = 0;

  constructor(shape: WarmUpShape, nowMs: number) {
    this.#shape = shape;
    this.#stored = shape.maxStored;
    this.#sinceMs = nowMs;
  }

  peek({ nowMs }: ClockReading): number {
    const spacingMs = this.#spacing(this.#storedAt(nowMs));
    const fits = this.#backlogAt(nowMs) + spacingMs * (1 - tolerance) <= this.#roomMs(spacingMs);
    return fits ? 0 : Number.POSITIVE_INFINITY;
  }

  commit({ nowMs }: ClockReading): void {
    const stored = this.#storedAt(nowMs);
    this.#settle(nowMs, Math.max(0, stored - 1), this.#backlogAt(nowMs) + this.#spacing(stored));
  }

  take(reading: ClockReading): boolean {
    return takeInTwoSteps(this, reading);
  }

  giveBack(nowMs: number): void {
    const stored = Math.min(this.#shape.maxStored, this.#storedAt(nowMs) + 1);
    this.#settle(nowMs, stored, Math.max(0, this.#backlogAt(nowMs) - this.#spacing(stored)));
  }

  retryAfterMs(nowMs: number): number {
    const spacingMs = this.#spacing(this.#storedAt(nowMs));
    return Math.max(0, this.#backlogAt(nowMs) + spacingMs - this.#roomMs(spacingMs));
  }

  used(nowMs: number): number {
    return this.#backlogAt(nowMs) / this.#spacing(this.#storedAt(nowMs));
  }

  isIdle(nowMs: number): boolean {
    const isRested = this.#backlogAt(nowMs) <= 0 && this.#storedAt(nowMs) >= this.#shape.maxStored;
    return isRested && this.#owedAt(nowMs) <= 0;
  }

  /** Calls a second that it allows just now. */
  rate(nowMs: number): number {
    return 1000 / this.#spacing(this.#storedAt(nowMs));
  }

  /** Goes on under another shape, as warm as it was. */
  reshape(shape: WarmUpShape, nowMs: number, keeps: Keeps = 'taken'): void {
    const warmth = this.#storedAt(nowMs) / this.#shape.maxStored;
    const beforeMs = this.#spacing(this.#storedAt(nowMs));
    const before = this.#roomMs(beforeMs) / beforeMs;
    const balance = { left: before - this.#backlogAt(nowMs) / beforeMs, owed: this.#owedAt(nowMs) };
    this.#shape = shape;
    const stored = warmth * shape.maxStored;
    const spacingMs = this.#spacing(stored);
    const after = this.#roomMs(spacingMs) / spacingMs;
    const { left, owed } = carriedOver(balance, before, after, keeps);
    this.#settle(nowMs, stored, (after - left) * spacingMs);
    this.#owed = owed;
  }

  /** `owed` of the balance, less what could have gone since and didn't. */
  #owedAt(nowMs: number): number {
    const idleMs = Math.max(0, nowMs - this.#sinceMs - this.#backlogMs);
    return Math.max(0, this.#owed - idleMs / this.#spacing(this.#storedAt(nowMs)));
  }

  /** How far calls of this spacing may reach. */
  #roomMs(spacingMs: number): number {
    const { capacityMs } = this.#shape;
    return capacityMs === 0 ? 0 : Math.max(capacityMs, spacingMs);
  }

  #spacing(stored: number): number {
    const { stableMs, warmStored, slopeMs } = this.#shape;
    return stored <= warmStored ? stableMs : stableMs + (stored - warmStored) * slopeMs;
  }

  /** It rests only while no earlier call reaches into the present. */
  #storedAt(nowMs: number): number {
    const restMs = nowMs - this.#sinceMs - this.#backlogMs;
    if (restMs <= 0) return this.#stored;
    return Math.min(this.#shape.maxStored, this.#stored + restMs * this.#shape.restPerMs);
  }

  #backlogAt(nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#sinceMs);
    return Math.max(0, this.#backlogMs - elapsedMs);
  }

  #settle(nowMs: number, stored: number, backlogMs: number): void {
    if (this.#owed > 0) this.#owed = this.#owedAt(nowMs);
    this.#stored = stored;
    this.#backlogMs = backlogMs;
    if (nowMs > this.#sinceMs) this.#sinceMs = nowMs;
  }
}
