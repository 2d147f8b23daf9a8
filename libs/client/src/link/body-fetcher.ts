import type { Clock } from '../clock.ts';
import type { ServerHttp } from './server-http.ts';

/** So many instances are told of a large body at once that they spread their requests over this time. */
const spreadMs = 300;
const waitsMs = [500, 1000, 2000];

/** Fetches bodies that did not travel inside a frame, with a few patient tries. */
export class BodyFetcher {
  readonly #http: ServerHttp;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #stop: AbortSignal;

  constructor(http: ServerHttp, clock: Clock, random: () => number, stop: AbortSignal) {
    this.#http = http;
    this.#clock = clock;
    this.#random = random;
    this.#stop = stop;
  }

  /** The text with this digest. Rejects when the last try failed. */
  async fetch(digest: string): Promise<string> {
    await this.#wait(this.#random() * spreadMs);
    for (const waitMs of waitsMs) {
      try {
        return await this.#http.body(digest, this.#stop);
      } catch {
        if (this.#stop.aborted) break;
        await this.#wait(waitMs * (0.5 + this.#random()));
      }
    }
    return this.#http.body(digest, this.#stop);
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(delayMs, resolve));
  }
}
