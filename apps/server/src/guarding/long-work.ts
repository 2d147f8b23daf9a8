import { Inject, Injectable } from '@nestjs/common';
import { type InSteps, SluiceError } from '@sluice/core';
import { Clock } from '../env/clock.ts';

/** So long others wait for their turn at most: requests, pushes and signs of life go on meanwhile. */
const sliceMs = 10;
/** A replay of all that is recorded under a hundred rules takes some two seconds. */
const longestMs = 20_000;
/** Who may wait for those who came before. */
const mostWaiting = 20;

/** Work for one request, in slices: there is one thread, and instances depend on it. */
export interface Slices {
  /** Rejects with `too_large` when all the work of a request has taken 20 s. */
  run<T>(steps: InSteps<T>): Promise<T>;
}

/** Work that takes seconds, of one request at a time. */
@Injectable()
export class LongWork {
  readonly #clock: Clock;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(@Inject(Clock) clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits for those who came before; rejects with `too_many_requests` at once when they are too many. Who `isGone` is
   * worked for no longer: a page asks anew with each change of a rule, and others wait behind it.
   */
  async inTurn<T>(work: (slices: Slices) => Promise<T>, isGone: () => boolean): Promise<T> {
    if (this.#waiting > mostWaiting) throw new SluiceError('too_many_requests', { retryAfterSec: 5 });
    this.#waiting += 1;
    const begin = async (): Promise<T> => {
      if (isGone()) throw unheard();
      return work(this.#slices(isGone));
    };
    const done = this.#turn.then(begin, begin);
    this.#turn = done.catch(() => undefined);
    return done.finally(() => {
      this.#waiting -= 1;
    });
  }

  #slices(isGone: () => boolean): Slices {
    let workedMs = 0;
    return {
      run: async (steps) => {
        let beganMs = this.#clock.monotonic();
        for (;;) {
          const step = steps.next();
          if (step.done) return step.value;
          const sinceMs = this.#clock.monotonic() - beganMs;
          if (sinceMs < sliceMs) continue;
          workedMs += sinceMs;
          if (workedMs >= longestMs) throw tooLong();
          await new Promise((resolve) => setImmediate(resolve));
          if (isGone()) throw unheard();
          beganMs = this.#clock.monotonic();
        }
      },
    };
  }
}

/** An answer that nobody hears. */
const unheard = (): SluiceError => new SluiceError('too_many_requests', { retryAfterSec: 1 });

function tooLong(): SluiceError {
  const seconds = longestMs / 1000;
  return new SluiceError('too_large', {
    limit: {
      en: `what a server works out in ${seconds} s: fewer rules, or a shorter time, take less`,
      zh: `服务器 ${seconds} 秒内可处理的量（可减少规则或缩短时间范围）`,
    },
  });
}
