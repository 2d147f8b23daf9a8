import type { DataSource, EntityManager } from 'typeorm';
import { Database } from './database.ts';
import { asAnswer } from './outage.ts';
import type { Pulse } from './pulse.ts';

/** PostgreSQL ended the transaction for the sake of another one; nothing of it is left, so it can be run again. */
const runAgain: ReadonlySet<string> = new Set(['40P01', '40001']);
const maxRuns = 4;

/** A pool of connections; row locks keep writers apart. */
export class PostgresDatabase extends Database {
  readonly dialect = 'postgres';
  readonly #source: DataSource;
  readonly #pulse: Pulse;

  constructor(source: DataSource, pulse: Pulse) {
    super();
    this.#source = source;
    this.#pulse = pulse;
    pulse.start();
  }

  get read(): EntityManager {
    return this.#source.manager;
  }

  async write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let run = 1; ; run++) {
      try {
        return await this.#source.transaction('READ COMMITTED', work);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (run < maxRuns && typeof code === 'string' && runAgain.has(code)) continue;
        throw asAnswer(error);
      }
    }
  }

  async close(): Promise<void> {
    // As long as the pool ends its connections, those that PostgreSQL does not answer on are cut.
    await this.#source.destroy();
    await this.#pulse.close();
  }
}
