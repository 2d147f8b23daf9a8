/** So long nothing may have come before a burst is over. */
const quietMs = 200;
/** After so long what has come is not kept waiting for the end of the burst. */
const longestMs = 1000;

/**
 * When to write what comes in bursts, as the answers of a whole fleet to one push do: once it has paused, for writing
 * in the middle of it would keep the rest waiting; and once a second where it never pauses.
 */
export class Lull {
  #firstMs: number | undefined;
  #lastMs = 0;

  /** Something came that is to be written. */
  came(nowMs: number): void {
    this.#firstMs ??= nowMs;
    this.#lastMs = nowMs;
  }

  /** Whether there is something, and it is time. Whoever is told so writes all of it. */
  isTime(nowMs: number): boolean {
    if (this.#firstMs === undefined) return false;
    if (nowMs - this.#lastMs < quietMs && nowMs - this.#firstMs < longestMs) return false;
    this.#firstMs = undefined;
    return true;
  }
}
