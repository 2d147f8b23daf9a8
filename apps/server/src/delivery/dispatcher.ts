import { Inject, Injectable } from '@nestjs/common';
import type { Sync, WireNamespace } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import type { Connection, InFlight } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Target, Turn, View } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { encodedSync } from './encoded-frame.ts';

/** Sockets that are written to before others get their turn on the event loop. */
const batchSize = 256;
/** Times that the same difference is mended in a row before the instance counts as drifted. */
export const maxRepairs = 3;

/** What is sent, and which layers come with it. */
interface Difference {
  readonly frame: Sync;
  readonly layerKeys: ReadonlyMap<string, string>;
  /** It says how much time a layer has left, which is right only when it is sent at once. */
  readonly isTimed: boolean;
}

/**
 * Brings every connection to its view. State, not events: what is sent is the difference between what an instance
 * says it holds and what it must hold, so a lost frame, a restart and a skipped release all heal the same way.
 * Instances that hold the same and must hold the same are sent the same frame, encoded once.
 */
@Injectable()
export class Dispatcher {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #clock: Clock;
  #lastDelivery = 0;

  constructor(@Inject(Fleet) fleet: Fleet, @Inject(Targets) targets: Targets, @Inject(Clock) clock: Clock) {
    this.#fleet = fleet;
    this.#targets = targets;
    this.#clock = clock;
    targets.onTarget((target) => this.#toAll(target));
  }

  /** Sends this connection what it lacks, unless a delivery is in flight: then it is looked at again after its ack. */
  toOne(connection: Connection, target: Target, always = false): void {
    if (connection.inFlight) {
      connection.dirty = true;
      return;
    }
    connection.dirty = false;
    const difference = this.#differenceFor(connection, target);
    if (!always && isNothing(difference)) return;
    connection.inFlight = this.#flight(difference);
    connection.wire.send('sync', difference.frame);
  }

  /** After an ack: the next difference, if there is one by now. */
  onward(connection: Connection): void {
    const target = this.#targets.peek(connection.place);
    if (target && connection.dirty) this.toOne(connection, target);
  }

  #toAll(target: Target): void {
    const groups = new Map<View, Map<string, Connection[]>>();
    for (const connection of this.#fleet.of(target.place)) {
      if (connection.inFlight) connection.dirty = true;
      else if (connection.refused.size > 0) this.toOne(connection, target);
      else {
        const view = target.viewFor(connection);
        const alike = groups.get(view) ?? new Map<string, Connection[]>();
        groups.set(view, alike);
        const key = holdingKey(connection);
        const group = alike.get(key);
        if (group) group.push(connection);
        else alike.set(key, [connection]);
      }
    }
    void this.#sendGroups(
      [...groups.values()].flatMap((alike) => [...alike.values()]),
      target,
    );
  }

  async #sendGroups(groups: readonly Connection[][], target: Target): Promise<void> {
    for (const group of groups) {
      let difference = this.#differenceFor(group[0]!, target);
      if (isNothing(difference)) continue;
      let encoded = encodedSync(difference.frame);
      for (let from = 0; from < group.length; from += batchSize) {
        // A connection may have been sent something newer while others had their turn.
        const batch = group.slice(from, from + batchSize).filter((connection) => !connection.inFlight);
        if (from > 0 && difference.isTimed && batch.length > 0) {
          difference = this.#differenceFor(batch[0]!, target);
          encoded = encodedSync(difference.frame);
        }
        const flight = this.#flight(difference);
        for (const connection of batch) {
          connection.inFlight = flight;
          connection.wire.sendEncoded(encoded);
        }
        if (group.length > batchSize) await new Promise((resolve) => setImmediate(resolve));
        // A newer target began a round of its own, over everybody whom this one has not reached.
        if (this.#targets.peek(target.place) !== target) return;
      }
    }
  }

  #flight({ frame, layerKeys }: Difference): InFlight {
    return { frame, layerKeys, sentAt: this.#clock.monotonic() };
  }

  /** Layers that moved are sent even where they come to the same: their end and their ladder are worked out there. */
  #differenceFor(connection: Connection, target: Target): Difference {
    const now = this.#clock.now();
    // The timer of a layer's end may be late on a busy machine: nobody is sent one whose time is over.
    const view = target.viewAt(connection, now);
    const changed = [];
    const layerKeys = new Map<string, string>();
    let isTimed = false;
    for (const namespace of view.namespaces.values()) {
      const { name, digest, layersKey } = namespace;
      const isSame =
        connection.holds.get(name)?.digest === digest && (connection.layerKeys.get(name) ?? '') === layersKey;
      const refusal = connection.refused.get(name);
      // What it refused once is not what it must hold any more.
      if (refusal && refusal.digest !== digest) connection.refuses(name, undefined);
      if (isSame || refusal?.digest === digest) continue;
      changed.push(withTurn(namespace.wire(now), target.turn, connection));
      layerKeys.set(name, layersKey);
      isTimed ||= namespace.hasTimeBox;
    }
    const removed = [...connection.holds.keys()].filter((name) => !view.namespaces.has(name));
    const { epoch, revision } = target;
    const { rootDigest } = view;
    const frame = { deliveryId: ++this.#lastDelivery, epoch, revision, rootDigest, changed, removed };
    return { frame, layerKeys, isTimed };
  }
}

/**
 * What one push brings or takes away together is carried out by its name, so that an instance takes all of it or
 * nothing. An instance that has seen that turn lacks something else.
 */
function withTurn(wire: WireNamespace, turn: Turn | undefined, { revision }: Connection): WireNamespace {
  const isOfTurn = turn !== undefined && revision < turn.revision && turn.namespaces.has(wire.name);
  return isOfTurn && wire.pushId !== turn.pushId ? { ...wire, pushId: turn.pushId } : wire;
}

const isNothing = ({ frame }: Difference): boolean =>
  frame.changed.length === 0 && frame.removed.length === 0;

/** Connections with the same key and view lack the same. */
function holdingKey({ rootDigest, layerKeys }: Connection): string {
  if (layerKeys.size === 0) return rootDigest;
  return `${rootDigest}\n${JSON.stringify([...layerKeys].sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
