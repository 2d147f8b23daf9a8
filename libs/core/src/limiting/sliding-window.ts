import type { ClockReading } from '../model/clock-reading.ts';
import type { SlidingWindowLimit } from '../model/limit-rule.ts';
import { zeros } from '../model/zeros.ts';
import { type Limiter, leastLimit } from './limiter.ts';

export interface SlidingWindowShape {
  /** Below 1 it is one call in as many windows as that takes; 0 lets none through. */
  readonly limit: number;
  readonly windowMs: number;
}

export function slidingWindowShape(rule: SlidingWindowLimit, limit: number = rule.limit): SlidingWindowShape {
  return { limit, windowMs: rule.windowMs };
}

const bucketsPerWindow = 10;
/** A window that begins inside a bucket reaches into one more. Counting it too is what keeps the promise. */
const buckets = bucketsPerWindow + 1;

/** Buckets a hair too wide: rounding of `now / width` can't make two calls of one window lie 11 buckets apart. */
const widthOf = (windowMs: number): number => (windowMs / bucketsPerWindow) * (1 + 1e-6);

/**
 * Counts calls in buckets of a tenth of the window and looks back over eleven of them. No stretch of time as long as
 * the window ever holds more than the limit; in exchange a steady stream gets no less than ten elevenths of it. Under a
 * limit below 1 it keeps the exact time of the last call.
 */
export class SlidingWindow implements Limiter {
  // What every call looks at comes first, near to each other. Numbers from the beginning: in a field that was once
  // undefined every number is allocated anew.
  /** When the present bucket ends, and where it lies. */
  #endMs = 0;
  #slot = 0;
  #total = 0;
  #limit = 0;
  #counts = zeros(buckets);
  /** The bucket of the present, counted from the beginning of the clock. */
  #index = 0;
  #widthMs = 0;
  #windowMs = 0;
  /** The last call, where one window doesn't reach back to it: under a limit below 1. */
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(shape: SlidingWindowShape, nowMs: number) {
    this.#limit = shape.limit;
    this.#windowMs = shape.windowMs;
    this.#widthMs = widthOf(shape.windowMs);
    this.#index = indexAt(nowMs, this.#widthMs);
    this.#slot = slotOf(this.#index);
    this.#endMs = (this.#index + 1) * this.#widthMs;
  }

  peek({ nowMs }: ClockReading): number {
    this.#move(nowMs);
    return this.#total + 1 <= this.#limit || this.#isDue(nowMs) ? 0 : Number.POSITIVE_INFINITY;
  }

