import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { AlertKeeper } from './alert-keeper.ts';

const everyMs = 3_600_000;
const dayMs = 86_400_000;

/** Alerts that are over for longer than the retention are forgotten. */
@Injectable()
export class AlertRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #keeper: AlertKeeper;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(AlertKeeper) keeper: AlertKeeper,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#keeper = keeper;
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'old alerts were not removed; it is tried again in an hour'),
      );
    }, everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  sweep(): Promise<void> {
    return this.#keeper.forget(this.#clock.now() - this.#env.retentionDays * dayMs);
  }
}
