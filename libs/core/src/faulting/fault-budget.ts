/** Over how long a budget is looked at. */
export const budgetWindowMs = 10_000;
const buckets = 100;
const bucketMs = budgetWindowMs / buckets;
const all = 1_000_000;

/**
 * Lets at most so many per million of the calls of the last ten seconds be broken: whenever it lets one, those that it
 * let in the ten seconds up to this moment are no more than that share of the calls that came in them. It counts in
 * tenths of a second and in doubt against the fault, so up to two in a hundred of what could be had stay unused.
 */
export class FaultBudget {
  readonly #perMillion: number;
  /** One bucket more than the window has: of the oldest, a part lies outside. */
  readonly #calls = new Uint32Array(buckets + 1);
  readonly #broken = new Uint32Array(buckets + 1);
  #callsSum = 0;
  #brokenSum = 0;
  /** Number of the newest bucket, counted from when the clock began. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(perMillion: number) {
    this.#perMillion = perMillion;
  }

  /** A call came that could be broken, or could not. A reading below an earlier one counts as no time passed. */
  called(nowMs: number): void {
    if (this.#perMillion >= all) return;
    this.#move(nowMs);
    this.#calls[placeOf(this.#newest)]! += 1;
    this.#callsSum += 1;
  }

  /** Whether the call that came just now may be broken; if so, it counts as broken. */
  take(nowMs: number): boolean {
    if (this.#perMillion >= all) return true;
    this.#move(nowMs);
    // Those of the oldest bucket may be older than ten seconds: they don't count as calls, but as broken they do.
    const calls = this.#callsSum - this.#calls[placeOf(this.#newest + 1)]!;
    if ((this.#brokenSum + 1) * all > calls * this.#perMillion) return false;
    this.#broken[placeOf(this.#newest)]! += 1;
    this.#brokenSum += 1;
    return true;
  }

  #move(nowMs: number): void {
    const newest = Math.floor(nowMs / bucketMs);
    if (newest <= this.#newest) return;
    const from = Math.max(this.#newest + 1, newest - buckets);
    for (let each = from; each <= newest; each++) {
      const i = placeOf(each);
      this.#callsSum -= this.#calls[i]!;
      this.#brokenSum -= this.#broken[i]!;
      this.#calls[i] = 0;
      this.#broken[i] = 0;
    }
    this.#newest = newest;
  }
}

/** Where a bucket lies in the ring, for a clock that begins before 0, too. */
const placeOf = (bucket: number): number => ((bucket % (buckets + 1)) + buckets + 1) % (buckets + 1);
