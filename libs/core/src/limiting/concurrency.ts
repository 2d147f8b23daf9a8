import type { ConcurrencyLimit } from '../model/limit-rule.ts';
import { type Limiter, tolerance } from './limiter.ts';

export interface ConcurrencyShape {
  readonly max: number;
  readonly queue: number;
  readonly maxQueueMs: number;
}

/** Whole permits: a part of one lets nobody in, and 0 leaves everybody waiting. */
export function concurrencyShape(rule: ConcurrencyLimit, max: number = rule.max): ConcurrencyShape {
  return { max: Math.floor(max + tolerance), queue: rule.queue ?? 0, maxQueueMs: rule.maxQueueMs ?? 1000 };
}

/** A caller in the queue. */
export interface Waiter {
  /** It has a permit now, and has to release it. Called once; must not throw. */
  granted(): void;
}

/**
 * Permits for calls at a time. `peek` answers 0 when one is free, the longest time in the queue when one may wait for
 * it, and Infinity when the queue is full too. A permit that comes back goes to who waited longest; nobody who comes
 * later gets in between.
 */
export class Concurrency implements Limiter {
  #shape: ConcurrencyShape;
  /** Of the shape, near at hand for every call. */
  #max = 0;
  #inUse = 0;
  /** In the order in which they came; made when somebody first waits. */
  #waiters: Set<Waiter> | undefined;

  constructor(shape: ConcurrencyShape) {
    this.#shape = shape;
    this.#max = shape.max;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get waiting(): number {
    return this.#waiters?.size ?? 0;
  }

  peek(): number {
    if (this.#inUse < this.#max) return 0;
    const { queue, maxQueueMs } = this.#shape;
    return this.waiting < queue ? maxQueueMs : Number.POSITIVE_INFINITY;
  }

  /** Takes a permit. Each has to come back through `release`, once. */
  commit(): void {
    this.#inUse += 1;
  }

  release(): void {
    const next = this.#inUse <= this.#max ? this.#next() : undefined;
    if (next) next.granted();
    else this.#inUse -= 1;
  }

  take(): boolean {
    if (this.#inUse >= this.#max) return false;
    this.#inUse += 1;
    return true;
  }

  giveBack(): void {
    this.release();
  }

  join(waiter: Waiter): void {
    this.#waiters ??= new Set();
    this.#waiters.add(waiter);
  }

  /** Whether it was still waiting; who was granted a permit before has to release it instead. */
  leave(waiter: Waiter): boolean {
    return this.#waiters?.delete(waiter) ?? false;
  }

  /** Nobody knows when a call ends; the longest time in the queue is as good as any. */
  retryAfterMs(): number {
    return this.peek() === 0 ? 0 : this.#shape.maxQueueMs;
  }

  used(): number {
    return this.#inUse;
  }

  isIdle(): boolean {
    return this.#inUse === 0 && this.waiting === 0;
  }

  /** Goes on under another shape: calls under way keep their permits, and who waits gets those that are new. */
  reshape(shape: ConcurrencyShape): void {
    this.#shape = shape;
    this.#max = shape.max;
    while (this.#inUse < shape.max) {
      const next = this.#next();
      if (!next) return;
      this.#inUse += 1;
      next.granted();
    }
  }

  #next(): Waiter | undefined {
    if (!this.#waiters) return undefined;
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      return waiter;
    }
    return undefined;
  }
}
