import { zeros } from '../model/zeros.ts';

const buckets = 10;

/** Calls of the last `windowMs`, and the bad ones among them, in ten buckets that move on when they are asked. */
export class Window {
  // What every good call looks at comes first, near to each other.
  /** When the present bucket ends, and where it lies. */
  #endMs = 0;
  #slot: number;
  readonly #totals = zeros(buckets);
  #total = 0;
  #bad = 0;
  readonly #bads = zeros(buckets);
  #index: number;
  readonly #widthMs: number;
  readonly windowMs: number;

  constructor(windowMs: number, nowMs: number) {
    this.windowMs = windowMs;
    this.#widthMs = windowMs / buckets;
    this.#index = Math.floor(nowMs / this.#widthMs);
    this.#slot = slotOf(this.#index);
    this.#endMs = (this.#index + 1) * this.#widthMs;
  }

  /** As of the last `add` or `move`. */
  get total(): number {
    return this.#total;
  }

  get bad(): number {
    return this.#bad;
  }

  add(nowMs: number, isBad: boolean): void {
    this.move(nowMs);
    this.#totals[this.#slot]! += 1;
    this.#total += 1;
    if (!isBad) return;
    this.#bads[this.#slot]! += 1;
    this.#bad += 1;
  }

  /** Forgets what is too old by now. */
  move(nowMs: number): void {
    if (nowMs >= this.#endMs) this.#turn(Math.floor(nowMs / this.#widthMs));
  }

  clear(): void {
    this.#totals.fill(0);
    this.#bads.fill(0);
    this.#total = 0;
    this.#bad = 0;
  }

  /** One of another length that begins with what this one holds, as if it had just come. */
  resized(windowMs: number, nowMs: number): Window {
    this.move(nowMs);
    const other = new Window(windowMs, nowMs);
    other.#totals[other.#slot] = this.#total;
    other.#bads[other.#slot] = this.#bad;
    other.#total = this.#total;
    other.#bad = this.#bad;
    return other;
  }

  #turn(index: number): void {
    for (let step = Math.min(index - this.#index, buckets); step > 0; step--) {
      const slot = slotOf(index - step + 1);
      this.#total -= this.#totals[slot]!;
      this.#bad -= this.#bads[slot]!;
      this.#totals[slot] = 0;
      this.#bads[slot] = 0;
    }
    this.#index = index;
    this.#slot = slotOf(index);
    this.#endMs = (index + 1) * this.#widthMs;
  }
}

const slotOf = (index: number): number => ((index % buckets) + buckets) % buckets;
