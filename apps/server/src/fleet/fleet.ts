import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from './connection.ts';
import { type Place, placeKey } from './place.ts';

/** Instances that are connected to this node, by place and id. In memory only; `InstanceStore` writes what others need. */
@Injectable()
export class Fleet {
  readonly #places = new Map<string, Map<string, Connection>>();
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
   * Adds a connection. The same process connecting again replaces its old connection; another process with the same
   * id is a conflict: both are told apart by boot id, both are served, the newer one stands for the id.
   */
  add(connection: Connection): void {
    const key = placeKey(connection.place);
    const place = this.#places.get(key) ?? new Map<string, Connection>();
    this.#places.set(key, place);
    const old = place.get(connection.instanceId);
    if (old && old.bootId !== connection.bootId) connection.conflict = true;
    if (old && old.bootId === connection.bootId) old.wire.close();
    if (!old) this.#count++;
    place.set(connection.instanceId, connection);
    this.#metrics.instancesOnline.set(connection.place, place.size);
    this.changed(connection);
  }

  /** Takes a connection away; does nothing when a newer one already stands for the id. */
  remove(connection: Connection): void {
    const place = this.#places.get(placeKey(connection.place));
    if (place?.get(connection.instanceId) !== connection) return;
    place.delete(connection.instanceId);
    this.#count--;
    this.#metrics.instancesOnline.set(connection.place, place.size);
    this.#events.emit('gone', connection);
  }

  of(place: Place): Iterable<Connection> {
    return this.#places.get(placeKey(place))?.values() ?? [];
  }

  find(place: Place, instanceId: string): Connection | undefined {
    return this.#places.get(placeKey(place))?.get(instanceId);
  }

  *all(): Iterable<Connection> {
    for (const place of this.#places.values()) yield* place.values();
  }

  /** Says that something about a connection is new. */
  changed(connection: Connection): void {
    this.#events.emit('changed', connection);
  }

  onChanged(listener: (connection: Connection) => void): void {
    this.#events.on('changed', listener);
  }

  onGone(listener: (connection: Connection) => void): void {
    this.#events.on('gone', listener);
  }
}
