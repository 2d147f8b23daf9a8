import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Env } from './env.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Removes in the background what is older than the retention; a round that fails is tried again with the next. */
export abstract class RetentionSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  /** What it removes, for the log. */
  protected abstract readonly what: string;
  protected readonly everyMs: number = hourMs;

  constructor(env: Env, clock: Clock, logger: Logger) {
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.#logger.warn(
          { err: error },
          `${this.what} were not removed; it is tried again with the next round`,
        ),
      );
    }, this.everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Removes what is too old now. */
  sweep(): Promise<void> {
    const nowMs = this.#clock.now();
    return this.remove(nowMs - this.#env.retentionDays * dayMs, nowMs);
  }

  /** In small transactions, so that nobody waits for it. */
  protected abstract remove(beforeMs: number, nowMs: number): Promise<void>;
}
