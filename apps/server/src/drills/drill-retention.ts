import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { DrillEntity, DrillEventEntity, DrillPartEntity, DrillTargetEntity } from './drill.entities.ts';

const everyMs = 3_600_000;
const dayMs = 24 * 3_600_000;
/** Drills that one transaction removes. */
const atOnce = 50;

/** Removes drills that are older than the retention; those that run or recover stay, and that they were stays in the audit. */
@Injectable()
export class DrillRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #env: Env;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(ENV) env: Env,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'old drills were not removed; it is tried again in an hour'),
      );
    }, everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async sweep(): Promise<void> {
    const before = this.#clock.now() - this.#env.retentionDays * dayMs;
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
