import { Inject, Injectable } from '@nestjs/common';
import type { Ack, Heartbeat, State } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { type Target, Targets } from '../fleet/targets.ts';
import { Dispatcher, maxRepairs } from './dispatcher.ts';
import { PushTracker } from './push-tracker.ts';

/** Repairs are checked after 1, 2 and 4 s. */
const firstRepairMs = 1000;

/** Names that a connection is remembered to hold: as many as a hello can list, whatever its acks make up. */
const maxHeld = 1000;

/** What is said over one link after the door: hello, acks, heartbeats, and what each of them changes. */
@Injectable()
export class Conversation {
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #dispatcher: Dispatcher;
  readonly #tracker: PushTracker;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  #lastProbe = 0;

  constructor(
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(Dispatcher) dispatcher: Dispatcher,
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(Clock) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.#fleet = fleet;
    this.#targets = targets;
    this.#dispatcher = dispatcher;
    this.#tracker = tracker;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** The hello is the first evidence; the answer is always a sync, empty when nothing differs. */
  began(connection: Connection, target: Target): void {
    this.#fleet.add(connection);
    for (const [name, holding] of connection.holds) this.#weighHeld(connection, name, holding.digest);
    this.#dispatcher.toOne(connection, target, true);
  }

  acked(connection: Connection, frame: Ack): void {
    const now = this.#clock.now();
    const flight = connection.inFlight;
    const answersFlight = flight?.frame.deliveryId === frame.deliveryId;
    if (answersFlight) {
      connection.inFlight = undefined;
      this.#metrics.applySeconds.observe((this.#clock.monotonic() - flight.sentAt) / 1000);
    }
    this.#heard(connection, frame);
    for (const said of frame.namespaces) {
      this.#metrics.ackOf[said.state].inc();
      const before = connection.holds.get(said.name);
      if (said.digest === undefined) connection.holds.delete(said.name);
      else if (before || connection.holds.size < maxHeld)
        connection.holds.set(said.name, {
          digest: said.digest,
          at: before?.digest === said.digest ? before.at : now,
          error: said.error,
        });
      const sent = answersFlight
        ? flight.frame.changed.find((namespace) => namespace.name === said.name)
        : undefined;
      if (said.state === 'rejected' && sent) connection.refused.set(said.name, sent.digest);
      else connection.refused.delete(said.name);
      this.#tracker.weigh(connection.place, said.name, {
        instanceId: connection.instanceId,
        digest: said.digest,
        revision: sent?.revision ?? frame.revision,
        state: said.state,
        sentDigest: sent?.digest,
        stage: frame.stage,
        error: said.error,
        ms: frame.ms,
      });
    }
    if (answersFlight) for (const name of flight.frame.removed) connection.holds.delete(name);
    this.#fleet.changed(connection);
    this.#dispatcher.onward(connection);
    this.#doubt(connection, frame);
  }

  /** An ack after a repair, or one that contradicts itself, is checked against live memory, each time later. */
  #doubt(connection: Connection, frame: Ack): void {
    const target = this.#targets.peek(connection.place);
    if (!target || connection.inFlight || connection.refused.size > 0 || frame.revision < target.revision)
      return;
    if (connection.repairs === 0 && frame.rootDigest === target.rootDigest) return;
    const laterMs = connection.repairs === 0 ? 0 : firstRepairMs * 2 ** (connection.repairs - 1);
    setTimeout(() => this.probe(connection), laterMs).unref();
  }

  /** The answer to a probe: every digest recomputed from live memory. */
  stated(connection: Connection, frame: State): void {
    this.#heard(connection, frame);
    connection.holdsAre(frame.namespaces, this.#clock.now());
    for (const { name, digest } of frame.namespaces) this.#weighHeld(connection, name, digest);
    this.#fleet.changed(connection);
    const target = this.#targets.peek(connection.place);
    if (!target) return;
    if (connection.rootDigest === target.rootDigest) connection.repairs = 0;
    else if (!connection.inFlight) this.#mend(connection, target);
  }

  /** Asks for every digest, recomputed from live memory. */
  probe(connection: Connection): void {
    connection.wire.send('probe', { probeId: ++this.#lastProbe });
  }

  /** What it holds is not what it must hold: that is on record, and it is sent again, a few times at most. */
  #mend(connection: Connection, target: Target): void {
    for (const { wire } of target.namespaces.values()) {
      const held = connection.holds.get(wire.name)?.digest;
      if (held !== wire.digest && connection.refused.get(wire.name) !== wire.digest)
        this.#tracker.drifted(connection.place, wire.name, connection.instanceId, held);
    }
    if (connection.repairs >= maxRepairs) return;
    connection.repairs++;
    this.#dispatcher.toOne(connection, target);
  }

  /** Equal roots need no more; a different one is asked about, and what differs is sent again. */
  beat(connection: Connection, frame: Heartbeat): void {
    const moved =
      connection.ready !== frame.ready ||
      connection.cache !== frame.cache ||
      connection.rootDigest !== frame.rootDigest;
    this.#heard(connection, frame);
    connection.ready = frame.ready;
    connection.cache = frame.cache;
    if (moved) this.#fleet.changed(connection);
    const target = this.#targets.peek(connection.place);
    if (
      target &&
      !connection.inFlight &&
      frame.rootDigest !== target.rootDigest &&
      connection.refused.size === 0
    )
      this.probe(connection);
  }

  #heard(connection: Connection, frame: { epoch: number; revision: number; rootDigest: string }): void {
    connection.epoch = frame.epoch;
    connection.revision = frame.revision;
    connection.rootDigest = frame.rootDigest;
    connection.lastSeenAt = this.#clock.now();
  }

  #weighHeld(connection: Connection, name: string, digest: string): void {
    const { instanceId, revision } = connection;
    this.#tracker.weigh(connection.place, name, { instanceId, digest, revision, state: 'applied' });
  }
}
