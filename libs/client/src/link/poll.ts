import type { Clock, Timer } from '../clock.ts';

const longestMs = 30_000;

/**
 * Asks over HTTP while the socket is down, so that nothing is staler than 30 s even if every push is lost. The first
 * question of a process that has never reached the server comes soon: a proxy may let HTTP pass and no websocket.
 */
export class Poll {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ask: () => Promise<void>;
  #timer: Timer | undefined;
  #running = false;

  /** `ask` must not reject. */
  constructor(clock: Clock, random: () => number, ask: () => Promise<void>) {
    this.#clock = clock;
    this.#random = random;
    this.#ask = ask;
  }

  start(soon: boolean): void {
    if (this.#running) return;
    this.#running = true;
    const r = this.#random();
    this.#askAfter(soon ? 1000 + 2000 * r : longestMs * (0.5 + 0.5 * r));
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #askAfter(delayMs: number): void {
    const timer = this.#clock.after(delayMs, async () => {
      await this.#ask();
      // Who stopped it meanwhile, and perhaps began anew, has put something else in the place of this timer.
      if (this.#timer === timer) this.#askAfter(longestMs * (0.8 + 0.2 * this.#random()));
    });
    this.#timer = timer;
  }
}
