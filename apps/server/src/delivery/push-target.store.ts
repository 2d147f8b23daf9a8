import { Inject, Injectable } from '@nestjs/common';
import type { ProofCount } from '@sluice/core';
import { In, Not } from 'typeorm';
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

const openStates = ['running', 'verifying'] as const;

/** The column has 32 bits, which is 24 days: whoever applies later than that has not failed for it. */
const maxMs = 2 ** 31 - 1;

/** A verdict to be written. */
export interface SettledPush {
  readonly pushId: string;
  readonly state: 'converged' | 'diverged';
  readonly at: number;
  readonly lastAppliedMs: number | undefined;
  readonly proof: ProofCount;
}

/** The targets of pushes as other nodes and later days see them. */
@Injectable()
export class PushTargetStore {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** Writes what changed of these pushes, and the verdicts that some of them came to, in one transaction. */
  async write(pushes: Iterable<OpenPush>, verdicts: readonly SettledPush[] = []): Promise<void> {
    const taken = [...pushes]
      .map((push) => ({ push, ids: [...push.unwritten] }))
      .filter(({ ids }) => ids.length > 0);
    if (taken.length === 0 && verdicts.length === 0) return;
    for (const { push, ids } of taken) for (const id of ids) push.unwritten.delete(id);
    const rows = taken.flatMap(({ push, ids }) => ids.map((id) => valuesOf(push.id, push.targets.get(id)!)));
    try {
      await this.#database.write(async (tx) => {
        await bulkUpsert(tx, this.#database.dialect, { ...table, rows, onConflict: 'replace' });
        for (const { pushId, state, at, lastAppliedMs, proof } of verdicts)
          await tx.update(
            PushEntity,
            { id: pushId, state: Not(state) },
            {
              state,
              stateData: { state, at, proof },
              settledAt: at,
              lastAppliedMs: lastAppliedMs === undefined ? null : Math.min(lastAppliedMs, maxMs),
            },
          );
      });
    } catch (error) {
      for (const { push, ids } of taken) for (const id of ids) push.unwritten.add(id);
      throw error;
    }
  }

  /** Instances of the app that are not connected to any node and were seen since `seenSince`. */
  async offline(push: OpenPush, seenSince: number): Promise<string[]> {
    const rows = await this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .select('i.instanceId', 'instanceId')
      .where({ ...push.place, online: false })
      .andWhere('i.lastSeenAt >= :seenSince', { seenSince })
      .getRawMany<{ instanceId: string }>();
    return rows.map((row) => row.instanceId);
  }

  async targetsOf(pushId: string): Promise<PushTarget[]> {
    const rows = await this.#database.read.findBy(PushTargetEntity, { pushId });
    return rows.map(targetOf);
  }

  /** Pushes without a verdict yet, with their targets: what a node takes up when it starts. */
  async open(): Promise<OpenPush[]> {
    const pushes = await this.#database.read.find(PushEntity, {
      where: { state: In([...openStates]) },
      order: { createdAt: 'ASC' },
      take: 200,
    });
    const namespaces = await namespacesOf(
      this.#database.read,
      pushes.map((row) => row.id),
    );
    return Promise.all(
      pushes.map(async (row) => {
        const push = openPushOf(row, namespaces.get(row.id)![0]!);
        for (const target of await this.targetsOf(row.id)) push.take(target);
        return push;
      }),
    );
  }

  /** What the database knows of instances, for targets whose node is gone. */
  async instances(push: OpenPush, instanceIds: readonly string[]): Promise<InstanceEntity[]> {
    const found: InstanceEntity[] = [];
    for (let from = 0; from < instanceIds.length; from += 1000)
      found.push(
        ...(await this.#database.read.findBy(InstanceEntity, {
          ...push.place,
          instanceId: In(instanceIds.slice(from, from + 1000)),
        })),
      );
    return found;
  }

  /** All instances of the app seen since then: the targets of a push whose node died before it wrote any. */
  async allInstances(push: OpenPush, seenSince: number): Promise<InstanceEntity[]> {
    return this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .where({ ...push.place })
      .andWhere('i.lastSeenAt >= :seenSince', { seenSince })
      .getMany();
  }
}

function openPushOf(row: PushEntity, { namespace, digest }: PushNamespaceEntity): OpenPush {
  const { id, environment, app, revision, createdAt } = row;
  return new OpenPush({
    id,
    place: { environment, app },
    namespace,
    digest: digest ?? '',
    revision,
    createdAt,
  });
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
