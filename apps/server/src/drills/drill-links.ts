import { Inject, Injectable } from '@nestjs/common';
import type { Faults } from '@sluice/protocol/client';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { ActiveDrill } from './active-drill.ts';

/** Three beats that don't come, and every fault ends by itself. */
export const leaseMs = 3000;
/** A node whose drill's driver can't write for so long renews nothing: nobody could stop the drill any more. */
const unwritableMs = 5000;
/** A lease shorter than this would end before the next beat came. */
const shortestLeaseMs = 250;

interface Told {
  version: number;
  /** The drills that it was sent last. */
  drills: string;
}

/**
 * What this node says to the instances that drills are in: the whole state with every change, a beat each second. A
 * beat renews only what is known to be meant still, so that a fault outlives nobody who could end it.
 */
@Injectable()
export class DrillLinks {
  readonly #fleet: Fleet;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #told = new WeakMap<Connection, Told>();

  constructor(@Inject(Fleet) fleet: Fleet, @Inject(NodeLease) node: NodeLease, @Inject(Clock) clock: Clock) {
    this.#fleet = fleet;
    this.#node = node;
    this.#clock = clock;
  }

  /** Tells everybody of a place what is meant now, where it is something else than before. */
  changed(drills: readonly ActiveDrill[], place: { environment: string; app: string }): void {
    for (const connection of this.#fleet.of(place)) this.tell(connection, drills, false);
  }

  /** Renews what is meant still. */
  beat(drills: readonly ActiveDrill[]): void {
    const places = new Map(drills.map((drill) => [`${drill.row.environment} ${drill.row.app}`, drill.place]));
    for (const place of places.values())
      for (const connection of this.#fleet.of(place)) this.tell(connection, drills, true);
  }

  /** The instance speaks of a drill that is not meant: it hears at once what is. */
  correct(connection: Connection, drills: Iterable<ActiveDrill>): void {
    const told = this.#told.get(connection);
    this.#told.set(connection, { version: told?.version ?? 0, drills: 'not known' });
    this.tell(connection, drills, false);
  }

  tell(connection: Connection, drills: Iterable<ActiveDrill>, isBeat: boolean): void {
    const mono = this.#clock.monotonic();
    const meant = [...drills].flatMap((drill) => {
      const leftMs = this.#leaseOf(drill, connection, mono);
      return leftMs >= shortestLeaseMs ? [{ drill, leftMs }] : [];
    });
    const names = meant.map(({ drill }) => drill.row.id).join(' ');
    const told = this.#told.get(connection) ?? { version: 0, drills: '' };
    const isNew = told.drills !== names;
    if (!isNew && (names === '' || !isBeat)) return;
    if (isNew) told.version += 1;
    told.drills = names;
    this.#told.set(connection, told);
    const frame: Faults = {
      version: told.version,
      leaseMs: Math.round(Math.min(leaseMs, ...meant.map(({ leftMs }) => leftMs))),
      ...(isNew && { drills: meant.map(({ drill }) => drill.order(mono)) }),
    };
    connection.wire.send('faults', frame);
  }

  /** How much longer a drill may go on in an instance without another word; 0: not at all. */
  #leaseOf(drill: ActiveDrill, { place, instanceId }: Connection, mono: number): number {
    const isIn =
      drill.row.environment === place.environment &&
      drill.row.app === place.app &&
      drill.targets.has(instanceId);
    if (!isIn || drill.isOver || drill.isPastDeadline(mono)) return 0;
    const silentMs = mono - drill.aliveAtMono;
    if (drill.row.nodeId === this.#node.id) return silentMs < unwritableMs ? leaseMs : 0;
    return leaseMs - silentMs;
  }
}
