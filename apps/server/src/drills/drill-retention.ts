import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { DrillEntity, DrillEventEntity, DrillPartEntity, DrillTargetEntity } from './drill.entities.ts';

/** Drills that one transaction removes. */
const atOnce = 50;

/** Removes drills that are older than the retention; those that run or recover stay, and that they were stays in the audit. */
@Injectable()
export class DrillRetention extends RetentionSweep {
  protected readonly what = 'old drills';
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

  protected override async remove(before: number): Promise<void> {
    for (;;) {
      const old = await this.#database.read.find(DrillEntity, {
        select: { id: true },
        where: {
          createdAt: LessThan(before),
          state: In(['draft', 'preCheck', 'held', 'deviated', 'aborted', 'interrupted']),
        },
        take: atOnce,
      });
      if (old.length === 0) return;
      const ids = In(old.map(({ id }) => id));
      await this.#database.write(async (tx) => {
        for (const table of [DrillTargetEntity, DrillEventEntity, DrillPartEntity])
          await tx.delete(table, { drillId: ids });
        await tx.delete(DrillEntity, { id: ids });
      });
    }
  }
}
