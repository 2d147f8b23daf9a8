import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Push, PushInstance } from '@sluice/protocol';
import { In, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import { Approvals } from '../pushes/approvals.ts';
import { type StepFacts, stepWaits } from '../pushes/push-answer.read.ts';
import { StepHealth } from '../pushes/step-health.ts';
import { LayerEntity } from '../releases/layer.entity.ts';
import { PushEntity, PushNamespaceEntity } from '../releases/push.entity.ts';
import { pushOf } from '../releases/push-model.ts';
import { namespacesOf } from '../releases/pushes.store.ts';
import { type PushTarget, verdictOf } from './open-push.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';

/** Of which pushes a list is. */
interface Page {
  readonly before?: number | undefined;
  readonly namespace?: string | undefined;
  /** The first letters of their id. */
  readonly id?: string | undefined;
  readonly state?: 'open' | 'inForce' | Push['state'] | undefined;
}

const movingStates: readonly Push['state'][] = ['running', 'verifying', 'promoting'];
const standingStates: readonly Push['state'][] = ['paused', 'converged', 'diverged', 'halted'];
const endStates: readonly Push['state'][] = ['promoted', 'abandoned'];
/** Whoever is not a gray has come to its end with these; a gray waits for somebody. */
const settledStates: readonly Push['state'][] = ['converged', 'diverged'];

/** Pushes as people look at them: the rows, with what this node knows better by now. */
@Injectable()
export class PushesRead {
  readonly #database: Database;
  readonly #tracker: PushTracker;
  readonly #store: PushTargetStore;
  readonly #fleet: Fleet;
  readonly #health: StepHealth;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #approvals: Approvals;

  constructor(
    @Inject(Database) database: Database,
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushTargetStore) store: PushTargetStore,
    @Inject(Fleet) fleet: Fleet,
    @Inject(StepHealth) health: StepHealth,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(Approvals) approvals: Approvals,
  ) {
    this.#database = database;
    this.#tracker = tracker;
    this.#store = store;
    this.#fleet = fleet;
    this.#health = health;
    this.#node = node;
    this.#clock = clock;
    this.#approvals = approvals;
  }

  async list(place: Place, page: Page & { limit: number }): Promise<{ items: Push[]; next?: number }> {
    const rows = await this.#page(place, page, page.limit + 1);
    const isLast = rows.length <= page.limit;
    // A page ends between two revisions: those that began at one revision are given together.
    const cut = rows.at(-1)?.began ?? 0;
    const whole = isLast ? rows : rows.filter((row) => row.began > cut);
    const shown = whole.length > 0 || isLast ? whole : await this.#page(place, { ...page, at: cut });
    return { items: await this.#withVerdicts(shown), ...(!isLast && { next: shown.at(-1)!.began }) };
  }

  async get(place: Place, pushId: string): Promise<Push> {
    const [push] = await this.#withVerdicts([await this.#row(place, pushId)]);
    return push!;
  }

  async byId(pushId: string): Promise<Push | undefined> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId });
    return row ? (await this.#withVerdicts([row]))[0] : undefined;
  }

  async instances(place: Place, pushId: string): Promise<PushInstance[]> {
    await this.#row(place, pushId);
    const targets = await this.targets(pushId);
    return targets.map((t) => pushInstanceOf(t)).sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }

  /** Pushes by their ids, in no order; those that are gone are left out. */
  async byIds(ids: readonly string[]): Promise<Push[]> {
    return this.#withVerdicts(await this.#database.read.findBy(PushEntity, { id: In([...ids]) }));
  }

  /** What is on its way in an environment, and what is in force on some instances only; for its overview. */
  async active(environment: string): Promise<Push[]> {
    const rows = await this.#database.read.find(PushEntity, {
      where: [
        { environment, state: In(movingStates) },
        { environment, mode: Not('global'), state: In(standingStates) },
      ],
      order: { createdAt: 'DESC' },
      take: 50,
    });
    return this.#withVerdicts(rows);
  }

  async targets(pushId: string): Promise<PushTarget[]> {
    return (await this.#targetsOf([pushId])).get(pushId)!;
  }

  /** Asked for together: a list has hundreds of pushes. */
  async #targetsOf(pushIds: readonly string[]): Promise<Map<string, PushTarget[]>> {
    const isKnown = (id: string): boolean =>
      this.#node.aliveNodes === 1 && this.#tracker.find(id) !== undefined;
    const written = await this.#store.targetsOfAll(pushIds.filter((id) => !isKnown(id)));
    return new Map(
      pushIds.map((id) => {
        const byId = new Map((written.get(id) ?? []).map((target) => [target.instanceId, target]));
        for (const target of this.#tracker.find(id)?.targets.values() ?? []) {
          const before = byId.get(target.instanceId);
          if (!before || before.at <= target.at) byId.set(target.instanceId, target);
        }
        return [id, [...byId.values()]];
      }),
    );
  }

  async #row(place: Place, pushId: string): Promise<PushEntity> {
    const row = await this.#database.read.findOneBy(PushEntity, { id: pushId, ...place });
    if (!row) throw new SluiceError('not_found', { what: { en: 'push', zh: '推送' } });
    return row;
  }

  #page(
    place: Place,
    { before, at, namespace, id, state }: Page & { at?: number },
    take?: number,
  ): Promise<PushEntity[]> {
    const query = this.#database.read.createQueryBuilder(PushEntity, 'p').where({ ...place });
    if (before !== undefined) query.andWhere('p.began < :before', { before });
    if (at !== undefined) query.andWhere('p.began = :at', { at });
    if (id !== undefined) query.andWhere('p.id LIKE :id', { id: `${id}%` });
    if (state !== undefined && state !== 'open' && state !== 'inForce')
      query.andWhere('p.state = :state', { state });
    if (state === 'open')
      query.andWhere("(p.state NOT IN (:...ended) AND (p.mode = 'gray' OR p.state NOT IN (:...settled)))", {
        ended: endStates,
        settled: settledStates,
      });
    if (state === 'inForce')
      query.andWhere(
        (q) =>
          `EXISTS ${q
            .subQuery()
            .select('1')
            .from(LayerEntity, 'l')
            .where('l.pushId = p.id AND l.environment = p.environment AND l.app = p.app')
            .andWhere('l.endedRevision IS NULL AND (l.expiresAt IS NULL OR l.expiresAt > :now)')
            .getQuery()}`,
        { now: this.#clock.now() },
      );
    if (namespace !== undefined)
      query.andWhere(
        (q) =>
          `EXISTS ${q
            .subQuery()
            .select('1')
            .from(PushNamespaceEntity, 'n')
            .where('n.pushId = p.id AND n.namespace = :namespace')
            .getQuery()}`,
        { namespace },
      );
    query.orderBy('p.began', 'DESC').addOrderBy('p.createdAt', 'DESC').addOrderBy('p.id', 'ASC');
    return (take === undefined ? query : query.take(take)).getMany();
  }

  async #withVerdicts(rows: readonly PushEntity[]): Promise<Push[]> {
    const namespaces = await namespacesOf(
      this.#database.read,
      rows.map((row) => row.id),
    );
    const approvals = await this.#approvals.of(rows);
    const known = await this.#targetsOf(rows.map(({ id }) => id));
    return rows.map((row) => {
      const approval = approvals.get(row.id);
      const now = this.#clock.now();
      const open = this.#tracker.find(row.id);
      const found = known.get(row.id)!;
      // It has just taken a turn that its targets don't know of yet: what they said before is no proof of it.
      const targets = open && open.revision < row.revision ? found.map(unproven) : found;
      const verdict = verdictOf(targets, open?.turnedAt ?? row.createdAt, now);
      const waits = stepWaits(row, this.#factsOf(row, targets, now), now);
      const health = this.#health.of(row);
      return pushOf(row, namespaces.get(row.id) ?? [], {
        verdict,
        waits,
        ...(approval && { approval }),
        ...(health && { health }),
      });
    });
  }

  /** Those of other nodes count as reachable unless they are known to be gone. */
  #factsOf(row: PushEntity, targets: readonly PushTarget[], now: number): StepFacts {
    const place = { environment: row.environment, app: row.app };
    const isAlone = this.#node.aliveNodes === 1;
    const reachable = targets.filter(({ instanceId, state }) =>
      isAlone ? this.#fleet.find(place, instanceId) !== undefined : state !== 'offline',
    );
    const applied = reachable.filter(({ state }) => state === 'applied' || state === 'repaired');
    return { reachable: reachable.length, applied: applied.length, ...this.#health.facts(row, now) };
  }
}

const unproven = (target: PushTarget): PushTarget =>
  target.state === 'applied' || target.state === 'repaired' ? { ...target, state: 'pending' } : target;

export function pushInstanceOf(target: PushTarget): PushInstance {
  return { ...target, at: new Date(target.at).toISOString() };
}
