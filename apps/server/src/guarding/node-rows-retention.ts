import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { KillAckEntity } from './kill-switch.entity.ts';
import { LeaseDemandEntity } from './lease-demand.entity.ts';

/** What a node said counts for seconds; it is a new node with each start, and leaves its rows behind. */
const keptMs = 3_600_000;

/** Removes what nodes that are gone said of their instances. */
@Injectable()
export class NodeRowsRetention extends RetentionSweep {
  protected readonly what = 'words of nodes that are gone';
  readonly #database: Database;

  constructor(
    @Inject(Database) database: Database,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(env, clock, logger);
    this.#database = database;
  }

  protected override async remove(_: number, nowMs: number): Promise<void> {
    const at = LessThan(nowMs - keptMs);
    await this.#database.write(async (tx) => {
      await tx.delete(KillAckEntity, { at });
      await tx.delete(LeaseDemandEntity, { at });
    });
  }
}
