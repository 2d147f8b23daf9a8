import { Inject, Injectable } from '@nestjs/common';
import { type Fault, isName, SluiceError } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { invalid } from '../http/invalid.ts';

/**
 * The little that access must know of environments and apps, whose rooms come later: by the names of their tables.
 */
@Injectable()
export class Places {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Requires that both exist; `*` does. */
  async require(environment: string, app: string): Promise<void> {
    if (!(await this.#exists(this.#database.read, 'environment', environment)))
      throw new SluiceError('not_found', { what: { en: 'environment', zh: '环境' } });
    if (!(await this.#exists(this.#database.read, 'app', app)))
      throw new SluiceError('not_found', { what: { en: 'app', zh: '应用' } });
  }

  /** Makes the environments of a first start; those that exist stay. Gives the names of the new ones. */
  async makeEnvironments(tx: EntityManager, names: readonly string[]): Promise<string[]> {
    const made: string[] = [];
    const now = this.#clock.now();
    for (const name of new Set(names)) {
      if (await this.#exists(tx, 'environment', name)) continue;
      await tx.insert('environment', {
        name,
        revision: 0,
        // As in the catalog: the epoch of an environment is the moment of its creation.
        epoch: now,
        protected: false,
        approvals: 0,
        createdAt: now,
      });
      made.push(name);
    }
    return made;
  }

  async #exists(manager: EntityManager, table: 'environment' | 'app', name: string): Promise<boolean> {
    if (name === '*') return true;
    const query = manager.createQueryBuilder().select('place.name', 'name').from(table, 'place');
    return (await query.where('place.name = :name', { name }).getRawOne()) !== undefined;
  }
}

/** Requires that each may name an environment. */
export function requireNames(names: readonly string[], path: string): void {
  const faults: Fault[] = names.flatMap((name, i) =>
    isName(name)
      ? []
      : [
          {
            path: `${path}.${i}`,
            problem: 'name',
            message: 'is not a name (1-128 of A-Z a-z 0-9 . _ -)',
            zh: '不是合法的名称（1-128 个 A-Z a-z 0-9 . _ -）',
          },
        ],
  );
  if (faults.length > 0) throw invalid(faults);
}
