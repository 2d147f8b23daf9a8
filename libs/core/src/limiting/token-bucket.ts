import type { TokenBucketLimit } from '../model/limit-rule.ts';
import { type Limiter, tolerance } from './limiter.ts';

export interface TokenBucketShape {
  readonly capacity: number;
  readonly perMs: number;
}

/** A bucket holds at least one token: a limit below 1 only makes it fill slowly. */
export function tokenBucketShape(rule: TokenBucketLimit, limit: number = rule.limit): TokenBucketShape {
  return { capacity: Math.max(1, limit + (rule.burst ?? 0)), perMs: limit / rule.intervalMs };
}

/**
 * Starts full; a call takes one token, and they drip back evenly up to the capacity. So one interval may see
 * `capacity + limit` calls: the saved ones and those that dripped in meanwhile.
 */
export class TokenBucket implements Limiter {
  #shape: TokenBucketShape;
  #tokens: number;
  #sinceMs: number;

  constructor(shape: TokenBucketShape, nowMs: number) {
    this.#shape = shape;
    this.#tokens = shape.capacity;
    this.#sinceMs = nowMs;
  }

  peek(nowMs: number): number {
    return this.#at(nowMs) >= 1 - tolerance ? 0 : Number.POSITIVE_INFINITY;
  }

  commit(nowMs: number): void {
    this.#settle(nowMs, this.#at(nowMs) - 1);
  }

  giveBack(nowMs: number): void {
    this.#settle(nowMs, Math.min(this.#shape.capacity, this.#at(nowMs) + 1));
  }

  retryAfterMs(nowMs: number): number {
    return Math.max(0, (1 - this.#at(nowMs)) / this.#shape.perMs);
  }

  used(nowMs: number): number {
    return this.#shape.capacity - this.#at(nowMs);
  }

  isIdle(nowMs: number): boolean {
    return this.#at(nowMs) >= this.#shape.capacity;
  }

  /** Goes on under another shape: what was taken stays taken, so 100 -> 10 after 2 calls leaves 8. */
  reshape(shape: TokenBucketShape, nowMs: number): void {
    const left = this.#at(nowMs) + shape.capacity - this.#shape.capacity;
    this.#settle(nowMs, Math.min(shape.capacity, Math.max(0, left)));
    this.#shape = shape;
  }

  #at(nowMs: number): number {
    const { capacity, perMs } = this.#shape;
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs <= 0) return this.#tokens;
    return Math.min(capacity, this.#tokens + elapsedMs * perMs);
  }

  #settle(nowMs: number, tokens: number): void {
    this.#tokens = tokens;
    if (nowMs > this.#sinceMs) this.#sinceMs = nowMs;
  }
}
