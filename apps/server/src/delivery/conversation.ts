import { Inject, Injectable } from '@nestjs/common';
import type { Ack, AckNamespace, Heartbeat, State, WireNamespace } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import type { Connection, HeldNamespace } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { layersByHello } from '../fleet/hello-layers.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { Dispatcher, maxRepairs } from './dispatcher.ts';
import { PushTracker } from './push-tracker.ts';

/** Repairs are checked after 1, 2 and 4 s. */
const firstRepairMs = 1000;

/** By so much an instance may be ahead with the end of a layer. */
const endToleranceMs = 5000;

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
  /** Who waits for the next answer of an instance to a probe. */
  readonly #asking = new WeakMap<Connection, (() => void)[]>();
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
  began(connection: Connection, target: Target, held: readonly HeldNamespace[]): void {
    for (const [name, key] of layersByHello(held, target.viewFor(connection)))
      connection.hasLayers(name, key);
    this.#fleet.add(connection);
    this.#tracker.heard(connection);
    this.#dispatcher.toOne(connection, target, true);
  }

  acked(connection: Connection, frame: Ack): void {
    const now = this.#clock.now();
    const flight = connection.inFlight;
    const answersFlight = flight?.frame.deliveryId === frame.deliveryId;
    if (answersFlight) {
      connection.inFlight = undefined;
      this.#metrics.applySeconds.observe((this.#clock.monotonic() - flight.sentAt) / 1000);
      // It has taken what it was sent, whatever it began with; its next heartbeat would say no more.
      if (frame.stage === 'listened') connection.ready = 'live';
    }
    this.#heard(connection, frame);
    for (const said of frame.namespaces) {
      this.#metrics.ackOf[said.state].inc();
      const sent = answersFlight ? flight.frame.changed.find(({ name }) => name === said.name) : undefined;
      this.#holds(connection, said, sent, now);
      if (said.state === 'rejected' && sent)
        connection.refuses(sent.name, { digest: sent.digest, error: said.error });
      else connection.refuses(said.name, undefined);
      if (sent && said.state !== 'rejected')
        connection.hasLayers(sent.name, flight?.layerKeys.get(sent.name) ?? '');
      else if (frame.deliveryId === 0) this.#endedByItself(connection, said);
    }
    if (answersFlight)
      for (const name of flight.frame.removed) {
        connection.holds.delete(name);
        connection.hasLayers(name, '');
      }
    this.#tracker.heard(connection, { stage: frame.stage, ms: frame.ms });
    this.#fleet.changed(connection);
    this.#dispatcher.onward(connection);
    this.#doubt(connection, frame);
  }

  /** Text of what was sent is kept in place of the same text that came back: everybody shares it. */
  #holds(connection: Connection, said: AckNamespace, sent: WireNamespace | undefined, now: number): void {
    const name = sent?.name ?? said.name;
    const before = connection.holds.get(name);
    if (said.digest === undefined) connection.holds.delete(name);
    else if (before || connection.holds.size < maxHeld)
      connection.holds.set(name, {
        digest: said.digest === sent?.digest ? sent.digest : said.digest,
        at: before?.digest === said.digest ? before.at : now,
        error: said.error,
        failed: said.state === 'failed' ? true : undefined,
      });
  }

  /** It says so when it has ended a layer by itself: then it has those that are left. */
  #endedByItself(connection: Connection, { name, digest }: AckNamespace): void {
    const target = this.#targets.peek(connection.place);
    const left = target?.viewAt(connection, this.#clock.now() + endToleranceMs).namespaces.get(name);
    if (left !== undefined && left.digest === digest) connection.hasLayers(name, left.layersKey);
  }

  /** An ack after a repair, or one that contradicts itself, is checked against live memory. */
  #doubt(connection: Connection, frame: Ack): void {
    const target = this.#targets.peek(connection.place);
    if (!target || connection.inFlight || connection.refused.size > 0 || frame.revision < target.revision)
      return;
    if (connection.isDoubted || !this.#agrees(connection, target)) this.probe(connection);
  }

  /** The answer to a probe: every digest recomputed from live memory. */
  stated(connection: Connection, frame: State): void {
    this.#heard(connection, frame);
    connection.holdsAre(frame.namespaces, this.#clock.now());
    const target = this.#targets.peek(connection.place);
    const agrees = target !== undefined && this.#agrees(connection, target);
    if (agrees) connection.repairs = 0;
    this.#tracker.heard(connection);
    this.#fleet.changed(connection);
    for (const answered of this.#asking.get(connection)?.splice(0) ?? []) answered();
    if (target && !agrees && !connection.inFlight) this.#mend(connection, target);
  }

  /** Asks what it holds and resolves when it has answered; with false when it hasn't within `withinMs`. */
  ask(connection: Connection, withinMs: number): Promise<boolean> {
    const waiting = this.#asking.get(connection) ?? [];
    this.#asking.set(connection, waiting);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), withinMs);
      waiting.push(() => {
        clearTimeout(late);
        resolve(true);
      });
      this.probe(connection);
    });
  }

  /**
   * Whether it holds what it must. A layer's end comes to the instance and to this node by two clocks: who has ended
   * one a moment earlier is right too.
   */
  #agrees(connection: Connection, target: Target): boolean {
    const { rootDigest } = connection;
    if (rootDigest === target.viewFor(connection).rootDigest) return true;
    return rootDigest === target.viewAt(connection, this.#clock.now() + endToleranceMs).rootDigest;
  }

  /** Asks for every digest, recomputed from live memory. */
  probe(connection: Connection): void {
    connection.wire.send('probe', { probeId: ++this.#lastProbe });
  }

  /** What it holds is not what it must hold: that is on record, and it is sent again, a few times at most, each later. */
  #mend(connection: Connection, target: Target): void {
    for (const { name, digest } of target.viewFor(connection).namespaces.values()) {
      const isHeld = connection.holds.get(name)?.digest === digest;
      if (!isHeld && connection.refused.get(name)?.digest !== digest)
        this.#tracker.drifted(connection, name, digest);
    }
    if (connection.repairs >= maxRepairs) return;
    const now = this.#clock.monotonic();
    if (connection.isDoubted && now < connection.nextRepairAt) {
      setTimeout(() => this.probe(connection), connection.nextRepairAt - now).unref();
      return;
    }
    connection.nextRepairAt = now + firstRepairMs * 2 ** connection.repairs;
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
    if (!target || connection.inFlight || connection.refused.size > 0) return;
    if (connection.isDoubted || !this.#agrees(connection, target)) this.probe(connection);
  }

  #heard(connection: Connection, frame: { epoch: number; revision: number; rootDigest: string }): void {
    connection.epoch = frame.epoch;
    connection.revision = frame.revision;
    // Nearly everybody holds the same: the text of what is wanted is kept in place of one more that equals it.
    const wanted = this.#targets.peek(connection.place)?.viewFor(connection).rootDigest;
    connection.rootDigest = frame.rootDigest === wanted ? wanted : frame.rootDigest;
    connection.lastSeenAt = this.#clock.now();
  }
}
