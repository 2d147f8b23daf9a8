import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Instance } from '@sluice/protocol';
import { MoreThan, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Connection } from './connection.ts';
import { InstanceEntity } from './fleet.entities.ts';
import { Fleet } from './fleet.ts';
import { NodeLease } from './node-lease.ts';
import type { Place } from './place.ts';
import type { Target, View } from './target.ts';
import { Targets } from './targets.ts';

/** Instances that were not seen for a day are no longer listed. */
const listedMs = 24 * 3600_000;

/** What is known of one instance, wherever it is connected. */
export interface KnownInstance extends InstanceEntity {
  /** Its connection, when it is connected here. */
  readonly connection?: Connection;
}

/** Numbers of an app's instances. */
export interface InstanceCounts {
  online: number;
  offline: number;
  differing: number;
}

/** Instances as people look at them: this node's from memory, the others' from their rows. */
@Injectable()
export class InstancesRead {
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #node: NodeLease;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#fleet = fleet;
    this.#targets = targets;
    this.#node = node;
    this.#clock = clock;
  }

  /** Everybody of an app who is online or was seen in the last day, by id. */
  async of(place: Place): Promise<KnownInstance[]> {
    const rows = await this.#database.read.findBy(InstanceEntity, {
      ...place,
      lastSeenAt: MoreThan(this.#clock.now() - listedMs),
    });
    const known = new Map<string, KnownInstance>(rows.map((row) => [row.instanceId, this.#offlineHere(row)]));
    for (const connection of this.#fleet.of(place)) known.set(connection.instanceId, this.known(connection));
    return [...known.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }

  async find(place: Place, instanceId: string): Promise<KnownInstance | undefined> {
    const connection = this.#fleet.find(place, instanceId);
    if (connection) return this.known(connection);
    const row = await this.#database.read.findOneBy(InstanceEntity, { ...place, instanceId });
    return row ? this.#offlineHere(row) : undefined;
  }

  /** The other nodes that instances of an app are connected to. */
  async otherNodes(place: Place): Promise<string[]> {
    if ((await this.#node.countAlive()) === 1) return [];
    const rows = await this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .select('DISTINCT i.nodeId', 'id')
      .where({ ...place, online: true, nodeId: Not(this.#node.id) })
      .getRawMany<{ id: string }>();
    return rows.map((row) => row.id);
  }

  /** Rejects with `not_found`. */
  async require(place: Place, instanceId: string): Promise<KnownInstance> {
    const known = await this.find(place, instanceId);
    if (!known) throw new SluiceError('not_found', { what: { en: 'instance', zh: '实例' } });
    return known;
  }

  /** What an instance said last of its labels; none when nobody knows it. */
  async labelsOf(place: Place, instanceId: string): Promise<Readonly<Record<string, string>>> {
    const connection = this.#fleet.find(place, instanceId);
    if (connection) return connection.labels;
    // While the database is away an instance is served what is for everybody, rather than nothing.
    const row = await this.#database.read
      .findOneBy(InstanceEntity, { ...place, instanceId })
      .catch(() => null);
    return row?.labels ?? {};
  }

  /** A connection of this node in the shape of a row. */
  known(connection: Connection): KnownInstance {
    return {
      ...connection.place,
      instanceId: connection.instanceId,
      bootId: connection.bootId,
      nodeId: this.#node.id,
      online: true,
      conflict: connection.conflict,
      labels: { ...connection.labels },
      sdk: connection.sdk,
      remoteAddress: connection.remoteAddress,
      ready: connection.ready,
      cache: connection.cache,
      revision: connection.revision,
      rootDigest: connection.rootDigest,
      holds: Object.fromEntries(connection.holds),
      startedAt: connection.startedAt,
      lastSeenAt: connection.lastSeenAt,
      connection,
    };
  }

  /** How the instances of an app do, at a glance. */
  async counts(place: Place): Promise<InstanceCounts> {
    const counts = { online: 0, offline: 0, differing: 0 };
    const [instances, target] = [await this.of(place), await this.#targets.get(place)];
    for (const instance of instances) {
      if (!instance.online) counts.offline++;
      else {
        counts.online++;
        if (instance.rootDigest !== viewOf(instance, target).rootDigest) counts.differing++;
      }
    }
    return counts;
  }

  target(place: Place): Promise<Target> {
    return this.#targets.get(place);
  }

  /** A row of this node without a connection is one that just left. */
  #offlineHere(row: InstanceEntity): KnownInstance {
    return row.online && row.nodeId === this.#node.id ? { ...row, online: false, nodeId: null } : row;
  }
}

/** What an instance must hold, wherever it is connected. */
export const viewOf = (known: KnownInstance, target: Target): View =>
  target.viewFor(known.connection ?? known);

export function instanceOf(known: KnownInstance, target: Target | undefined): Instance {
  return {
    instanceId: known.instanceId,
    app: known.app,
    environment: known.environment,
    online: known.online,
    labels: known.labels,
    sdk: known.sdk,
    inSync: target !== undefined && known.rootDigest === viewOf(known, target).rootDigest,
    conflict: known.conflict,
    cache: known.cache,
    revision: known.revision,
    startedAt: new Date(known.startedAt).toISOString(),
    lastSeenAt: new Date(known.lastSeenAt).toISOString(),
  };
}
