import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { Metrics } from '../env/metrics.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { CommonTime } from './common-time.ts';
import { Database } from './database.ts';
import { type EntityClass, openDatabase } from './open-database.ts';
import { StatementCount } from './statement-count.ts';

/** The database, open and up to date, for every feature. Features bring their entities; the table of contents lists them. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  static with(entities: readonly EntityClass[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Database,
          inject: [ENV, Metrics],
          useFactory: (env: Env, { statements }: Metrics) =>
            openDatabase(env.database, entities, new StatementCount((kind) => statements.inc({ kind }))),
        },
        {
          provide: CommonTime,
          inject: [Database, Clock, LOGGER],
          // Before anything asks for the time.
          useFactory: async (database: Database, clock: Clock, logger: Logger) => {
            const time = new CommonTime(database, clock, logger);
            if (database.dialect === 'postgres') await time.look();
            return time;
          },
        },
      ],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#database.close();
  }
}
