import type { EntityManager } from 'typeorm';
import { asAnswer } from './outage.ts';

export type Dialect = 'sqlite' | 'postgres';

/**
 * The two ways to the data. Reads see what is committed. A write is one transaction: all of it or nothing.
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
