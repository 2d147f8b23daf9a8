import type { ReadyState } from '@sluice/core';
import type { Clock, Timer } from './clock.ts';

/** A little more than the longest time between two polls: values are confirmed as long as one of them got through. */
const staleAfterMs = 45_000;

/** Where the values come from right now, and who waits to hear that the server confirmed them. */
export class Readiness {
  readonly #clock: Clock;
  readonly #holdsAny: () => boolean;
  readonly #changed: (state: ReadyState, previous: ReadyState) => void;
  readonly #waiting = new Set<() => void>();
  #state: ReadyState = 'defaults';
  #connected = false;
  #given = false;
  #confirmedAt: number | undefined;
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    holdsAny: () => boolean,
    changed: (state: ReadyState, previous: ReadyState) => void,
  ) {
    this.#clock = clock;
    this.#holdsAny = holdsAny;
    this.#changed = changed;
  }

  get state(): ReadyState {
    return this.#state;
  }

  /** The last confirmation, on the wall clock as it is set now. */
  get confirmedAt(): number | undefined {
    const agoMs = this.confirmedAgoMs;
    return agoMs === undefined ? undefined : this.#clock.now() - agoMs;
  }

  /** The server said what to hold in this run, however long ago. */
  get isConfirmed(): boolean {
    return this.confirmedAgoMs !== undefined;
  }

  get confirmedAgoMs(): number | undefined {
    if (this.#connected) return 0;
    return this.#confirmedAt === undefined ? undefined : this.#clock.monotonic() - this.#confirmedAt;
  }

  /** The server said what to hold, and it is held. */
  confirm(): void {
    this.#confirmedAt = this.#clock.monotonic();
    this.#given = false;
    this.update();
  }

  connected(is: boolean): void {
    if (this.#connected && !is) this.confirm();
    this.#connected = is;
    this.update();
  }

  /** The server won't have this client, so there is nothing to wait for. */
  giveUp(): void {
    this.#given = true;
    this.#release();
  }

  /** The client is closed: what is held is what was last known. */
  close(): void {
    this.#connected = false;
    this.#confirmedAt = undefined;
    this.update();
    this.giveUp();
  }

  /** Looks again, after something changed. */
  update(): void {
    const previous = this.#state;
    const agoMs = this.confirmedAgoMs;
    const live = agoMs !== undefined && (this.#connected || agoMs < staleAfterMs);
    this.#state = live ? 'live' : this.#holdsAny() ? 'snapshot' : 'defaults';
    this.#timer?.cancel();
    if (live && !this.#connected) this.#timer = this.#clock.after(staleAfterMs - agoMs, () => this.update());
    if (this.#state === 'live') this.#release();
    if (this.#state !== previous) this.#changed(this.#state, previous);
  }

  /** Resolves when the state is `live`, when waiting is of no use, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<ReadyState> {
    if (this.#state === 'live' || this.#given) return Promise.resolve(this.#state);
    return new Promise((resolve) => {
      // This one keeps the process alive: somebody awaits it.
      const timer = this.#clock.after(timeoutMs, () => done(), 'held');
      const done = (): void => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve(this.#state);
      };
      this.#waiting.add(done);
    });
  }

  #release(): void {
    for (const done of [...this.#waiting]) done();
  }
}
