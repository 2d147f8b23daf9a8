import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { asAnswer } from './outage.ts';

export type Dialect = 'sqlite' | 'postgres';

/**
 * The two ways to the data. Reads see what is committed. A write is one transaction: all of it or nothing.
 * On SQLite there is one writer: a connection of its own behind a queue, `BEGIN IMMEDIATE`. (TypeORM gives all
 * requests one SQLite connection, so that one request's rollback takes another's acknowledged insert with it.)
 */
export abstract class Database {
  abstract readonly dialect: Dialect;
  abstract readonly read: EntityManager;
  /** Runs `work` in one transaction and resolves after it is durable. An outage rejects with `unavailable`. */
  abstract write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
  abstract close(): Promise<void>;

  /** Resolves when a write could begin now; rejects with `unavailable`. */
  async check(): Promise<void> {
    try {
      await this.read.query('SELECT 1');
    } catch (error) {
      throw asAnswer(error);
    }
  }
}

export class SqliteDatabase extends Database {
  readonly dialect = 'sqlite';
  readonly #writer: DataSource;
  readonly #reader: DataSource;
  #runner: QueryRunner | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(writer: DataSource, reader: DataSource) {
    super();
    this.#writer = writer;
    this.#reader = reader;
  }

  get read(): EntityManager {
    return this.#reader.manager;
  }

  write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => this.#transaction(work));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    this.#runner ??= this.#writer.createQueryRunner();
    try {
      await this.#runner.query('BEGIN IMMEDIATE');
    } catch (error) {
      throw asAnswer(error);
    }
    try {
      const result = await work(this.#runner.manager);
      await this.#runner.query('COMMIT');
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself (disk full); a second ROLLBACK then has nothing to do.
      await this.#runner.query('ROLLBACK').catch(() => undefined);
      throw asAnswer(error);
    }
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#reader.destroy();
    await this.#writer.destroy();
  }
}

export class PostgresDatabase extends Database {
  readonly dialect = 'postgres';
  readonly #source: DataSource;

  constructor(source: DataSource) {
    super();
    this.#source = source;
  }

  get read(): EntityManager {
    return this.#source.manager;
  }

  async write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.#source.transaction('READ COMMITTED', work);
    } catch (error) {
      throw asAnswer(error);
    }
  }

  async close(): Promise<void> {
    await this.#source.destroy();
  }
}
