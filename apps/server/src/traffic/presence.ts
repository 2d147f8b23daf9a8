import type { Coverage } from './coverage.ts';

const secondMs = 1000;
/**
 * A process that runs gives a sign at least every five seconds. After a longer silence nobody knows what it did since
 * the sign before: it may have been stopped, or its network have been gone.
 */
const longestSilenceMs = 8000;
/** Seconds that are told of out of turn, as after an outage of the link. */
const mostApart = 120;

/**
 * Of which seconds something is known of one instance. It is known that it had no calls in a second that it didn't
 * tell of when a sign of life came later: a frozen process gives none, so its seconds stay unknown.
 */
export class Presence {
  readonly #coverage: Coverage;
  #signMs: number;
  /** All seconds from here to `#untilStep` are counted. */
  #fromStep: number;
  #untilStep: number;
  /** Others that are. */
  readonly #apart = new Set<number>();

  /** Known from `nowMs` on. */
  constructor(coverage: Coverage, nowMs: number) {
    this.#coverage = coverage;
    this.#signMs = nowMs;
    this.#fromStep = Math.floor(nowMs / secondMs);
    this.#untilStep = this.#fromStep - 1;
  }

  /** It lives: what it didn't tell of since the sign before didn't happen. */
  sign(nowMs: number): void {
    const step = Math.floor(nowMs / secondMs);
    const isUnbroken = nowMs - this.#signMs <= longestSilenceMs;
    this.#signMs = Math.max(this.#signMs, nowMs);
    if (!isUnbroken) {
      this.#fromStep = step;
      this.#untilStep = step - 1;
    }
    // The present second isn't over.
    while (this.#untilStep < step - 1) {
      this.#untilStep += 1;
      if (!this.#apart.delete(this.#untilStep)) this.#coverage.heard(this.#untilStep);
    }
  }

  /** It told of the second that began then. */
  told(beganMs: number): void {
    const step = Math.floor(beganMs / secondMs);
    if ((step >= this.#fromStep && step <= this.#untilStep) || this.#apart.has(step)) return;
    this.#apart.add(step);
    this.#coverage.heard(step);
    if (this.#apart.size > mostApart)
      for (const oldest of this.#apart) return void this.#apart.delete(oldest);
  }
}
