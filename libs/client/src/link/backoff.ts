const shortestMs = 500;
const longestMs = 30_000;
/** What won't heal by itself, a wrong token say, is asked again only so often. */
const hopelessMs = 60_000;

/** When to connect again: full jitter between 0.5 s and a bound that doubles up to 30 s. */
export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A connection was of use: the next loss starts from the beginning. */
  reset(): void {
    this.#attempts = 0;
  }

  /** The wait before the next attempt. `atLeastMs` is what the server asked for; jitter comes on top of it. */
  nextMs(atLeastMs = 0): number {
    const boundMs = Math.min(longestMs, shortestMs * 2 ** ++this.#attempts);
    return atLeastMs + shortestMs + this.#random() * (boundMs - shortestMs);
  }

  hopelessMs(): number {
    return hopelessMs * (0.8 + 0.4 * this.#random());
  }
}
