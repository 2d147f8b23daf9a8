import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { RollupStore } from './rollup.store.ts';

const everyMs = 3_600_000;
const dayMs = 24 * 3_600_000;

/** Removes sums of calls that are older than the retention. */
@Injectable()
export class TrafficRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: RollupStore;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RollupStore) store: RollupStore,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'old sums of calls were not removed; it is tried again in an hour'),
      );
    }, everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  sweep(): Promise<void> {
    return this.#store.removeBefore(this.#clock.now() - this.#env.retentionDays * dayMs);
  }
}
