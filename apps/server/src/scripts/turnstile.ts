import { SluiceError } from '@sluice/core';

export interface TurnstileLimits {
  /** Works at the same time. */
  readonly atOnce: number;
  /** Works that may wait for their turn. */
  readonly waiting: number;
  /** Works of one key in a minute. */
  readonly perMinute: number;
}

const minuteMs = 60_000;
const mostKeys = 10_000;

/** Lets works through one after the other, a few at a time, and so many a minute for each key. Told the time. */
export class Turnstile {
  readonly #limits: TurnstileLimits;
  readonly #since = new Map<string, { readonly atMs: number; count: number }>();
  readonly #queue: (() => void)[] = [];
  #under = 0;

  constructor(limits: TurnstileLimits) {
    this.#limits = limits;
  }

  /** Throws `too_many_requests` at once instead of letting anybody wait for long. */
  async pass<T>(key: string, nowMs: number, work: () => Promise<T>): Promise<T> {
    this.#count(key, nowMs);
    if (this.#under >= this.#limits.atOnce) {
      if (this.#queue.length >= this.#limits.waiting)
        throw new SluiceError('too_many_requests', { retryAfterSec: 5 });
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#under++;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#under--;
    }
  }

  #count(key: string, nowMs: number): void {
    let window = this.#since.get(key);
    if (!window || nowMs - window.atMs >= minuteMs) {
      this.#since.delete(key);
      window = { atMs: nowMs, count: 0 };
      this.#since.set(key, window);
      if (this.#since.size > mostKeys) this.#since.delete(this.#since.keys().next().value!);
    }
    if (window.count >= this.#limits.perMinute) {
      const retryAfterSec = Math.max(1, Math.ceil((window.atMs + minuteMs - nowMs) / 1000));
      throw new SluiceError('too_many_requests', { retryAfterSec });
    }
    window.count++;
  }
}
