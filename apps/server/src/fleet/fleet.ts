import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from './connection.ts';
import { type Place, placeKey } from './place.ts';

interface PlaceOfFleet {
  readonly connections: Set<Connection>;
  /** The connection that stands for an id. */
  readonly byId: Map<string, Connection>;
}

/** Instances that are connected to this node, by place and id. In memory only; `InstanceStore` writes what others need. */
@Injectable()
export class Fleet {
  readonly #places = new Map<string, PlaceOfFleet>();
  readonly #events = new EventEmitter();
  readonly #metrics: Metrics;
  #count = 0;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.#metrics = metrics;
    this.#events.setMaxListeners(50);
  }

  get size(): number {
    return this.#count;
  }

  /**
   * Adds a connection. The same process connecting again replaces its old connection. Another process with the same
   * id is a conflict: both are served and both say so; the newer one stands for the id.
   */
  add(connection: Connection): void {
    const key = placeKey(connection.place);
    const place = this.#places.get(key) ?? { connections: new Set(), byId: new Map() };
    this.#places.set(key, place);
    const namesakes = place.byId.has(connection.instanceId) ? namesakesOf(connection, place) : [];
    for (const other of namesakes) {
      if (other.bootId === connection.bootId) this.#drop(place, other);
      else this.#setConflict(other, true);
    }
    connection.conflict = namesakes.some((other) => other.bootId !== connection.bootId);
    place.connections.add(connection);
    place.byId.set(connection.instanceId, connection);
    this.#count++;
    this.#metrics.instancesOnline.set(connection.place, place.byId.size);
    this.changed(connection);
  }

  /** Takes a connection away; does nothing when it was replaced before. */
  remove(connection: Connection): void {
    const place = this.#places.get(placeKey(connection.place));
    if (!place?.connections.delete(connection)) return;
    this.#left(connection);
    const namesakes =
      connection.conflict || place.byId.get(connection.instanceId) !== connection
        ? namesakesOf(connection, place)
        : [];
    const heir = namesakes.at(-1);
    if (heir) {
      place.byId.set(heir.instanceId, heir);
      if (namesakes.length === 1) this.#setConflict(heir, false);
      return;
    }
    place.byId.delete(connection.instanceId);
    this.#metrics.instancesOnline.set(connection.place, place.byId.size);
    this.#events.emit('gone', connection);
  }

  #drop(place: PlaceOfFleet, old: Connection): void {
    place.connections.delete(old);
    this.#left(old);
    old.wire.close();
  }

  #left(connection: Connection): void {
    this.#count--;
    this.#events.emit('left', connection);
  }

  #setConflict(connection: Connection, conflict: boolean): void {
    if (connection.conflict === conflict) return;
    connection.conflict = conflict;
    this.changed(connection);
  }

  /** Every connection of a place; two of them in a conflict. */
  of(place: Place): Iterable<Connection> {
    return this.#places.get(placeKey(place))?.connections ?? [];
  }

  /** Whether anybody of a place is connected. */
  has(place: Place): boolean {
    return (this.#places.get(placeKey(place))?.connections.size ?? 0) > 0;
  }

  find(place: Place, instanceId: string): Connection | undefined {
    return this.#places.get(placeKey(place))?.byId.get(instanceId);
  }

  *all(): Iterable<Connection> {
    for (const place of this.#places.values()) yield* place.connections;
  }

  /** Says that something about a connection is new. */
  changed(connection: Connection): void {
    this.#events.emit('changed', connection);
  }

  onChanged(listener: (connection: Connection) => void): void {
    this.#events.on('changed', listener);
  }

  /** Calls back when nobody stands for an id any more. */
  onGone(listener: (connection: Connection) => void): void {
    this.#events.on('gone', listener);
  }

  /** Calls back with every connection that is over, also where another one of its id goes on. */
  onLeft(listener: (connection: Connection) => void): void {
    this.#events.on('left', listener);
  }
}

const namesakesOf = (connection: Connection, place: PlaceOfFleet): Connection[] =>
  [...place.connections].filter((other) => other.instanceId === connection.instanceId);
