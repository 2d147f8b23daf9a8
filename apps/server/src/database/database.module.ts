import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import { Database } from './database.ts';
import { type EntityClass, openDatabase } from './open-database.ts';

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
        { provide: Database, inject: [ENV], useFactory: (env: Env) => openDatabase(env.database, entities) },
      ],
      exports: [Database],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#database.close();
  }
}
