import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../env/clock.ts';
import type { ChangeEntity, ChangeKind } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Place, placeKey } from '../fleet/place.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { type Answered, OpenPush } from './open-push.ts';

/** Settled pushes that stay in memory per namespace, so that late evidence finds them. */
const keptPerNamespace = 5;
/** With which a push begins; anything else happens to one that is there. */
const beginnings: ReadonlySet<ChangeKind> = new Set(['publish', 'rollback', 'import', 'layer', 'linked']);

/**
 * The pushes that this node follows. A push begins when the feed brings it: everybody of the app who is connected here
 * is a target, or those to whom its layers apply. Whatever an instance says is weighed against the pushes of its app.
 */
@Injectable()
export class PushTracker {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #clock: Clock;
  readonly #byPlace = new Map<string, OpenPush[]>();
  readonly #byId = new Map<string, OpenPush>();
  readonly #events = new EventEmitter();

  constructor(
    @Inject(Feed) feed: Feed,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(Clock) clock: Clock,
  ) {
    this.#fleet = fleet;
    this.#targets = targets;
    this.#clock = clock;
    feed.onChanges((_, changes) => this.#read(changes));
    targets.onTarget((target) => {
      for (const push of this.#of(target.place)) this.lay(push, target);
    });
    fleet.onGone((connection) => this.#lost(connection));
  }

  find(pushId: string): OpenPush | undefined {
    return this.#byId.get(pushId);
  }

  all(): Iterable<OpenPush> {
    return this.#byId.values();
  }

  /** Weighs what an instance says it holds; `answered` when that is the answer to a delivery. */
  heard(connection: Connection, answered?: Answered): void {
    const target = this.#targets.peek(connection.place);
    if (target)
      for (const push of this.#of(connection.place)) this.#weigh(push, connection, target, answered);
  }

  /** An instance holds something else of a namespace than it confirmed to the newest push of it. */
  drifted(connection: Connection, namespace: string, expected: string): void {
    const { instanceId } = connection;
    const newest = this.#of(connection.place).findLast(
      (push) => push.digests.has(namespace) && push.targets.has(instanceId),
    );
    const held = connection.holds.get(namespace)?.digest;
    if (newest?.drifted(instanceId, held, expected, this.#clock.now())) this.moved(newest, [instanceId]);
  }

  /** Says that targets of a push moved. */
  moved(push: OpenPush, instanceIds: readonly string[]): void {
    this.#events.emit('moved', push, instanceIds);
  }

  onMoved(listener: (push: OpenPush, instanceIds: readonly string[]) => void): void {
    this.#events.on('moved', listener);
  }

  /** Calls back for a push that took a turn and is not known here: it has to be read from the database. */
  onUnknown(listener: (pushId: string) => void): void {
    this.#events.on('unknown', listener);
  }

  /** Takes up a push that began elsewhere or before a restart. */
  follow(push: OpenPush): void {
    if (this.#byId.has(push.id)) return;
    this.#byId.set(push.id, push);
    const list = [...this.#of(push.place), push].sort((a, b) => a.revision - b.revision);
    const kept = worthKeeping(list);
    for (const dropped of list) if (!kept.includes(dropped)) this.#byId.delete(dropped.id);
    this.#byPlace.set(placeKey(push.place), kept);
    const target = this.#targets.peek(push.place);
    if (target) this.lay(push, target);
  }

  /** Finds out whom a push is for by what its layers say, and how these do. */
  lay(push: OpenPush, target: Target): void {
    if (target.revision < push.revision || push.isThrough) return;
    const now = this.#clock.now();
    const isFirst = !push.isLaid;
    push.isLaid = true;
    push.isGone = !push.isForAll && !push.isOver && !stands(push, target);
    const moved: string[] = [];
    for (const connection of this.#fleet.of(push.place)) {
      const { instanceId } = connection;
      const view = target.viewFor(connection);
      const isTarget = push.targets.has(instanceId);
      const isFor = !push.isOver && push.isFor(view);
      if (isFor && (isTarget ? push.targets.get(instanceId)!.state === 'offline' : isFirst || !push.isForAll))
        push.set({ instanceId, state: 'pending', at: now });
      else if (isTarget && !isFor && !push.isOver && !push.isGone) push.drop(instanceId);
      if (push.weigh(connection, view, now) || push.targets.has(instanceId) !== isTarget)
        moved.push(instanceId);
    }
    if (moved.length > 0 || isFirst) this.moved(push, moved);
  }

  #weigh(push: OpenPush, connection: Connection, target: Target, answered: Answered | undefined): void {
    if (!push.isLaid || push.isThrough || target.revision < push.revision) return;
    const { instanceId } = connection;
    const view = target.viewFor(connection);
    const now = this.#clock.now();
    const isNew = !push.isForAll && !push.isOver && !push.targets.has(instanceId) && push.isFor(view);
    if (isNew) push.set({ instanceId, state: 'pending', at: now });
    if (push.weigh(connection, view, now, answered) || isNew) this.moved(push, [instanceId]);
  }

  #of(place: Place): readonly OpenPush[] {
    return this.#byPlace.get(placeKey(place)) ?? [];
  }

  #read(changes: readonly ChangeEntity[]): void {
    const turns = Map.groupBy(
      changes.filter((change) => change.pushId !== null),
      (change) => `${change.revision} ${change.pushId}`,
    );
    for (const rows of turns.values()) this.#turn(rows[0]!.pushId!, rows);
  }

  #turn(id: string, rows: readonly ChangeEntity[]): void {
    const { kind, revision, environment, app, at } = rows[0]!;
    const known = this.#byId.get(id);
    const place = { environment, app };
    const digests = new Map(rows.map((row) => [row.namespace, row.digest]));
    if (!known && !beginnings.has(kind)) this.#events.emit('unknown', id);
    else if (!known)
      this.follow(new OpenPush({ id, place, isForAll: kind !== 'layer', digests, revision, createdAt: at }));
    else if (kind === 'abandon' || kind === 'expire') known.end(revision, at);
    else if (kind === 'promote') known.promote(digests, revision, at);
    else known.turn(revision, at);
    const target = this.#targets.peek(place);
    if (known && target) this.lay(known, target);
  }

  /** Whoever leaves before he answered is offline: he gets it when he returns. */
  #lost(connection: Connection): void {
    for (const push of this.#of(connection.place)) {
      if (push.settled || push.targets.get(connection.instanceId)?.state !== 'pending') continue;
      push.set({ instanceId: connection.instanceId, state: 'offline', at: this.#clock.now() });
      this.moved(push, [connection.instanceId]);
    }
  }
}

/** Whether a layer of a push is in force, for whomever. */
function stands(push: OpenPush, target: Target): boolean {
  for (const name of push.digests.keys())
    if (target.layersOf(name).some(({ layer }) => layer.pushId === push.id)) return true;
  return false;
}

/** Open ones, those whose layers stand, and the newest of each namespace. */
function worthKeeping(list: readonly OpenPush[]): OpenPush[] {
  const seen = new Map<string, number>();
  return list
    .toReversed()
    .filter((push) => {
      let isNew = false;
      for (const name of push.digests.keys()) {
        const count = seen.get(name) ?? 0;
        seen.set(name, count + 1);
        isNew ||= count < keptPerNamespace;
      }
      return isNew || !push.settled || !(push.isForAll || push.isOver || push.isGone);
    })
    .reverse();
}
