import { queuedMs } from '../../libs/scripts/src/process-times.ts';

const tickMs = 2;

/**
 * Watches the event loop of this process: how long nothing else could run in it. Time in which this process stood in
 * line for a processor is taken off where the system tells it (on Linux), for that is the work of others.
 */
export class Watchdog {
  #longestMs = 0;
  #lastMs = performance.now();
  #lastQueuedMs = queuedMs(process.pid);
  readonly #ticker = setInterval(() => this.#tick(), tickMs);

  /** The longest time since `reset` in which nothing could run. */
  get longestStandstillMs(): number {
    this.#tick();
    return this.#longestMs;
  }

  reset(): void {
    this.#tick();
    this.#longestMs = 0;
  }

  /** The longest standstill while something is awaited, and what came of it. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly standstillMs: number; readonly result: T }> {
    this.reset();
    const result = await work();
    return { standstillMs: this.longestStandstillMs, result };
  }

  stop(): void {
    clearInterval(this.#ticker);
  }

  #tick(): void {
    const [now, queued] = [performance.now(), queuedMs(process.pid)];
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastMs - (queued - this.#lastQueuedMs));
    [this.#lastMs, this.#lastQueuedMs] = [now, queued];
  }
}
