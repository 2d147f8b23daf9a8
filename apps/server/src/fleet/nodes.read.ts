import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { MoreThanOrEqual } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { NodeEntity } from './fleet.entities.ts';
import { NodeLease } from './node-lease.ts';

/** The nodes as people see them: those whose lease has not run out, as each said of itself at its last renewal. */
@Injectable()
export class NodesRead {
  readonly #database: Database;
  readonly #lease: NodeLease;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(NodeLease) lease: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#lease = lease;
    this.#clock = clock;
  }

  async list(): Promise<ResponseOf<Contracts['listNodes']>> {
    const now = this.#clock.now();
    const nodes = await this.#database.read.find(NodeEntity, {
      where: { leaseUntil: MoreThanOrEqual(now) },
      order: { startedAt: 'ASC', id: 'ASC' },
    });
    return {
      items: nodes.map(({ id, version, instances, pages, memoryBytes, startedAt, leaseUntil }) => ({
        id,
        isThis: id === this.#lease.id,
        version,
        startedAt: moment(startedAt),
        leaseUntil: moment(leaseUntil),
        instances,
        pages,
        memoryBytes,
      })),
      database: this.#database.dialect,
      at: moment(now),
    };
  }
}

const moment = (ms: number): string => new Date(ms).toISOString();
