import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Push, PushInstance } from '@sluice/protocol';
import { In, LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { pushOf } from '../releases/push-model.ts';
import { type PushTarget, verdictOf } from './open-push.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';

/** Pushes as people look at them: the rows, with what this node knows better by now. */
@Injectable()
export class PushesRead {
  readonly #database: Database;
  readonly #tracker: PushTracker;
  readonly #store: PushTargetStore;
  readonly #node: NodeLease;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#tracker = tracker;
    this.#store = store;
    this.#node = node;
    this.#clock = clock;
  }

  async list(
    place: Place,
    page: { limit: number; before?: number | undefined; namespace?: string | undefined },
  ): Promise<{ items: Push[]; next?: number }> {
    const where = {
      ...place,
      ...(page.namespace !== undefined && { namespace: page.namespace }),
      ...(page.before !== undefined && { revision: LessThan(page.before) }),
    };
    const rows = await this.#database.read.find(PushEntity, {
      where,
      order: { revision: 'DESC', namespace: 'ASC' },
      take: page.limit + 1,
    });
    const shown = rows.slice(0, page.limit);
    const items = await Promise.all(shown.map((row) => this.#withVerdict(row)));
    return { items, ...(rows.length > page.limit && { next: shown.at(-1)!.revision }) };
  }

  async get(place: Place, pushId: string): Promise<Push> {
    return this.#withVerdict(await this.#row(place, pushId));
  }

  async byId(pushId: string): Promise<Push | undefined> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    return row ? this.#withVerdict(row) : undefined;
  }

  async instances(place: Place, pushId: string): Promise<PushInstance[]> {
    await this.#row(place, pushId);
    const targets = await this.targets(pushId);
    return targets.map((t) => pushInstanceOf(t)).sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }

  /** The open pushes of an environment, for its overview. */
  async active(environment: string): Promise<Push[]> {
    const rows = await this.#database.read.find(PushEntity, {
      where: { environment, state: In(['running', 'verifying']) },
      order: { createdAt: 'DESC' },
      take: 50,
    });
    return Promise.all(rows.map((row) => this.#withVerdict(row)));
  }

  async targets(pushId: string): Promise<PushTarget[]> {
    const open = this.#tracker.find(pushId);
    if (open && this.#node.aliveNodes === 1) return [...open.targets.values()];
    const byId = new Map((await this.#store.targetsOf(pushId)).map((t) => [t.instanceId, t]));
    for (const target of open?.targets.values() ?? []) {
      const written = byId.get(target.instanceId);
      if (!written || written.at <= target.at) byId.set(target.instanceId, target);
    }
    return [...byId.values()];
  }

  async #row(place: Place, pushId: string): Promise<PushEntity> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId, ...place });
    if (!row) throw new SluiceError('not_found', { what: { en: 'push', zh: '推送' } });
    return row;
  }

  async #withVerdict(row: PushEntity): Promise<Push> {
    return pushOf(row, verdictOf(await this.targets(row.id), row.createdAt, this.#clock.now()));
  }
}

export function pushInstanceOf(target: PushTarget): PushInstance {
  return { ...target, at: new Date(target.at).toISOString() };
}
