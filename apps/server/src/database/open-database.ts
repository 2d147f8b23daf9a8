import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { DataSource, type EntitySchema, type Logger } from 'typeorm';
import type { DatabaseLocation } from '../env/env.ts';
import { makePrivate } from '../env/private-file.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { SnakeNaming } from './naming.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { Pulse } from './pulse.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { StatementCount } from './statement-count.ts';

/** So long a statement may take, after which it is given up. */
const statementMs = 10_000;

export type EntityClass = (new () => object) | EntitySchema;

/** Opens the database, brings its tables up to date, and hands it out. */
export async function openDatabase(
  location: DatabaseLocation,
  entities: readonly EntityClass[],
  logger: Logger = new StatementCount(),
): Promise<Database> {
  if (location.dialect === 'sqlite') {
    const database = await openSqlite(location.file, entities, logger);
    await migrate(database);
    return database;
  }
  await migratePostgres(location.url);
  return openPostgres(location.url, entities, logger, statementMs);
}

/** A step of the tables' history takes as long as there are rows, and so does waiting for the node that runs it. */
async function migratePostgres(url: string): Promise<void> {
  const patient = await openPostgres(url, [], new StatementCount(), 0);
  try {
    await migrate(patient);
  } finally {
    await patient.close();
  }
}

async function openSqlite(file: string, entities: readonly EntityClass[], logger: Logger): Promise<Database> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  keepPrivate(file);
  const open = (readonly: boolean): Promise<DataSource> =>
    new DataSource({
      type: 'better-sqlite3',
      database: file,
      entities: [...entities],
      namingStrategy: new SnakeNaming(),
      logger,
      statementCacheSize: 500,
      prepareDatabase: (db: BetterSqlite3.Database) => {
        db.pragma('journal_mode = WAL');
        // better-sqlite3 is built with NORMAL for WAL, which may take an acknowledged release back at a power loss.
        db.pragma('synchronous = FULL');
        db.pragma('foreign_keys = ON');
        // SQLite waits by stopping the whole process; the writer waits in turns of its own.
        db.pragma(`busy_timeout = ${readonly ? 1500 : 0}`);
        if (readonly) db.pragma('query_only = ON');
      },
    }).initialize();
  return new SqliteDatabase(await open(false), await open(true));
}

/** SQLite makes the files beside it as readable as the database is, so that is made first. */
function keepPrivate(file: string): void {
  makePrivate(file);
  for (const beside of [`${file}-wal`, `${file}-shm`]) if (existsSync(beside)) makePrivate(beside);
}

async function openPostgres(
  url: string,
  entities: readonly EntityClass[],
  logger: Logger,
  longestStatementMs: number,
): Promise<Database> {
  const pulse = new Pulse(url);
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [...entities],
    namingStrategy: new SnakeNaming(),
    logger,
    applicationName: 'sluice',
    extra: {
      max: 10,
      Client: pulse.clientClass(),
      connectionTimeoutMillis: 1500,
      query_timeout: longestStatementMs,
      idle_in_transaction_session_timeout: 15_000,
    },
    poolErrorHandler: () => undefined, // an idle connection died; the next query says so where it matters
  });
  return new PostgresDatabase(await connected(source), pulse);
}

const startTries = 5;

/** At a start nobody waits for an answer yet: a database that is slow to take connections is given some time. */
async function connected(source: DataSource): Promise<DataSource> {
  for (let tries = 1; ; tries++) {
    try {
      return await source.initialize();
    } catch (error) {
      if (tries === startTries || !/timeout/i.test(String(error))) throw error;
    }
  }
}
