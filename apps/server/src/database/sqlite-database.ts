import { setImmediate, setTimeout } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { Database } from './database.ts';
import { asAnswer } from './outage.ts';

/** Works that one commit makes durable together, at most, and the time after which no further one is taken in. */
const maxTogether = 32;
const togetherMs = 20;

/** How long a work waits while another process holds the lock, and how often it is looked whether it still does. */
const lockWaitMs = 1500;
const lookAgainMs = 20;

interface Waiting {
  /** Monotonic milliseconds. */
  readonly askedAt: number;
  readonly work: (tx: EntityManager) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One writer: a connection of its own behind a queue, `BEGIN IMMEDIATE`. (TypeORM gives all requests one SQLite
 * connection, so that one request's rollback takes another's acknowledged insert with it.) Works that wait for their
 * turn share a commit, each inside a savepoint of its own: one wait for the disk makes all of them durable, a failing
 * one takes back itself only, and nobody is answered before the commit.
 */
export class SqliteDatabase extends Database {
  readonly dialect = 'sqlite';
  readonly #writer: DataSource;
  readonly #reader: DataSource;
  readonly #queue: Waiting[] = [];
  #runner: QueryRunner | undefined;
  #running: Promise<void> | undefined;

  constructor(writer: DataSource, reader: DataSource) {
    super();
    this.#writer = writer;
    this.#reader = reader;
  }

  get read(): EntityManager {
    return this.#reader.manager;
  }

  write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const askedAt = performance.now();
    const done = new Promise<T>((resolve, reject) => this.#queue.push({ askedAt, work, resolve, reject }));
    this.#running ??= this.#drain();
    return done;
  }

  /** A lock that another process holds lets everybody read and nobody write. */
  override check(): Promise<void> {
    return this.write(async () => undefined);
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#reader.destroy();
    await this.#writer.destroy();
  }

  async #drain(): Promise<void> {
    // Requests that have arrived already are read first, for nothing else runs until the commit: they share it.
    await setImmediate();
    while (this.#queue.length > 0) await this.#commitSome();
    this.#running = undefined;
  }

  async #commitSome(): Promise<void> {
    const answers: (() => void)[] = [];
    const taken: Waiting[] = [];
    try {
      this.#runner ??= this.#writer.createQueryRunner();
      if (!(await this.#begin(this.#runner))) return;
      const end = performance.now() + togetherMs;
      for (let next = this.#queue.shift(); next; next = this.#nextBefore(end, taken.length)) {
        taken.push(next);
        answers.push(await this.#inSavepoint(this.#runner, next));
      }
      await this.#runner.query('COMMIT');
    } catch (error) {
      // SQLite may have rolled back by itself (disk full); a second ROLLBACK then has nothing to do.
      await this.#runner?.query('ROLLBACK').catch(() => undefined);
      const outcome = asAnswer(error);
      const concerned = taken.length > 0 ? taken : this.#queue.splice(0, 1);
      for (const { reject } of concerned) reject(outcome);
      return;
    }
    for (const answer of answers) answer();
  }

  /**
   * Takes the lock, or waits for it without holding up the event loop, as SQLite's own waiting would. Who has waited
   * long enough is told so; false when nobody is left.
   */
  async #begin(runner: QueryRunner): Promise<boolean> {
    for (;;) {
      try {
        await runner.query('BEGIN IMMEDIATE');
        return true;
      } catch (error) {
        if (!isLocked(error)) throw error;
        const now = performance.now();
        while (this.#queue[0] && now - this.#queue[0].askedAt >= lockWaitMs)
          this.#queue.shift()!.reject(asAnswer(error));
        if (this.#queue.length === 0) return false;
        await setTimeout(lookAgainMs);
      }
    }
  }

  #nextBefore(end: number, taken: number): Waiting | undefined {
    return taken < maxTogether && performance.now() < end ? this.#queue.shift() : undefined;
  }

  /** Runs one work and says how to answer it once everything is committed. Rejects when the transaction is lost. */
  async #inSavepoint(runner: QueryRunner, { work, resolve, reject }: Waiting): Promise<() => void> {
    await runner.query('SAVEPOINT work');
    try {
      const result = await work(runner.manager);
      await runner.query('RELEASE work');
      return () => resolve(result as never);
    } catch (error) {
      await runner.query('ROLLBACK TO work');
      await runner.query('RELEASE work');
      return () => reject(asAnswer(error));
    }
  }
}

const isLocked = (error: unknown): boolean =>
  String((error as { driverError?: { code?: unknown } }).driverError?.code).startsWith('SQLITE_BUSY');
