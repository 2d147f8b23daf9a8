import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { RollupStore } from './rollup.store.ts';

/** Removes sums of calls that are older than the retention. */
@Injectable()
export class TrafficRetention extends RetentionSweep {
  protected readonly what = 'old sums of calls';
  readonly #store: RollupStore;

  constructor(
    @Inject(RollupStore) store: RollupStore,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(env, clock, logger);
    this.#store = store;
  }

  protected override remove(beforeMs: number): Promise<void> {
    return this.#store.removeBefore(beforeMs);
  }
}
