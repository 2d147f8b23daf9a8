import { Inject, Injectable } from '@nestjs/common';
import type { Sync } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Target, Targets } from '../fleet/targets.ts';
import { Sockets } from '../http/sockets.ts';

/** Sockets that are written to before others get their turn on the event loop. */
const batchSize = 256;
/** Bytes waiting in one socket beyond which it is closed: it will come back and be told the newest state only. */
const maxBufferedBytes = 1024 * 1024;
/** Times that the same difference is mended in a row before the instance counts as drifted. */
export const maxRepairs = 3;

/**
 * Brings every connection to its target. State, not events: what is sent is the difference between what an instance
 * says it holds and what it must hold, so a lost frame, a restart and a skipped release all heal the same way.
 * Instances that hold the same are sent the same frame, encoded once.
 */
@Injectable()
export class Dispatcher {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #sockets: Sockets;
  readonly #clock: Clock;
  #lastDelivery = 0;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(Sockets) sockets: Sockets,
    @Inject(Clock) clock: Clock,
  ) {
    this.#fleet = fleet;
    this.#targets = targets;
    this.#sockets = sockets;
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
    const frame = this.#frameFor(connection, target);
    if (!always && frame.changed.length === 0 && frame.removed.length === 0) return;
    this.#sent(connection, frame);
    connection.wire.send('sync', frame);
  }

  /** After an ack: the next difference, if there is one by now. */
  onward(connection: Connection): void {
    const target = this.#targets.peek(connection.place);
    if (target && connection.dirty) this.toOne(connection, target);
  }

  #toAll(target: Target): void {
    const groups = new Map<string, Connection[]>();
    for (const connection of this.#fleet.of(target.place)) {
      if (connection.inFlight) connection.dirty = true;
      else if (connection.refused.size > 0) this.toOne(connection, target);
      else {
        const group = groups.get(connection.rootDigest);
        if (group) group.push(connection);
        else groups.set(connection.rootDigest, [connection]);
      }
    }
    void this.#sendGroups([...groups.values()], target);
  }

  async #sendGroups(groups: readonly Connection[][], target: Target): Promise<void> {
    for (const group of groups) {
      const frame = this.#frameFor(group[0]!, target);
      if (frame.changed.length === 0 && frame.removed.length === 0) continue;
      for (let from = 0; from < group.length; from += batchSize) {
        // A connection may have been sent something newer while others had their turn.
        const batch = group.slice(from, from + batchSize).filter((connection) => !connection.inFlight);
        for (const connection of batch) this.#sent(connection, frame);
        if (batch.length > 0)
          this.#sockets.io
            .of('/client')
            .to(batch.map((connection) => connection.wire.socketId))
            .emit('sync', frame);
        if (group.length > batchSize) await new Promise((resolve) => setImmediate(resolve));
        // A newer target began a round of its own, over everybody whom this one has not reached.
        if (this.#targets.peek(target.place) !== target) return;
      }
    }
  }

  #sent(connection: Connection, frame: Sync): void {
    connection.inFlight = { frame, sentAt: this.#clock.monotonic() };
    if (connection.wire.bufferedBytes() > maxBufferedBytes) connection.wire.close();
  }

  #frameFor(connection: Connection, target: Target): Sync {
    const changed = [];
    for (const namespace of target.namespaces.values()) {
      const { name, digest } = namespace.wire;
      if (connection.holds.get(name)?.digest === digest || connection.refused.get(name) === digest) continue;
      changed.push(namespace.wire);
    }
    const removed = [...connection.holds.keys()].filter((name) => !target.namespaces.has(name));
    const { epoch, revision, rootDigest } = target;
    return { deliveryId: ++this.#lastDelivery, epoch, revision, rootDigest, changed, removed };
  }
}
