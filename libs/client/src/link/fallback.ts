import type { Snapshot } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';
import { Poll } from './poll.ts';
import { HttpRefusal, type ServerHttp } from './server-http.ts';

export interface FallbackOptions {
  readonly http: ServerHttp;
  readonly clock: Clock;
  readonly random: () => number;
  readonly labels: Readonly<Record<string, string>>;
  /** Who asks, and what it holds. */
  asker(): Promise<{ readonly instanceId: string; readonly layeredDigest: string }>;
  /** The server says that nothing has to change. */
  same(): void;
  /** The server says what to hold. */
  take(snapshot: Snapshot): Promise<unknown>;
  refused(refusal: HttpRefusal): void;
}

/** The way to the server while the socket is down: the whole state over HTTP, from time to time. */
export class Fallback {
  readonly #options: FallbackOptions;
  readonly #poll: Poll;
  #question = new AbortController();

  constructor(options: FallbackOptions) {
    this.#options = options;
    this.#poll = new Poll(options.clock, options.random, () => this.ask());
  }

  start(soon: boolean): void {
    this.#poll.start(soon);
  }

  /** An answer that is still on its way is not taken any more: the socket knows better. */
  stop(): void {
    this.#poll.stop();
    this.#question.abort();
  }

  /** Asks once, out of turn. Never rejects. */
  async ask(): Promise<void> {
    const { http, labels } = this.#options;
    this.#question = new AbortController();
    const { signal } = this.#question;
    try {
      const { instanceId, layeredDigest } = await this.#options.asker();
      const answer = await http.snapshot(instanceId, labels, layeredDigest, signal);
      if (signal.aborted) return;
      if (answer === 'same') this.#options.same();
      else await this.#options.take(answer);
    } catch (error) {
      // That nobody answers is said by the link, which asks more often.
      if (error instanceof HttpRefusal && !signal.aborted) this.#options.refused(error);
    }
  }
}
