import type { Harm, RunningFault } from '@sluice/core';
import type { Clock } from '../../clock.ts';

/** Calls that a process may hold back at once. */
export const mostHeld = 10_000;

/** One call that is held back by faults. */
interface Held {
  readonly faults: readonly RunningFault[];
  /** Lets it go before its time. */
  readonly free: () => void;
}

/** Calls that faults delay or let hang. Bounded, and none of them outlives its faults. */
export class HeldCalls {
  readonly #clock: Clock;
  readonly #overloaded: () => void;
  readonly #held = new Set<Held>();

  /** `overloaded` is called when as many are held as may be, and has to let some go. */
  constructor(clock: Clock, overloaded: () => void) {
    this.#clock = clock;
    this.#overloaded = overloaded;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Resolves when the time is over, or its faults have ended; rejects with the reason of a signal that is aborted. */
  hold({ faults: drawn, holdMs }: Harm, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const faults = drawn.filter(isHolding);
      const end = (isEarly: boolean): void => {
        timer.cancel();
        signal?.removeEventListener('abort', giveUp);
        this.#held.delete(held);
        for (const fault of faults) {
          fault.held -= 1;
          if (isEarly) fault.released += 1;
        }
      };
      const giveUp = (): void => {
        end(true);
        reject(signal?.reason);
      };
      const held: Held = {
        faults,
        free: () => {
          end(true);
          resolve();
        },
      };
      // Somebody waits for the answer, so the process has to stay for it.
      const timer = this.#clock.after(
        holdMs,
        () => {
          end(false);
          resolve();
        },
        'held',
      );
      signal?.addEventListener('abort', giveUp, { once: true });
      for (const fault of faults) fault.held += 1;
      this.#held.add(held);
      if (this.#held.size >= mostHeld) this.#overloaded();
    });
  }

  /** Lets go all that any of these holds. */
  free(ended: ReadonlySet<RunningFault>): void {
    for (const held of [...this.#held]) if (held.faults.some((fault) => ended.has(fault))) held.free();
  }
}

const isHolding = ({ compiled: { rule } }: RunningFault): boolean =>
  rule.fault === 'delay' || rule.fault === 'hang';
