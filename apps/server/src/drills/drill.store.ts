import { Inject, Injectable } from '@nestjs/common';
import type { ErrorText } from '@sluice/core';
import type { DrillState } from '@sluice/protocol';
import { type EntityManager, type FindOptionsWhere, In } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { isPostgres, returning } from '../database/returning.ts';
import { insertRows } from '../database/write-rows.ts';
import { NodeEntity } from '../fleet/fleet.entities.ts';
import type { Caller } from '../http/caller.ts';
import { type ActiveDrill, totalsOf } from './active-drill.ts';
import {
  DrillEntity,
  DrillEventEntity,
  DrillPartEntity,
  DrillTargetEntity,
  type Ending,
} from './drill.entities.ts';
import { inOne } from './drill-records.ts';
import type { PartData } from './part.ts';

export interface Finish {
  readonly state: Extract<DrillState, 'held' | 'deviated' | 'aborted' | 'interrupted'>;
  readonly because: ErrorText | null;
  readonly recoveredAt: number | null;
  readonly at: number;
}

/** Rows of drills. What moves a drill on is written only where it is still in the state that it is moved from. */
@Injectable()
export class DrillStore {
  readonly #database: Database;
  readonly #audit: AuditLog;

  constructor(@Inject(Database) database: Database, @Inject(AuditLog) audit: AuditLog) {
    this.#database = database;
    this.#audit = audit;
  }

  /** Those that run or recover, on any node. */
  open(): Promise<DrillEntity[]> {
    return this.#database.read.findBy(DrillEntity, { state: In(['running', 'recovering']) });
  }

  find(id: string): Promise<DrillEntity | null> {
    return this.#database.read.findOneBy(DrillEntity, { id });
  }

  targets(drillId: string): Promise<DrillTargetEntity[]> {
    return this.#database.read.find(DrillTargetEntity, { where: { drillId }, order: { instanceId: 'ASC' } });
  }

  target(drillId: string, instanceId: string): Promise<DrillTargetEntity | null> {
    return this.#database.read.findOneBy(DrillTargetEntity, { drillId, instanceId });
  }

