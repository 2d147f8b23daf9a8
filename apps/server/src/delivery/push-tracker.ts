import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../env/clock.ts';
import type { ChangeEntity } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Place } from '../fleet/place.ts';
import { type Evidence, OpenPush } from './open-push.ts';

/** Settled pushes that stay in memory per namespace, so that late evidence finds them. */
const keptPerNamespace = 5;

const addressOf = (place: Place, namespace: string): string =>
  `${place.environment} ${place.app} ${namespace}`;

/**
 * The pushes that this node follows. A push begins when the feed brings its release: everybody of the app who is
 * connected here is a target. Every ack and hello is weighed against the pushes of its namespace.
 */
@Injectable()
export class PushTracker {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #byNamespace = new Map<string, OpenPush[]>();
  readonly #byId = new Map<string, OpenPush>();
  readonly #events = new EventEmitter();

  constructor(@Inject(Feed) feed: Feed, @Inject(Fleet) fleet: Fleet, @Inject(Clock) clock: Clock) {
    this.#fleet = fleet;
    this.#clock = clock;
    feed.onChanges((_, changes) => {
      for (const change of changes) this.#begin(change);
    });
    fleet.onGone((connection) => this.#lost(connection));
  }

  find(pushId: string): OpenPush | undefined {
    return this.#byId.get(pushId);
  }

  all(): Iterable<OpenPush> {
    return this.#byId.values();
  }

  /** Weighs what an instance says about one namespace. */
  weigh(place: Place, namespace: string, evidence: Evidence): void {
    for (const push of this.#byNamespace.get(addressOf(place, namespace)) ?? [])
      if (push.weigh(evidence, this.#clock.now())) this.moved(push, [evidence.instanceId]);
  }

  /** An instance holds something else than the newest push of the namespace put there. */
  drifted(place: Place, namespace: string, instanceId: string, digest: string | undefined): void {
    const newest = this.#byNamespace.get(addressOf(place, namespace))?.at(-1);
    if (newest?.drifted(instanceId, digest, this.#clock.now())) this.moved(newest, [instanceId]);
  }

  /** Says that targets of a push moved. */
  moved(push: OpenPush, instanceIds: readonly string[]): void {
    this.#events.emit('moved', push, instanceIds);
  }

  onMoved(listener: (push: OpenPush, instanceIds: readonly string[]) => void): void {
    this.#events.on('moved', listener);
  }

  /** Takes up a push that began elsewhere or before a restart. */
  follow(push: OpenPush): void {
    if (this.#byId.has(push.id)) return;
    this.#byId.set(push.id, push);
    const address = addressOf(push.place, push.namespace);
    const list = [...(this.#byNamespace.get(address) ?? []), push].sort((a, b) => a.revision - b.revision);
    const kept = list.filter((p, index) => !p.settled || index >= list.length - keptPerNamespace);
    for (const dropped of list) if (!kept.includes(dropped)) this.#byId.delete(dropped.id);
    this.#byNamespace.set(address, kept);
  }

  #begin(change: ChangeEntity): void {
    if (change.pushId === null || change.digest === null || this.#byId.has(change.pushId)) return;
    const push = new OpenPush({
      id: change.pushId,
      place: { environment: change.environment, app: change.app },
      namespace: change.namespace,
      digest: change.digest,
      revision: change.revision,
      createdAt: change.at,
    });
    const now = this.#clock.now();
    for (const connection of this.#fleet.of(push.place)) {
      const already = connection.holds.get(push.namespace)?.digest === push.digest;
      push.set({
        instanceId: connection.instanceId,
        state: already ? 'applied' : 'pending',
        at: now,
        ...(already && { digest: push.digest }),
      });
    }
    this.follow(push);
    this.moved(push, [...push.targets.keys()]);
  }

  /** Whoever leaves before he answered is offline: he gets it when he returns. */
  #lost(connection: Connection): void {
    for (const push of this.#byId.values()) {
      if (push.settled || push.targets.get(connection.instanceId)?.state !== 'pending') continue;
      if (push.place.environment !== connection.place.environment || push.place.app !== connection.place.app)
        continue;
      push.set({ instanceId: connection.instanceId, state: 'offline', at: this.#clock.now() });
      this.moved(push, [connection.instanceId]);
    }
  }
}
