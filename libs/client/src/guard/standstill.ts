/** A timer that fires so much too late says that this process stood still. */
const tooLateMs = 200;

/**
 * Calls that wait for their slot while the process stands still would all go in the turn in which it goes on, which is
 * what the slots are there against. So their times move along: the first one goes, and the others as long after it as
 * they were to.
 */
export class Standstill {
  #seenMs = Number.NEGATIVE_INFINITY;
  #firstDueMs = 0;

  /** How much longer a call waits that was due then and is looked at now; the first that was due is the first to ask. */
  moreMs(dueMs: number, nowMs: number): number {
    if (nowMs - dueMs < tooLateMs) return 0;
    // Those of one standstill are looked at in one turn, so nearly at the same time.
    if (nowMs - this.#seenMs >= tooLateMs) {
      this.#seenMs = nowMs;
      this.#firstDueMs = dueMs;
    }
    return Math.max(0, dueMs - this.#firstDueMs);
  }
}
