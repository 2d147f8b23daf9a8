import type { Clock, Timer } from '../clock.ts';

const everyMs = 5000;
/** Two misses and the wait before them stay under 10 s. */
const answerWithinMs = 2400;
/** A timer that fires so much too late says that this process was busy, not that the server is silent. */
const tooLateMs = 1000;

/**
 * Round trips over the open connection. A connection whose other end is gone without a word (half-open) is noticed
 * within 10 s: 5 s to the next question, and two unanswered ones.
 */
export class Alive {
  readonly #clock: Clock;
  readonly #ask: (answered: () => void) => void;
  readonly #lost: () => void;
  #timer: Timer | undefined;
  #misses = 0;
  #question = 0;

  /** `ask` sends one question; `lost` is called once, after two misses. */
  constructor(clock: Clock, ask: (answered: () => void) => void, lost: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#lost = lost;
  }

  start(): void {
    this.heard();
  }

  stop(): void {
    this.#question++;
    this.#timer?.cancel();
  }

  /** Anything that arrives is as good as an answer. */
  heard(): void {
    this.#question++;
    this.#misses = 0;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(everyMs, () => this.#send());
  }

  #send(): void {
    const question = ++this.#question;
    this.#ask(() => {
      if (question === this.#question) this.heard();
    });
    if (question !== this.#question) return;
    const due = this.#clock.monotonic() + answerWithinMs;
    this.#timer = this.#clock.after(answerWithinMs, () => {
      const wasBusy = this.#clock.monotonic() - due > tooLateMs;
      if (!wasBusy && ++this.#misses >= 2) this.#lost();
      else this.#send();
    });
  }
}
