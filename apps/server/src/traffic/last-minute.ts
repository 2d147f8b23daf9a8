const secondMs = 1000;
const minuteMs = 60_000;
/** Seconds that a minute touches; the first and the last may be parts. */
const secondsKept = 61;

/** The seconds, by their numbers, that are the last minute: for all that is told of it, so that it is of the same calls. */
export const lastMinuteOf = (nowMs: number): { readonly from: number; readonly to: number } => ({
  from: Math.ceil((nowMs - minuteMs) / secondMs),
  to: Math.floor(nowMs / secondMs),
});

/**
 * Numbers of the last minute, second by second, of one of many. There may be twenty thousand of them, and most tell
 * few of the numbers that there are: a column of memory is made for those that were ever more than 0.
 */
export class LastMinute {
  /** The second that lies in each slot. */
  readonly #seconds = new Uint32Array(secondsKept);
  /** Which number each column is of. */
  readonly #fields: number[] = [];
  #columns = new Uint32Array(0);
  /** The number of which the largest counts, where the others add up. */
  readonly #mostOf: number | undefined;

  constructor(mostOf?: number) {
    this.#mostOf = mostOf;
  }

  /** Adds numbers of a second; what is too old is passed over. */
  add(second: number, row: ArrayLike<number>): void {
    const slot = second % secondsKept;
    if (this.#seconds[slot]! > second) return;
    if (this.#seconds[slot]! < second) {
      this.#seconds[slot] = second;
      for (let i = slot; i < this.#columns.length; i += secondsKept) this.#columns[i] = 0;
    }
    for (let field = 0; field < row.length; field++) {
      const count = row[field]!;
      if (count === 0) continue;
      const place = this.#columnOf(field) * secondsKept + slot;
      const before = this.#columns[place]!;
      this.#columns[place] = field === this.#mostOf ? Math.max(before, count) : before + count;
    }
  }

  /** What the last minute comes to, of so many numbers. */
  sum(nowMs: number, fieldCount: number): Float64Array {
    const { from, to } = lastMinuteOf(nowMs);
    const sum = new Float64Array(fieldCount);
    for (let slot = 0; slot < secondsKept; slot++) {
      if (this.#seconds[slot]! < from || this.#seconds[slot]! > to) continue;
      for (const [column, field] of this.#fields.entries()) {
        const count = this.#columns[column * secondsKept + slot]!;
        sum[field] = field === this.#mostOf ? Math.max(sum[field]!, count) : sum[field]! + count;
      }
    }
    return sum;
  }

  #columnOf(field: number): number {
    const known = this.#fields.indexOf(field);
    if (known >= 0) return known;
    const grown = new Uint32Array(this.#columns.length + secondsKept);
    grown.set(this.#columns);
    this.#columns = grown;
    return this.#fields.push(field) - 1;
  }
}
