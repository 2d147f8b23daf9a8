import type { Clock, Timer } from '../clock.ts';
import { ReasonedError, reason } from '../notices/reasons.ts';

/** So many instances are told of a large body at once that they spread their requests over this time. */
const spreadMs = 300;
const waitsMs = [500, 1000, 2000];
/** With its retries; the server waits 30 s for the ack of a delivery. */
const withinMs = 15_000;
const atOnce = 4;

/** The way to one body over HTTP. */
export interface BodySource {
  body(digest: string, stop: AbortSignal): Promise<string>;
}

/** Fetches bodies that did not travel inside a frame: after a jitter, a few at once, with a few patient tries. */
export class BodyFetcher {
  readonly #source: BodySource;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #stop: AbortSignal;
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(source: BodySource, clock: Clock, random: () => number, stop: AbortSignal) {
    this.#source = source;
    this.#clock = clock;
    this.#random = random;
    this.#stop = stop;
  }

  /** The text with this digest. Rejects when the last try failed, at the latest after 15 s. */
  async fetch(digest: string): Promise<string> {
    const late = new AbortController();
    const timer = this.#clock.after(withinMs, () =>
      late.abort(
        new ReasonedError(reason('body_late', { digest: digest.slice(0, 12), limitSec: withinMs / 1000 })),
      ),
    );
    const stop = AbortSignal.any([this.#stop, late.signal]);
    try {
      await this.#pause(this.#random() * spreadMs, stop);
      return await this.#oneOfFew(() => this.#tryPatiently(digest, stop));
    } catch (error) {
      throw late.signal.aborted ? late.signal.reason : error;
    } finally {
      timer.cancel();
    }
  }

  async #tryPatiently(digest: string, stop: AbortSignal): Promise<string> {
    for (const waitMs of waitsMs) {
      stop.throwIfAborted();
      try {
        return await this.#source.body(digest, stop);
      } catch {
        await this.#pause(waitMs * (0.5 + this.#random()), stop);
      }
    }
    return this.#source.body(digest, stop);
  }

  async #oneOfFew<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Rejects when `stop` is told meanwhile. */
  #pause(delayMs: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const stopped = (): void => {
        timer?.cancel();
        reject(stop.reason);
      };
      if (stop.aborted) return stopped();
      stop.addEventListener('abort', stopped, { once: true });
      timer = this.#clock.after(delayMs, () => {
        stop.removeEventListener('abort', stopped);
        resolve();
      });
    });
  }
}
