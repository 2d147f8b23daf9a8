import { SluiceError } from '@sluice/core';

export interface AttemptLimit {
  readonly failures: number;
  readonly windowMs: number;
  /** How many keys are remembered; beyond, the one that was first seen is forgotten. */
  readonly maxKeys: number;
}

/** Counts failures per key (an account, an address) over a sliding window. Told the time; of this node only. */
export class AttemptLimiter {
  readonly #limit: AttemptLimit;
  readonly #failures = new Map<string, number[]>();

  constructor(limit: AttemptLimit) {
    this.#limit = limit;
  }

  /** Throws `too_many_requests`, with the time until the oldest failure no longer counts. */
  check(key: string, now: number): void {
    const recent = this.#recent(key, now);
    if (recent.length < this.#limit.failures) return;
    const waitMs = recent[0]! + this.#limit.windowMs - now;
    throw new SluiceError('too_many_requests', { retryAfterSec: Math.max(1, Math.ceil(waitMs / 1000)) });
  }

  failed(key: string, now: number): void {
    const recent = this.#recent(key, now);
    recent.push(now);
    this.#failures.set(key, recent);
    if (this.#failures.size > this.#limit.maxKeys)
      this.#failures.delete(this.#failures.keys().next().value as string);
  }

  /** Takes one failure back, which was counted before it was known to be none. */
  tookBack(key: string): void {
    const all = this.#failures.get(key);
    all?.pop();
    if (all?.length === 0) this.#failures.delete(key);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string, now: number): number[] {
    return (this.#failures.get(key) ?? []).filter((at) => now - at < this.#limit.windowMs);
  }
}

/** One key per address; of IPv6 the network, because a single host owns 2^64 of them. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  return address.includes(':') ? `${expand(address).slice(0, 4).join(':')}::/64` : address;
}

function expand(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  if (tail === undefined) return left;
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
}
