import type { ClockReading } from '../model/clock-reading.ts';
import type { TokenBucketLimit } from '../model/limit-rule.ts';
import { carriedOver, type Keeps } from './carry-over.ts';
import { type Limiter, leastLimit, tolerance } from './limiter.ts';

export interface TokenBucketShape {
  readonly capacity: number;
  readonly perMs: number;
}

/** A bucket holds at least one token: a limit below 1 only makes it fill slowly. One of 0 holds none. */
export function tokenBucketShape(
  rule: TokenBucketLimit,
  limit: number = rule.limit,
  burst: number = rule.burst ?? 0,
): TokenBucketShape {
  return {
    capacity: limit > 0 ? Math.max(1, limit + burst) : 0,
    perMs: Math.max(leastLimit, limit) / rule.intervalMs,
  };
}

/** Of one token, for a call. */
const enough = 1 - tolerance;

/**
 * Starts full; a call takes one token, and they drip back evenly up to the capacity. So one interval may see
 * `capacity + limit` calls: the saved ones and those that dripped in meanwhile.
 */
export class TokenBucket implements Limiter {
  // Numbers from the beginning: in a field that was once undefined every number is allocated anew.
  #capacity = 0;
  #perMs = 0;
  #tokens = 0;
  #sinceMs = 0;
  #owed = 0;

  constructor(shape: TokenBucketShape, nowMs: number) {
    this.#take(shape);
    this.#tokens = shape.capacity;
    this.#sinceMs = nowMs;
  }

  peek({ nowMs }: ClockReading): number {
    return this.#at(nowMs) >= enough ? 0 : Number.POSITIVE_INFINITY;
  }

  commit({ nowMs }: ClockReading): void {
    this.#settle(nowMs, this.#at(nowMs) - 1);
  }

  take({ nowMs }: ClockReading): boolean {
    const tokens = this.#at(nowMs);
    if (tokens < enough) return false;
    this.#settle(nowMs, tokens - 1);
    return true;
  }

  giveBack(nowMs: number): void {
    this.#settle(nowMs, Math.min(this.#capacity, this.#at(nowMs) + 1));
  }

  retryAfterMs(nowMs: number): number {
    return Math.max(0, (1 - this.#at(nowMs)) / this.#perMs);
  }

  used(nowMs: number): number {
    return this.#capacity - this.#at(nowMs);
  }

  isIdle(nowMs: number): boolean {
    return this.#at(nowMs) >= this.#capacity && this.#owedAt(nowMs) <= 0;
  }

  /** Goes on under another shape, and fills at the new rate. */
  reshape(shape: TokenBucketShape, nowMs: number, keeps: Keeps = 'taken'): void {
    const balance = { left: this.#at(nowMs), owed: this.#owedAt(nowMs) };
    const { left, owed } = carriedOver(balance, this.#capacity, shape.capacity, keeps);
    this.#settle(nowMs, left);
    this.#owed = owed;
    this.#take(shape);
  }

  #take({ capacity, perMs }: TokenBucketShape): void {
    this.#capacity = capacity;
    this.#perMs = perMs;
  }

  #at(nowMs: number): number {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs <= 0) return this.#tokens;
    return Math.min(this.#capacity, this.#tokens + elapsedMs * this.#perMs);
  }

  /** `owed` of the balance, less what has flowed over since. */
  #owedAt(nowMs: number): number {
    const filled = this.#tokens + Math.max(0, nowMs - this.#sinceMs) * this.#perMs;
    return Math.max(0, this.#owed - Math.max(0, filled - this.#capacity));
  }

  #settle(nowMs: number, tokens: number): void {
    if (this.#owed > 0) this.#owed = this.#owedAt(nowMs);
    this.#tokens = tokens;
    if (nowMs > this.#sinceMs) this.#sinceMs = nowMs;
  }
}
