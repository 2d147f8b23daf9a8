/** Processor time that a script may take, in milliseconds per second; what is left over lasts for one second. */
export class CpuBudget {
  readonly #perSecondMs: number;
  #leftMs: number;
  #countedAtMs: number;

  constructor(perSecondMs: number, nowMs: number) {
    this.#perSecondMs = perSecondMs;
    this.#leftMs = perSecondMs;
    this.#countedAtMs = nowMs;
  }

  hasAny(nowMs: number): boolean {
    const filled = this.#leftMs + ((nowMs - this.#countedAtMs) / 1000) * this.#perSecondMs;
    this.#leftMs = Math.min(this.#perSecondMs, filled);
    this.#countedAtMs = nowMs;
    return this.#leftMs > 0;
  }

  /** Takes what was used; it may be more than was left, and is then owed. */
  take(usedMs: number): void {
    this.#leftMs -= usedMs;
  }
}
