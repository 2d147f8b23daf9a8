import { latencyBoundMs } from '@sluice/core';
import { latencyBuckets, type Quantiles } from './tally-fields.ts';

/** How long calls took, in core's buckets. */
export class Latency {
  readonly #buckets = new Uint32Array(latencyBuckets);
  #total = 0;

  add(pairs: readonly (readonly [bucket: number, calls: number])[]): void {
    for (const [bucket, calls] of pairs) {
      this.#buckets[bucket]! += calls;
      this.#total += calls;
    }
  }

  merge(other: Latency): void {
    for (let i = 0; i < latencyBuckets; i++) this.#buckets[i]! += other.#buckets[i]!;
    this.#total += other.#total;
  }

  /** Only what isn't 0, as it is stored. */
  pairs(): [bucket: number, calls: number][] {
    const pairs: [number, number][] = [];
    for (let i = 0; i < latencyBuckets; i++) if (this.#buckets[i]! > 0) pairs.push([i, this.#buckets[i]!]);
    return pairs;
  }

  /** The bounds below which so many of a hundred calls lie; nothing where no call ended. */
  quantiles(): Partial<Quantiles> {
    if (this.#total === 0) return {};
    return { p50Ms: this.#below(0.5), p90Ms: this.#below(0.9), p99Ms: this.#below(0.99) };
  }

  #below(share: number): number {
    const wanted = Math.ceil(this.#total * share);
    let seen = 0;
    for (let i = 0; i < latencyBuckets; i++) {
      seen += this.#buckets[i]!;
      if (seen >= wanted) return latencyBoundMs(i);
    }
    return latencyBoundMs(latencyBuckets - 1);
  }
}
