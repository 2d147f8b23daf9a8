/** How long a call is taken to last while none has ended. */
const unknownMs = 1000;
/** Of the durations heard of before, what counts beside those of a look in which some calls ended. */
const memory = 0.9;

/**
 * How many calls would be under way at a time if none were refused: as many as come while one lasts (Little's law).
 * The calls of a look are spread over the time that they last, so that one long call isn't taken for many. It is told
 * the time in spans of milliseconds and keeps three numbers.
 */
export class PermitDemand {
  #ended = 0;
  #durationMs = 0;
  #wanted = 0;

  /**
   * Learns of a span: calls that came, refused ones included, and how long those took that ended in it, all together.
   * Answers how many are wanted now; with even arrivals it comes to `calls / spanMs` times the mean duration.
   */
  look(spanMs: number, calls: number, ended: number, durationMs: number): number {
    if (ended > 0) {
      this.#ended = this.#ended * memory + ended;
      this.#durationMs = this.#durationMs * memory + durationMs;
    }
    const lastsMs = this.#ended > 0 ? this.#durationMs / this.#ended : unknownMs;
    const spans = Math.max(1, spanMs) / lastsMs;
    const stays = Math.exp(-spans);
    this.#wanted = this.#wanted * stays + (calls * -Math.expm1(-spans)) / spans;
    return this.#wanted;
  }
}