  events(drillId: string): Promise<DrillEventEntity[]> {
    return this.#database.read.find(DrillEventEntity, {
      where: { drillId },
      order: { at: 'ASC', number: 'ASC' },
    });
  }

  parts(drillId: string): Promise<DrillPartEntity[]> {
    return this.#database.read.findBy(DrillPartEntity, { drillId });
  }

  /** Nodes whose lease is over, or that are gone, of those that are named. */
  async deadAmong(nodeIds: readonly string[], now: number): Promise<ReadonlySet<string>> {
    if (nodeIds.length === 0) return new Set();
    const rows = await this.#database.read.findBy(NodeEntity, { id: In([...nodeIds]) });
    const alive = new Set(rows.filter(({ leaseUntil }) => leaseUntil >= now).map(({ id }) => id));
    return new Set(nodeIds.filter((id) => !alive.has(id)));
  }

  /** Says that the driver lives, with what it measured. False: the drill is in another state, or in other hands. */
  async beat({ row, measures, targets }: ActiveDrill, at: number): Promise<boolean> {
    const { active, clean, injected } = totalsOf(targets.values());
    return this.#database.write(async (tx) => {
      const rows = await returning(
        tx,
        `UPDATE drill SET beat = beat + 1, beat_at = ?, measures = ?, active = ?, clean = ?, injected = ?
         WHERE id = ? AND state = ? AND node_id = ? RETURNING id`,
        [at, JSON.stringify(measures), active, clean, injected, row.id, row.state, row.nodeId],
      );
      return rows.length > 0;
    });
  }

  /** From running to recovering, in the caller's transaction; false when it runs no more. */
  async endIn(
    tx: EntityManager,
    row: DrillEntity,
    { outcome, because }: Ending,
    caller: Caller,
    at: number,
  ): Promise<boolean> {
    const rows = await returning(
      tx,
      `UPDATE drill SET state = 'recovering', outcome = ?, because = ?, ended_at = ?
       WHERE id = ? AND state = 'running' RETURNING id`,
      [outcome, because && JSON.stringify(because), at, row.id],
    );
    if (rows.length === 0) return false;
    await this.#audit.append(tx, caller, {
      action: 'drill.end',
      environment: row.environment,
      app: row.app,
      target: row.title,
      detail: { drillId: row.id, how: outcome ?? 'deadline', ...(because && { because: because.en }) },
    });
    return true;
  }

  end(row: DrillEntity, ending: Ending, caller: Caller, at: number): Promise<boolean> {
    return this.#database.write((tx) => this.endIn(tx, row, ending, caller, at));
  }

  /** Takes a drill over from a node that is dead; false when another node did. */
  async adopt(row: DrillEntity, nodeId: string, because: ErrorText, caller: Caller): Promise<boolean> {
    return this.#database.write(async (tx) => {
      const rows = await returning(
        tx,
        'UPDATE drill SET node_id = ? WHERE id = ? AND node_id = ? RETURNING id',
        [nodeId, row.id, row.nodeId],
      );
      if (rows.length === 0) return false;
      const endedAt = row.beatAt ?? row.startedAt!;
      if (row.state === 'running')
        await this.endIn(tx, row, { outcome: 'interrupted', because }, caller, endedAt);
      return true;
    });
  }

  async finish(
    drill: ActiveDrill,
    { state, because, recoveredAt, at }: Finish,
    caller: Caller,
  ): Promise<boolean> {
    const { row, measures, targets } = drill;
    const { active, clean, injected } = totalsOf(targets.values());
    return this.#database.write(async (tx) => {
      const rows = await returning(
        tx,
        `UPDATE drill SET state = ?, because = ?, recovered_at = ?, finished_at = ?, measures = ?, active = ?,
         clean = ?, injected = ? WHERE id = ? AND state = 'recovering' AND node_id = ? RETURNING id`,
        [
          state,
          because && JSON.stringify(because),
          recoveredAt,
          at,
          JSON.stringify(measures),
          active,
          clean,
          injected,
          row.id,
          row.nodeId,
        ],
      );
      if (rows.length === 0) return false;
      await this.#audit.append(tx, caller, {
        action: 'drill.finish',
        environment: row.environment,
        app: row.app,
        target: row.title,
        detail: { drillId: row.id, verdict: state, injected, ...(because && { because: because.en }) },
      });
      return true;
    });
  }

  /** Writes what this node knows of some targets, and what it logged. */
  write(
    drill: ActiveDrill,
    nodeId: string,
    part: { sequence: number; data: PartData } | undefined,
  ): Promise<void> {
    const written = drill.writing.catch(() => undefined).then(() => this.#write(drill, nodeId, part));
    drill.writing = written.catch(() => undefined);
    return written;
  }

  async #write(
    drill: ActiveDrill,
    nodeId: string,
    part: { sequence: number; data: PartData } | undefined,
  ): Promise<void> {
    const drillId = drill.row.id;
    const ids = [...drill.unwritten];
    const events = drill.events.slice(drill.writtenEvents);
    if (ids.length === 0 && events.length === 0 && !part) return;
    drill.unwritten.clear();
    try {
      await this.#database.write(async (tx) => {
        const targets = ids.flatMap((id) => drill.targets.get(id) ?? []);
        await this.#writeTargets(tx, await this.#withOthers(tx, targets));
        await insertRows(
          tx,
          'drill_event',
          events.map((event) => ({ drillId, nodeId, ...event })),
        );
        if (part) await tx.upsert(DrillPartEntity, { drillId, nodeId, ...part }, ['drillId', 'nodeId']);
      });
      drill.writtenEvents += events.length;
    } catch (error) {
      for (const id of ids) drill.unwritten.add(id);
      throw error;
    }
  }

  /** A target may have moved: what other nodes wrote of it stays, also what they write at this moment. */
  async #withOthers(
    tx: EntityManager,
    targets: readonly DrillTargetEntity[],
  ): Promise<readonly DrillTargetEntity[]> {
    const [first] = targets;
    if (!first) return targets;
    const ids = In(targets.map(({ instanceId }) => instanceId));
    const stored = await lockedTargets(tx, { drillId: first.drillId, instanceId: ids });
    const others = new Map(stored.map((row) => [row.instanceId, row]));
    return targets.map((target) => {
      const other = others.get(target.instanceId);
      return other ? inOne(target, other) : target;
    });
  }

  /** The last word of an instance about a drill that is over; the summary follows it. */
  async writeLate(
    drillId: string,
    instanceId: string,
    told: (target: DrillTargetEntity) => DrillTargetEntity,
  ): Promise<void> {
    await this.#database.write(async (tx) => {
      const targets = await lockedTargets(tx, { drillId });
      const all = targets.map((each) => (each.instanceId === instanceId ? told(each) : each));
      await this.#writeTargets(
        tx,
        all.filter((each) => each.instanceId === instanceId),
      );
      const { injected, clean } = totalsOf(all);
      await tx.update(DrillEntity, { id: drillId }, { injected, clean });
    });
  }

  async #writeTargets(tx: EntityManager, targets: readonly DrillTargetEntity[]): Promise<void> {
    await bulkUpsert(tx, this.#database.dialect, {
      table: 'drill_target',
      key: ['drill_id', 'instance_id'],
      columns: [
        'drill_id',
        'instance_id',
        'node_id',
        'boot_id',
        'connected',
        'records',
        'clean_by',
        'clean_at',
        'heard_at',
      ],
      rows: targets.map((t) => [
        t.drillId,
        t.instanceId,
        t.nodeId,
        t.bootId,
        t.connected,
        JSON.stringify(t.records),
        t.cleanBy,
        t.cleanAt,
        t.heardAt,
      ]),
      onConflict: 'replace',
    });
  }
}

/** Rows that no other node changes before this one has. Always in one order, so that nodes wait for each other in turn. */
function lockedTargets(
  tx: EntityManager,
  where: FindOptionsWhere<DrillTargetEntity>,
): Promise<DrillTargetEntity[]> {
  const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
  return tx.find(DrillTargetEntity, { where, order: { instanceId: 'ASC' }, ...lock });
}
