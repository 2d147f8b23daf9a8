import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { In, LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { RetentionSweep } from '../env/retention-sweep.ts';
import { ENV, LOGGER } from '../env/tokens.ts';
import { InstanceEntity } from '../fleet/fleet.entities.ts';
import { HoldingLogStore } from '../fleet/holding-log.store.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { PushTargetEntity } from './delivery.entities.ts';

/** A push that may still move is not past, however old it is. */
const going = ['running', 'paused', 'verifying', 'promoting'] as const;
/** Pushes whose targets one transaction removes. */
const pushesAtOnce = 50;

/**
 * Removes what only explains the past once it is older than the retention: the plans and targets of pushes, instance
 * by instance, what instances held, and instances that never came back. Releases, changes, verdicts and the audit are
 * kept for ever.
 */
@Injectable()
export class Retention extends RetentionSweep {
  protected readonly what = 'old records';
  readonly #database: Database;
  readonly #holdings: HoldingLogStore;

  constructor(
    @Inject(Database) database: Database,
    @Inject(ENV) env: Env,
    @Inject(HoldingLogStore) holdings: HoldingLogStore,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(env, clock, logger);
    this.#database = database;
    this.#holdings = holdings;
  }

  protected override async remove(before: number): Promise<void> {
    await this.#database.write((tx) =>
      tx.delete(InstanceEntity, { online: false, lastSeenAt: LessThan(before) }),
    );
    await this.#holdings.sweep(before);
    const old = `SELECT id FROM push WHERE created_at < ? AND state NOT IN (${going.map(() => '?').join(', ')})`;
    await this.#database.write((tx) =>
      tx.query(placed(tx, `DELETE FROM push_plan WHERE push_id IN (${old})`), [before, ...going]),
    );
    for (;;) {
      const old = await this.#database.read
        .createQueryBuilder(PushEntity, 'p')
        .select('p.id', 'id')
        .where('p.createdAt < :before', { before })
        .andWhere('p.state NOT IN (:...going)', { going })
        .andWhere(
          (q) =>
            `EXISTS ${q.subQuery().select('1').from(PushTargetEntity, 't').where('t.pushId = p.id').getQuery()}`,
        )
        .limit(pushesAtOnce)
        .getRawMany<{ id: string }>();
      if (old.length === 0) return;
      await this.#database.write((tx) =>
        tx.delete(PushTargetEntity, { pushId: In(old.map((push) => push.id)) }),
      );
    }
  }
}
