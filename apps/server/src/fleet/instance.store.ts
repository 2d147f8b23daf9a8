import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from './connection.ts';
import { InstanceEntity } from './fleet.entities.ts';
import { Fleet } from './fleet.ts';
import { Lull } from './lull.ts';
import { NodeLease } from './node-lease.ts';
import { placeKey } from './place.ts';

const lookMs = 250;

const table = {
  table: 'instance',
  key: ['environment', 'app', 'instance_id'],
  columns: [
    'environment',
    'app',
    'instance_id',
    'boot_id',
    'node_id',
    'online',
    'conflict',
    'labels',
    'sdk',
    'remote_address',
    'ready',
    'cache',
    'revision',
    'root_digest',
    'holds',
    'started_at',
    'last_seen_at',
  ],
} as const;

/** In the order of the columns above. */
const valuesOf = (row: InstanceEntity): (string | number | boolean | null)[] => [
  row.environment,
  row.app,
  row.instanceId,
  row.bootId,
  row.nodeId,
  row.online,
  row.conflict,
  JSON.stringify(row.labels),
  row.sdk,
  row.remoteAddress,
  row.ready,
  row.cache,
  row.revision,
  row.rootDigest,
  JSON.stringify(row.holds),
  row.startedAt,
  row.lastSeenAt,
];

/** One row an instance: of two connections of one id, the one that changed last. */
function newestById(connections: readonly Connection[]): Map<string, Connection> {
  return new Map(connections.map((c) => [`${placeKey(c.place)} ${c.instanceId}`, c]));
}

/** Writes what is known of instances to the database, in batches, as bursts allow: for other nodes and for later. */
@Injectable()
export class InstanceStore implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #changed: Connection[] = [];
  readonly #lull = new Lull();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Fleet) fleet: Fleet,
    @Inject(NodeLease) node: NodeLease,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#fleet = fleet;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
    fleet.onChanged((connection) => this.#mark(connection));
    fleet.onGone((connection) => this.#mark(connection));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      if (!this.#flushing && this.#lull.isTime(this.#clock.monotonic())) void this.flush();
    }, lookMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Writes what changed since the last time. When the database is away it is kept and tried again. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  #mark(connection: Connection): void {
    // Thousands answer a push in a row: a mark is several times as fast as a set of them.
    if (!connection.isToBeWritten) this.#changed.push(connection);
    connection.isToBeWritten = true;
    this.#lull.came(this.#clock.monotonic());
  }

  async #write(): Promise<void> {
    if (this.#changed.length === 0) return;
    const batch = this.#changed;
    this.#changed = [];
    for (const connection of batch) connection.isToBeWritten = false;
    const rows = [...newestById(batch).values()].map((connection) => this.#row(connection));
    const [online, gone] = [rows.filter((row) => row.online), rows.filter((row) => !row.online)];
    try {
      await this.#database.write(async (tx) => {
        await bulkUpsert(tx, this.#database.dialect, {
          ...table,
          rows: online.map(valuesOf),
          onConflict: 'replace',
        });
        // An instance that has moved to another node meanwhile is that node's to write.
        await bulkUpsert(tx, this.#database.dialect, {
          ...table,
          rows: gone.map(valuesOf),
          onConflict: 'keep',
        });
        for (const { environment, app, instanceId, lastSeenAt, holds, rootDigest } of gone) {
          const where = { environment, app, instanceId, nodeId: this.#node.id };
          await tx.update(InstanceEntity, where, {
            online: false,
            nodeId: null,
            holds,
            rootDigest,
            lastSeenAt,
          });
        }
      });
    } catch (error) {
      for (const connection of batch) this.#mark(connection);
      this.#logger.warn(
        { err: error },
        'the state of instances could not be written; it is kept in memory and written later',
      );
    }
  }

  #row(connection: Connection): InstanceEntity {
    const online = this.#fleet.find(connection.place, connection.instanceId) === connection;
    return {
      environment: connection.place.environment,
      app: connection.place.app,
      instanceId: connection.instanceId,
      bootId: connection.bootId,
      nodeId: online ? this.#node.id : null,
      online,
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
      lastSeenAt: online ? this.#clock.now() : connection.lastSeenAt,
    };
  }
}
