import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { AlertKeeper } from './alert-keeper.ts';

/** Alerts that are over for longer than the retention are forgotten. */
@Injectable()
export class AlertRetention extends RetentionSweep {
  protected readonly what = 'old alerts';
  readonly #keeper: AlertKeeper;

  constructor(
    @Inject(AlertKeeper) keeper: AlertKeeper,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(env, clock, logger);
    this.#keeper = keeper;
  }

  protected override remove(beforeMs: number): Promise<void> {
    return this.#keeper.forget(beforeMs);
  }
}
