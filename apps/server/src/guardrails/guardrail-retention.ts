import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { JudgementStore } from './judgement.store.ts';

const everyMs = 600_000;
const dayMs = 24 * 3_600_000;

/** Removes quiet windows after an hour, and everything that was judged once it is older than the retention. */
@Injectable()
export class GuardrailRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: JudgementStore;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(JudgementStore) store: JudgementStore,
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
        this.#logger.warn(
          { err: error },
          'old judgements were not removed; it is tried again in ten minutes',
        ),
      );
    }, everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  sweep(): Promise<void> {
    const now = this.#clock.now();
    return this.#store.sweep(now, now - this.#env.retentionDays * dayMs);
  }
}
