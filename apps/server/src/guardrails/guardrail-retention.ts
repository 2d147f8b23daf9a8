import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { JudgementStore } from './judgement.store.ts';

/** Removes quiet windows after an hour, and everything that was judged once it is older than the retention. */
@Injectable()
export class GuardrailRetention extends RetentionSweep {
  protected readonly what = 'old judgements';
  protected override readonly everyMs = 600_000;
  readonly #store: JudgementStore;

  constructor(
    @Inject(JudgementStore) store: JudgementStore,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(env, clock, logger);
    this.#store = store;
  }

  protected override remove(beforeMs: number, nowMs: number): Promise<void> {
    return this.#store.sweep(nowMs, beforeMs);
  }
}
