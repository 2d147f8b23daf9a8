import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { InstanceEntity } from '../fleet/fleet.entities.ts';
import { PushEntity, type PushNamespaceEntity } from '../releases/push.entity.ts';
import { namespacesOf } from '../releases/pushes.store.ts';
import { PushTargetEntity } from './delivery.entities.ts';
import { OpenPush, type PushTarget } from './open-push.ts';

const table = {
  table: 'push_target',
  key: ['push_id', 'instance_id'],
  columns: ['push_id', 'instance_id', 'state', 'stage', 'error', 'ms', 'digest', 'at'],
} as const;

/** In these a push has something to show or to take away still. */
const openStates = ['running', 'paused', 'verifying', 'promoting', 'halted'] as const;
/** Of a push with layers of its own, these too: the layers stand, and somebody may end them. */
const standingStates = ['converged', 'diverged'] as const;
const atMost = 500;
const idsAtOnce = 500;
/** Each has a row for every instance of its app, and SQLite reads them on this thread. */
const pushesAtOnce = 10;

/** The targets of pushes as other nodes and later days see them. */
@Injectable()
export class PushTargetStore {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** Writes what changed of these pushes in one transaction. */
  async write(pushes: Iterable<OpenPush>): Promise<void> {
    const taken = [...pushes]
      .map((push) => ({ push, ids: [...push.unwritten], dropped: [...push.dropped] }))
      .filter(({ ids, dropped }) => ids.length + dropped.length > 0);
    if (taken.length === 0) return;
    for (const { push, ids, dropped } of taken) {
      for (const id of ids) push.unwritten.delete(id);
      for (const id of dropped) push.dropped.delete(id);
    }
    const rows = taken.flatMap(({ push, ids }) => ids.map((id) => valuesOf(push.id, push.targets.get(id)!)));
    try {
      await this.#database.write(async (tx) => {
        for (const { push, dropped } of taken)
          for (let from = 0; from < dropped.length; from += idsAtOnce)
            await tx.delete(PushTargetEntity, {
              pushId: push.id,
              instanceId: In(dropped.slice(from, from + idsAtOnce)),
            });
        await bulkUpsert(tx, this.#database.dialect, { ...table, rows, onConflict: 'replace' });
      });
    } catch (error) {
      for (const { push, ids, dropped } of taken) {
        for (const id of ids) if (push.targets.has(id)) push.unwritten.add(id);
        for (const id of dropped) if (!push.targets.has(id)) push.dropped.add(id);
      }
      throw error;
    }
  }

  async targetsOf(pushId: string): Promise<PushTarget[]> {
    const rows = await this.#database.read.findBy(PushTargetEntity, { pushId });
    return rows.map(targetOf);
  }

  /** The same of many pushes, by push. */
  async targetsOfAll(pushIds: readonly string[]): Promise<Map<string, PushTarget[]>> {
    const found = new Map<string, PushTarget[]>();
    for (let from = 0; from < pushIds.length; from += pushesAtOnce) {
      const pushId = In(pushIds.slice(from, from + pushesAtOnce));
      for (const row of await this.#database.read.findBy(PushTargetEntity, { pushId })) {
        const own = found.get(row.pushId) ?? [];
        found.set(row.pushId, own);
        own.push(targetOf(row));
      }
    }
    return found;
  }

  /** Pushes that are not over, with their targets: what a node takes up when it starts. */
  async open(): Promise<OpenPush[]> {
    const pushes = await this.#database.read
      .createQueryBuilder(PushEntity, 'p')
      .where('p.state IN (:...open)', { open: openStates })
      .orWhere("(p.state IN (:...standing) AND p.mode <> 'global')", { standing: standingStates })
      .orWhere(
        (q) =>
          // The node that took it back was killed before it had heard of everybody that it is gone.
          `(p.state = 'abandoned' AND EXISTS ${q
            .subQuery()
            .select('1')
            .from(PushTargetEntity, 't')
            .where("t.pushId = p.id AND t.state = 'pending'")
            .getQuery()})`,
      )
      .orderBy('p.createdAt', 'DESC')
      .take(atMost)
      .getMany();
    return this.#openOf(pushes.reverse());
  }

  /** One push, whatever its state. */
  async find(pushId: string): Promise<OpenPush | undefined> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    return row ? (await this.#openOf([row]))[0] : undefined;
  }

  async #openOf(rows: readonly PushEntity[]): Promise<OpenPush[]> {
    const namespaces = await namespacesOf(
      this.#database.read,
      rows.map((row) => row.id),
    );
    return Promise.all(
      rows.map(async (row) => {
        const push = openPushOf(row, namespaces.get(row.id) ?? []);
        for (const target of await this.targetsOf(row.id)) push.take(target);
        return push;
      }),
    );
  }

  /** What the database knows of instances, for targets whose node is gone. */
  async instances(push: OpenPush, instanceIds: readonly string[]): Promise<InstanceEntity[]> {
    const found: InstanceEntity[] = [];
    for (let from = 0; from < instanceIds.length; from += idsAtOnce)
      found.push(
        ...(await this.#database.read.findBy(InstanceEntity, {
          ...push.place,
          instanceId: In(instanceIds.slice(from, from + idsAtOnce)),
        })),
      );
    return found;
  }

  /**
   * Instances of the app seen since then; by `offline` only those that nobody is connected with. They are thousands, in
   * the middle of a push: no more is read than is asked for.
   */
  async instancesSince(
    push: OpenPush,
    seenSince: number,
    whom: 'all' | 'offline' = 'all',
  ): Promise<Pick<InstanceEntity, 'instanceId' | 'labels' | 'online'>[]> {
    return this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .select(['i.environment', 'i.app', 'i.instanceId', 'i.labels', 'i.online'])
      .where({ ...push.place })
      .andWhere('i.lastSeenAt >= :seenSince', { seenSince })
      .andWhere(whom === 'all' ? '1 = 1' : { online: false })
      .getMany();
  }
}

function openPushOf(row: PushEntity, namespaces: readonly PushNamespaceEntity[]): OpenPush {
  const { id, environment, app, mode, state, revision, createdAt } = row;
  const isForAll = mode === 'global' || state === 'promoting' || state === 'promoted';
  const digests = new Map(namespaces.map((each) => [each.namespace, isForAll ? each.digest : null]));
  const push = new OpenPush({ id, place: { environment, app }, isForAll, digests, revision, createdAt });
  push.isOver = state === 'abandoned';
  return push;
}

const valuesOf = (pushId: string, t: PushTarget): (string | number | null)[] => [
  pushId,
  t.instanceId,
  t.state,
  t.stage ?? null,
  t.error ?? null,
  t.ms ?? null,
  t.digest ?? null,
  t.at,
];

function targetOf(row: PushTargetEntity): PushTarget {
  return {
    instanceId: row.instanceId,
    state: row.state,
    at: row.at,
    ...(row.stage !== null && { stage: row.stage }),
    ...(row.error !== null && { error: row.error }),
    ...(row.ms !== null && { ms: row.ms }),
    ...(row.digest !== null && { digest: row.digest }),
  };
}
