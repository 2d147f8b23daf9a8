import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { MoreThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { returning } from '../database/returning.ts';
import { insertRows } from '../database/write-rows.ts';
import { LOGGER } from '../env/tokens.ts';
import { ChangeEntity, EnvironmentEntity } from './change.entity.ts';
import { Doorbell } from './doorbell.ts';

/** A revision that was taken and the epoch in which it counts. */
export interface Taken {
  readonly revision: number;
  readonly epoch: number;
  /** How many others must approve what is released in the environment. */
  readonly approvals: number;
  readonly protected: boolean;
}

/** Environments are asked for news this often, so that a lost doorbell costs a second and nothing else. */
const pollMs = 1000;
const pageSize = 1000;

/**
 * The change log: the one order of everything that any instance sees. A revision is taken inside the writing
 * transaction under the environment's row lock, so the order of revisions is the order of commits, and no reader can
 * ever find a gap that fills later. `NOTIFY` and the local wake-up only ring; the rows are the truth.
 */
@Injectable()
export class Feed implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #doorbell: Doorbell;
  readonly #events = new EventEmitter();
  readonly #seen = new Map<string, number>();
  readonly #epochs = new Map<string, number>();
  readonly #busy = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #polling = false;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Doorbell) doorbell: Doorbell,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#logger = logger;
    this.#doorbell = doorbell;
    doorbell.on('changes', (environment) => this.wake(environment));
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { name, revision, epoch } of await this.#database.read.find(EnvironmentEntity)) {
      this.#seen.set(name, revision);
      this.#epochs.set(name, epoch);
    }
    await this.#doorbell.listen();
    this.#timer = setInterval(() => void this.look(), pollMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#doorbell.close();
    await Promise.all(this.#busy.values());
  }

  /** Takes the next revision of an environment. Others who write there wait until this transaction ends. */
  async take(tx: EntityManager, environment: string): Promise<Taken> {
    const [row] = await returning<{
      revision: number | string;
      epoch: number | string;
      approvals: number;
      protected: boolean | number;
    }>(
      tx,
      'UPDATE environment SET revision = revision + 1 WHERE name = ? RETURNING revision, epoch, approvals, protected',
      [environment],
    );
    if (!row) throw new SluiceError('not_found', { what: { en: 'environment', zh: '环境' } });
    return {
      revision: Number(row.revision),
      epoch: Number(row.epoch),
      approvals: row.approvals,
      protected: Boolean(row.protected),
    };
  }

  /** Writes what a revision changed; in the same transaction as the change itself. */
  async append(tx: EntityManager, changes: readonly ChangeEntity[]): Promise<void> {
    await insertRows(tx, 'change', changes);
  }

  /** To be called after the commit: tells this node and, by the doorbell, the others. */
  committed(environment: string): void {
    this.wake(environment);
    this.#doorbell.ring('changes', environment);
  }

  /** Calls back for every batch of new changes of an environment, in order, each change once. */
  onChanges(listener: (environment: string, changes: readonly ChangeEntity[]) => void): void {
    this.#events.on('changes', listener);
  }

  /** Calls back when revisions of an environment count anew: nothing that was known of it is to be relied on. */
  onEpoch(listener: (environment: string) => void): void {
    this.#events.on('epoch', listener);
  }

  /** Looks for news of one environment now. Several calls while it looks are one more look. */
  wake(environment: string): void {
    if (this.#busy.has(environment)) {
      this.#again.add(environment);
      return;
    }
    const look = this.#look(environment)
      .catch((error: unknown) =>
        this.#logger.warn({ err: error, environment }, 'could not read the change log; it is asked again'),
      )
      .finally(() => {
        this.#busy.delete(environment);
        if (this.#again.delete(environment)) this.wake(environment);
      });
    this.#busy.set(environment, look);
  }

  async #look(environment: string): Promise<void> {
    const since = this.#seen.get(environment) ?? 0;
    const changes = await this.#database.read.find(ChangeEntity, {
      where: { environment, revision: MoreThan(since) },
      order: { revision: 'ASC', namespace: 'ASC' },
      take: pageSize,
    });
    const [first] = changes;
    if (!first) return;
    const isAll = changes.length < pageSize;
    // A page may end inside a revision; only whole revisions are handed on.
    const newest = changes.at(-1)!.revision;
    const last = isAll || newest === first.revision ? newest : newest - 1;
    const whole =
      isAll || newest > first.revision
        ? changes.filter((change) => change.revision <= last)
        : await this.#database.read.find(ChangeEntity, {
            where: { environment, revision: newest },
            order: { namespace: 'ASC' },
          });
    this.#seen.set(environment, last);
    this.#events.emit('changes', environment, whole);
    if (!isAll) this.#again.add(environment);
  }

  /** Another epoch: the database was set back, or the environment was made anew. Its changes are told from here on. */
  #turn({ name, revision, epoch }: EnvironmentEntity): void {
    this.#epochs.set(name, epoch);
    this.#seen.set(name, revision);
    this.#events.emit('epoch', name);
  }

  /** Looks for news of all environments. Never rejects; does nothing while it is at it. */
  async look(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      for (const row of await this.#database.read.find(EnvironmentEntity)) {
        const { name, revision, epoch } = row;
        const seen = this.#seen.get(name);
        if (seen === undefined) this.#seen.set(name, 0);
        if (this.#epochs.get(name) === undefined) this.#epochs.set(name, epoch);
        if (this.#epochs.get(name) !== epoch) this.#turn(row);
        else if (revision > (seen ?? 0)) this.wake(name);
      }
    } catch (error) {
      this.#logger.debug({ err: error }, 'the database did not answer the poll');
    } finally {
      this.#polling = false;
    }
  }
}
