import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { HoldingLogEntity } from './holding-log.entity.ts';
import type { Place } from './place.ts';

const table = {
  table: 'holding_log',
  key: ['environment', 'app', 'instance_id', 'namespace', 'since'],
  columns: ['environment', 'app', 'instance_id', 'namespace', 'since', 'digest', 'push_id'],
} as const;

const idsAtOnce = 500;

/** The row before the end of the retention stays: it says what was held then. So does the newest one. */
const sweepStatement = `DELETE FROM holding_log WHERE since < ? AND (
  EXISTS (
    SELECT 1 FROM holding_log n WHERE n.environment = holding_log.environment AND n.app = holding_log.app
      AND n.instance_id = holding_log.instance_id AND n.namespace = holding_log.namespace
      AND n.since > holding_log.since AND n.since <= ?)
  OR NOT EXISTS (
    SELECT 1 FROM instance i WHERE i.environment = holding_log.environment AND i.app = holding_log.app
      AND i.instance_id = holding_log.instance_id))`;

/** Rows of what instances held. */
@Injectable()
export class HoldingLogStore {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  async write(rows: readonly HoldingLogEntity[]): Promise<void> {
    const values = rows.map((row) => [
      row.environment,
      row.app,
      row.instanceId,
      row.namespace,
      row.since,
      row.digest,
      row.pushId,
    ]);
    await this.#database.write((tx) =>
      bulkUpsert(tx, this.#database.dialect, { ...table, rows: values, onConflict: 'replace' }),
    );
  }

  /** What these instances held last, by id and namespace. */
  async newest(
    place: Place,
    instanceIds: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>> {
    const byId = new Map<string, Map<string, string | null>>();
    for (let from = 0; from < instanceIds.length; from += idsAtOnce) {
      const rows = await this.#database.read
        .createQueryBuilder(HoldingLogEntity, 'h')
        .where({ ...place, instanceId: In(instanceIds.slice(from, from + idsAtOnce)) })
        .andWhere((q) => {
          const last = q.subQuery().select('MAX(n.since)').from(HoldingLogEntity, 'n');
          last.where('n.environment = h.environment AND n.app = h.app AND n.instanceId = h.instanceId');
          return `h.since = ${last.andWhere('n.namespace = h.namespace').getQuery()}`;
        })
        .getMany();
      for (const { instanceId, namespace, digest } of rows) {
        const known = byId.get(instanceId) ?? new Map<string, string | null>();
        byId.set(instanceId, known.set(namespace, digest));
      }
    }
    return byId;
  }

  /** Everything of one instance that was still held at `from` or came later, up to `until`; newest first. */
  async of(
    place: Place,
    instanceId: string,
    { until, namespace }: { until: number; namespace?: string | undefined },
    limit: number,
  ): Promise<HoldingLogEntity[]> {
    return this.#database.read
      .createQueryBuilder(HoldingLogEntity, 'h')
      .where({ ...place, instanceId, ...(namespace !== undefined && { namespace }) })
      .andWhere('h.since <= :until', { until })
      .orderBy('h.since', 'DESC')
      .addOrderBy('h.namespace', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** When the first row of an instance was written. */
  async recordedSince(place: Place, instanceId: string): Promise<number | undefined> {
    const [first] = await this.#database.read.find(HoldingLogEntity, {
      where: { ...place, instanceId },
      order: { since: 'ASC' },
      take: 1,
    });
    return first?.since;
  }

  /** Removes what is older than `before` and says nothing about any time after it. */
  async sweep(before: number): Promise<void> {
    await this.#database.write((tx) => tx.query(placed(tx, sweepStatement), [before, before]));
  }
}