  commit({ nowMs }: ClockReading): void {
    this.#move(nowMs);
    if (this.#limit < 1) this.#lastMs = Math.max(this.#lastMs, nowMs);
    this.#counts[this.#slot]! += 1;
    this.#total += 1;
  }

  take({ nowMs }: ClockReading): boolean {
    this.#move(nowMs);
    if (this.#total + 1 > this.#limit) {
      if (!this.#isDue(nowMs)) return false;
      this.#lastMs = nowMs;
    }
    this.#counts[this.#slot]! += 1;
    this.#total += 1;
    return true;
  }

  giveBack(nowMs: number, takenMs: number): void {
    this.#move(nowMs);
    if (this.#lastMs === takenMs) this.#lastMs = Number.NEGATIVE_INFINITY;
    const index = Math.min(this.#index, indexAt(takenMs, this.#widthMs));
    if (index > this.#index - buckets && this.#counts[slotOf(index)]! > 0) this.#add(index, -1);
  }

  retryAfterMs(nowMs: number): number {
    this.#move(nowMs);
    if (this.#limit < 1) return this.#isDue(nowMs) ? 0 : untilMs(nowMs, this.#dueMs(nowMs));
    let total = this.#total;
    let index = this.#index - bucketsPerWindow;
    for (; total + 1 > this.#limit && index <= this.#index; index++) total -= this.#counts[slotOf(index)]!;
    // Bucket i is no longer looked at as soon as bucket i + 11 is the present; index is one past the last to go.
    return total === this.#total ? 0 : untilMs(nowMs, (index - 1 + buckets) * this.#widthMs);
  }

  used(nowMs: number): number {
    this.#move(nowMs);
    const isEarly = this.#limit < 1 && this.#limit > 0 && !this.#isDue(nowMs);
    return isEarly ? Math.max(1, this.#total) : this.#total;
  }

  isIdle(nowMs: number): boolean {
    return this.used(nowMs) === 0;
  }

  /**
   * Goes on under another shape. For a window of another length every call is counted as if it had come at the end of
   * its bucket, the latest time possible, so the new window keeps its promise from the first moment.
   */
  reshape(shape: SlidingWindowShape, nowMs: number): void {
    this.#move(nowMs);
    if (shape.windowMs !== this.#windowMs) this.#spread(widthOf(shape.windowMs), nowMs);
    if (shape.limit < 1 && this.#limit >= 1) this.#lastMs = Math.max(this.#lastMs, this.#latestMs(nowMs));
    this.#limit = shape.limit;
    this.#windowMs = shape.windowMs;
  }

  /** Whether a call may go under a limit below 1. */
  #isDue(nowMs: number): boolean {
    const limit = this.#limit;
    return limit < 1 && limit > 0 && nowMs >= this.#dueMs(nowMs);
  }

  #dueMs(nowMs: number): number {
    const limit = Math.max(leastLimit, this.#limit);
    return (this.#limit > 0 ? this.#lastMs : nowMs) + this.#windowMs / limit;
  }

  /** The latest moment at which the last call that it looks back on can have come. */
  #latestMs(nowMs: number): number {
    for (let index = this.#index; index > this.#index - buckets; index--)
      if (this.#counts[slotOf(index)]! > 0) return Math.min(nowMs, (index + 1) * this.#widthMs);
    return Number.NEGATIVE_INFINITY;
  }

  #spread(widthMs: number, nowMs: number): void {
    const counts = this.#counts;
    const [first, oldWidthMs] = [this.#index - bucketsPerWindow, this.#widthMs];
    const last = this.#index;
    this.#counts = zeros(buckets);
    this.#total = 0;
    this.#widthMs = widthMs;
    this.#begin(indexAt(Math.max(nowMs, last * oldWidthMs), widthMs));
    for (let old = first; old <= last; old++) {
      const index = Math.min(this.#index, Math.floor(((old + 1) * oldWidthMs) / widthMs));
      if (index > this.#index - buckets) this.#add(index, counts[slotOf(old)]!);
    }
  }

  #add(index: number, count: number): void {
    this.#counts[slotOf(index)]! += count;
    this.#total += count;
  }

  #move(nowMs: number): void {
    if (nowMs >= this.#endMs) this.#turn(indexAt(nowMs, this.#widthMs));
  }

  #turn(index: number): void {
    for (let step = Math.min(index - this.#index, buckets); step > 0; step--) {
      const slot = slotOf(index - step + 1);
      this.#total -= this.#counts[slot]!;
      this.#counts[slot] = 0;
    }
    this.#begin(index);
  }

  #begin(index: number): void {
    this.#index = index;
    this.#slot = slotOf(index);
    this.#endMs = (index + 1) * this.#widthMs;
  }
}

/** The bucket of a moment. One that begins at the moment is its bucket, however the quotient was rounded. */
function indexAt(nowMs: number, widthMs: number): number {
  const index = Math.floor(nowMs / widthMs);
  return (index + 1) * widthMs <= nowMs ? index + 1 : index;
}

/** How long to wait from one moment, so that whoever adds it comes to the other one and not a rounding short of it. */
function untilMs(nowMs: number, thenMs: number): number {
  const waitMs = thenMs - nowMs;
  if (waitMs <= 0) return 0;
  return nowMs + waitMs < thenMs ? waitMs + thenMs * Number.EPSILON : waitMs;
}

/** Also for buckets before the beginning of the clock. */
const slotOf = (index: number): number => ((index % buckets) + buckets) % buckets;
