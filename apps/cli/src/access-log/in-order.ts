import type { LogEntry } from './log-line.ts';

/** How far behind the newest line another may be and still find its place. */
const slackMs = 120_000;
/** Entries that are held back at most. */
const mostHeld = 200_000;

/**
 * Puts requests back into the order of time: servers write a line when a request ends, with the time when it began.
 * What comes later than that is passed on at once and counted.
 */
export class InOrder {
  readonly #onEntry: (entry: LogEntry) => void;
  readonly #seconds = new Map<number, LogEntry[]>();
  #held = 0;
  #newestMs = Number.NEGATIVE_INFINITY;
  #releasedMs = Number.NEGATIVE_INFINITY;
  late = 0;

  constructor(onEntry: (entry: LogEntry) => void) {
    this.#onEntry = onEntry;
  }

  take(entry: LogEntry): void {
    const { atMs } = entry;
    if (atMs < this.#releasedMs) {
      this.late += 1;
      this.#onEntry(entry);
      return;
    }
    const same = this.#seconds.get(atMs);
    if (same) same.push(entry);
    else this.#seconds.set(atMs, [entry]);
    this.#held += 1;
    if (atMs > this.#newestMs) {
      this.#newestMs = atMs;
      this.#release(atMs - slackMs);
    }
    if (this.#held > mostHeld) this.#release(this.#middle());
  }

  end(): void {
    this.#release(Number.POSITIVE_INFINITY);
  }

  /** The second up to which half of what is held lies. */
  #middle(): number {
    const times = [...this.#seconds.keys()].sort((a, b) => a - b);
    let passed = 0;
    for (const time of times) {
      passed += this.#seconds.get(time)!.length;
      if (2 * passed >= this.#held) return time;
    }
    return Number.POSITIVE_INFINITY;
  }

  #release(untilMs: number): void {
    const due: number[] = [];
    for (const atMs of this.#seconds.keys()) if (atMs <= untilMs) due.push(atMs);
    for (const atMs of due.sort((a, b) => a - b)) {
      const entries = this.#seconds.get(atMs)!;
      this.#seconds.delete(atMs);
      this.#held -= entries.length;
      this.#releasedMs = atMs;
      for (const entry of entries) this.#onEntry(entry);
    }
  }
}
