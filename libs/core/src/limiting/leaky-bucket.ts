import type { ClockReading } from '../model/clock-reading.ts';
import type { LeakyBucketLimit } from '../model/limit-rule.ts';
import { carriedOver, type Keeps } from './carry-over.ts';
import { type Limiter, leastLimit, takeInTwoSteps, tolerance } from './limiter.ts';

export interface LeakyBucketShape {
  /** Time between two calls. */
  readonly spacingMs: number;
  /** What fits into the bucket while it is a meter. Where it is 0 nothing goes through a queue either. */
  readonly capacityMs: number;
  readonly maxQueueMs: number;
  readonly maxQueueLength: number;
}

export function leakyBucketShape(rule: LeakyBucketLimit, limit: number = rule.limit): LeakyBucketShape {
  const spacingMs = rule.intervalMs / Math.max(leastLimit, limit);
  return {
    spacingMs,
    capacityMs: limit > 0 ? Math.max(rule.intervalMs, spacingMs) : 0,
    maxQueueMs: rule.maxQueueMs ?? 500,
    maxQueueLength: rule.maxQueueLength ?? Number.POSITIVE_INFINITY,
  };
}

/** Less than this is no wait: a nanosecond, which is rounding. */
const noWaitMs = 1e-6;

/**
 * Keeps how far its calls reach into the future. As a queue the next call goes when that time has come, one spacing
 * after the one before it; idle time is not saved. As a meter (`maxQueueMs` 0) nobody waits: calls go as long as they
 * reach no further than the capacity, which is the generic cell rate algorithm (ITU-T I.371) and decides like a token
 * bucket.
 */
export class LeakyBucket implements Limiter {
  #shape: LeakyBucketShape;
  #backlogMs = 0;
  #sinceMs = 0;
  #owed = 0;

  constructor(shape: LeakyBucketShape, nowMs: number) {
    this.#shape = shape;
    this.#sinceMs = nowMs;
  }

  peek({ nowMs }: ClockReading): number {
    const { spacingMs, capacityMs, maxQueueMs, maxQueueLength } = this.#shape;
    if (capacityMs === 0) return Number.POSITIVE_INFINITY;
    const backlogMs = this.#at(nowMs);
    if (maxQueueMs === 0)
      return backlogMs + spacingMs * (1 - tolerance) <= capacityMs ? 0 : Number.POSITIVE_INFINITY;
    if (backlogMs <= noWaitMs) return 0;
    const waiting = Math.ceil(backlogMs / spacingMs - tolerance) - 1;
    return backlogMs <= maxQueueMs + noWaitMs && waiting < maxQueueLength
      ? backlogMs
      : Number.POSITIVE_INFINITY;
  }

  commit({ nowMs }: ClockReading): void {
    this.#settle(nowMs, this.#at(nowMs) + this.#shape.spacingMs);
  }

  take(reading: ClockReading): boolean {
    return takeInTwoSteps(this, reading);
  }

  giveBack(nowMs: number, takenMs: number, waitMs: number): void {
    const { spacingMs, maxQueueMs } = this.#shape;
    const backlogMs = this.#at(nowMs);
    const lastSlotMs = nowMs + backlogMs - spacingMs;
    if (maxQueueMs > 0 && Math.abs(lastSlotMs - takenMs - waitMs) > spacingMs * tolerance + noWaitMs) return;
    this.#settle(nowMs, Math.max(0, backlogMs - spacingMs));
  }

  retryAfterMs(nowMs: number): number {
    const { spacingMs, capacityMs, maxQueueMs } = this.#shape;
    const backlogMs = this.#at(nowMs);
    if (maxQueueMs === 0 || capacityMs === 0) return Math.max(0, backlogMs + spacingMs - capacityMs);
    // There may be room in the queue before; but not everybody can wait in it.
    return backlogMs;
  }

  used(nowMs: number): number {
    return this.#at(nowMs) / this.#shape.spacingMs;
  }

  isIdle(nowMs: number): boolean {
    return this.#at(nowMs) <= 0 && this.#owedAt(nowMs) <= 0;
  }

  /** Goes on under another shape. */
  reshape(shape: LeakyBucketShape, nowMs: number, keeps: Keeps = 'taken'): void {
    if (shape.maxQueueMs > 0) this.#settle(nowMs, this.#queuedMs(shape, nowMs));
    else this.#pour(shape, nowMs, keeps);
    this.#shape = shape;
  }

  /**
   * Who waits keeps the time that he was promised. After the last of them the new spacing counts, of which as much is
   * over as was of the old one.
   */
  #queuedMs(shape: LeakyBucketShape, nowMs: number): number {
    const backlogMs = this.#at(nowMs);
    const { spacingMs } = this.#shape;
    const promisedMs = Math.max(0, backlogMs - spacingMs);
    return promisedMs + ((backlogMs - promisedMs) / spacingMs) * shape.spacingMs;
  }

  #pour(shape: LeakyBucketShape, nowMs: number, keeps: Keeps): void {
    const { spacingMs, capacityMs } = this.#shape;
    const capacity = shape.capacityMs / shape.spacingMs;
    const left = Math.max(0, capacityMs - this.#at(nowMs)) / spacingMs;
    const balance = { left, owed: this.#owedAt(nowMs) };
    const next = carriedOver(balance, capacityMs / spacingMs, capacity, keeps);
    this.#settle(nowMs, (capacity - next.left) * shape.spacingMs);
    this.#owed = next.owed;
  }

  /** `owed` of the balance, less what would have leaked since out of an empty bucket. */
  #owedAt(nowMs: number): number {
    const idleMs = Math.max(0, nowMs - this.#sinceMs - this.#backlogMs);
    return Math.max(0, this.#owed - idleMs / this.#shape.spacingMs);
  }

  #at(nowMs: number): number {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs <= 0) return this.#backlogMs;
    return elapsedMs < this.#backlogMs ? this.#backlogMs - elapsedMs : 0;
  }

  #settle(nowMs: number, backlogMs: number): void {
    if (this.#owed > 0) this.#owed = this.#owedAt(nowMs);
    this.#backlogMs = backlogMs;
    if (nowMs > this.#sinceMs) this.#sinceMs = nowMs;
  }
}
