import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Kill } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { In } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { LinkFrames } from '../delivery/link-frames.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from '../fleet/connection.ts';
import { InstanceEntity } from '../fleet/fleet.entities.ts';
import { Fleet } from '../fleet/fleet.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import { PublishFreeze } from '../releases/publish-freeze.ts';
import { KillAckEntity, KillSwitchEntity } from './kill-switch.entity.ts';

/** So often a turn on another node is looked for. */
const pollMs = 500;
const ackEveryMs = 1000;
/** What a node said longer ago counts no more. */
const ackKeptMs = 15_000;

const ackTable = {
  table: 'kill_ack',
  key: ['environment', 'app', 'node_id'],
  columns: ['environment', 'app', 'node_id', 'version', 'instances', 'acked', 'silent', 'at'],
  onConflict: 'replace',
} as const;

const neverTurned: Kill = { version: 0, monitorOnly: false, noFaults: false };

/** Of so many silent instances the names are told. */
const mostSilent = 20;

/** How many instances there are, how many of them obey, and who of the others may be named. */
export interface Obedience {
  readonly instances: number;
  readonly acked: number;
  /** By app and id, at most 20. */
  readonly silent: readonly SilentInstance[];
}

export interface SilentInstance {
  readonly app: string;
  readonly instanceId: string;
}

/**
 * The kill switches in memory: what holds for each app, sent to its instances with every turn and when they come, and
 * who of them has said that he obeys. A turn on another node is noticed within half a second.
 */
@Injectable()
export class KillSwitches implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #fleet: Fleet;
  readonly #node: NodeLease;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #rows = new Map<string, KillSwitchEntity>();
  readonly #acked = new WeakMap<Connection, number>();
  readonly #events = new EventEmitter();
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #acksAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Fleet) fleet: Fleet,
    @Inject(NodeLease) node: NodeLease,
    @Inject(LinkFrames) frames: LinkFrames,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#fleet = fleet;
    this.#node = node;
    this.#clock = clock;
    this.#logger = logger;
    freeze.decideBy((environment, app) => this.#frozenBy({ environment, app }));
    frames.on('joined', (connection) => this.#tell(connection));
    frames.on('killed', (connection, { version }) => {
      this.#acked.set(connection, Math.max(version, this.#acked.get(connection) ?? 0));
      // Of a switch that nobody has turned nobody wants to know who obeys it.
      if (this.#rowsFor(connection.place).length > 0) this.#events.emit('moved', connection.place);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#polling ??= this.#poll()
        .catch((error: unknown) =>
          this.#logger.debug({ err: error }, 'kill switches could not be read; it is tried again'),
        )
        .finally(() => {
          this.#polling = undefined;
        });
    }, pollMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#polling;
  }

  /** A switch as it was turned; known at once on this node, and told to everybody it is for. */
  turned(row: KillSwitchEntity): void {
    const key = keyOf(row.environment, row.app);
    const before = this.#rows.get(key);
    if (before && before.version >= row.version) return;
    this.#rows.set(key, row);
    for (const connection of this.#fleet.all()) if (isFor(row, connection.place)) this.#tell(connection);
    this.#events.emit('moved', { environment: row.environment, app: row.app });
  }

  /** Switches of an environment that were ever turned, its own first. */
  of(environment: string): KillSwitchEntity[] {
    return [...this.#rows.values()]
      .filter((row) => row.environment === environment)
      .sort((a, b) => (a.app < b.app ? -1 : 1));
  }

  /** Calls back when a switch was turned or somebody has said that he obeys; the app is '' for the environment's. */
  onMoved(listener: (place: Place) => void): void {
    this.#events.on('moved', listener);
  }

  /** Who obeys a switch, on every node; only those of apps that `sees` answers yes for are named. */
  async obedience(row: KillSwitchEntity, sees: (app: string) => boolean): Promise<Obedience> {
    let [instances, acked] = [0, 0];
    const silent: SilentInstance[] = [];
    for (const connection of this.#fleet.all()) {
      if (!isFor(row, connection.place)) continue;
      instances += 1;
      if (this.#obeys(connection, row.version)) acked += 1;
      else if (sees(connection.place.app))
        silent.push({ app: connection.place.app, instanceId: connection.instanceId });
    }
    if (this.#node.aliveNodes > 1)
      for (const other of await this.#othersOf(row)) {
        instances += other.instances;
        // Whoever doesn't know of the turn yet can't say who obeys it.
        if (other.version < row.version) continue;
        acked += other.acked;
        if (sees(other.app))
          silent.push(...other.silent.map((instanceId) => ({ app: other.app, instanceId })));
      }
    silent.sort((a, b) => (a.app === b.app ? order(a.instanceId, b.instanceId) : order(a.app, b.app)));
    return { instances, acked, silent: silent.slice(0, mostSilent) };
  }

  /** What other nodes say of their instances. Of those of whom nothing was said yet nobody is known to obey. */
  async #othersOf(row: KillSwitchEntity): Promise<Omit<KillAckEntity, 'at'>[]> {
    const { environment } = row;
    const said = (await this.#database.read.findBy(KillAckEntity, { environment })).filter(
      ({ nodeId, at }) => nodeId !== this.#node.id && at >= this.#clock.now() - ackKeptMs,
    );
    const connected = await this.#database.read
      .createQueryBuilder(InstanceEntity, 'i')
      .select('i.app', 'app')
      .addSelect('i.nodeId', 'nodeId')
      .addSelect('COUNT(*)', 'count')
      .where({ environment, online: true, nodeId: In([...this.#node.others]) })
      .groupBy('i.app')
      .addGroupBy('i.nodeId')
      .getRawMany<{ app: string; nodeId: string; count: number | string }>();
    const unsaid = connected
      .filter(({ app, nodeId }) => !said.some((other) => other.app === app && other.nodeId === nodeId))
      .map(({ count, ...where }) => ({ ...where, instances: Number(count) }))
      .map((each) => ({ environment, ...each, version: neverTurned.version, acked: 0, silent: [] }));
    return [...said, ...unsaid].filter((other) => isFor(row, other));
  }

  #obeys(connection: Connection, version: number): boolean {
    return (this.#acked.get(connection) ?? 0) >= version;
  }

  /** Also when nothing was ever turned: what an instance kept on its disk may come from before a backup was restored. */
  #tell(connection: Connection): void {
    connection.wire.send('kill', this.#frameFor(connection.place) ?? neverTurned);
  }

  /** What holds for an app; undefined when nothing was ever turned. */
  #frameFor(place: Place): Kill | undefined {
    const rows = this.#rowsFor(place);
    if (rows.length === 0) return undefined;
    return {
      version: Math.max(...rows.map(({ version }) => version)),
      monitorOnly: rows.some(({ monitorOnly }) => monitorOnly),
      noFaults: rows.some(({ endFaults }) => endFaults),
    };
  }

  #rowsFor({ environment, app }: Place): KillSwitchEntity[] {
    return ['', app].flatMap((each) => this.#rows.get(keyOf(environment, each)) ?? []);
  }

  #frozenBy(place: Place): { en: string; zh: string } | undefined {
    const row = this.#rowsFor(place).find(({ freezePublishes }) => freezePublishes);
    return row && { en: `${row.reason} (${row.turnedBy})`, zh: `${row.reason}（${row.turnedBy}）` };
  }

  async #look(): Promise<void> {
    for (const row of await this.#database.read.find(KillSwitchEntity)) this.turned(row);
  }

  async #poll(): Promise<void> {
    await this.#look();
    const nowMs = this.#clock.monotonic();
    if (this.#node.aliveNodes === 1 || nowMs - this.#acksAt < ackEveryMs) return;
    this.#acksAt = nowMs;
    await this.#writeAcks();
  }

  /** Tells other nodes of the instances of this one, of apps that some switch is for. */
  async #writeAcks(): Promise<void> {
    const at = this.#clock.now();
    const own = new Map<string, KillAckEntity>();
    for (const connection of this.#fleet.all()) {
      const frame = this.#frameFor(connection.place);
      if (!frame) continue;
      const { environment, app } = connection.place;
      const ack = own.get(keyOf(environment, app)) ?? {
        environment,
        app,
        nodeId: this.#node.id,
        version: frame.version,
        instances: 0,
        acked: 0,
        silent: [],
        at,
      };
      own.set(keyOf(environment, app), ack);
      ack.instances += 1;
      if (this.#obeys(connection, frame.version)) ack.acked += 1;
      else ack.silent = [...ack.silent, connection.instanceId].sort(order).slice(0, mostSilent);
    }
    if (own.size === 0) return;
    const rows = [...own.values()].map((ack) => [
      ack.environment,
      ack.app,
      ack.nodeId,
      ack.version,
      ack.instances,
      ack.acked,
      JSON.stringify(ack.silent),
      ack.at,
    ]);
    await this.#database.write((tx) => bulkUpsert(tx, this.#database.dialect, { ...ackTable, rows }));
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const keyOf = (environment: string, app: string): string => `${environment} ${app}`;

const isFor = (row: { environment: string; app: string }, place: Place): boolean =>
  row.environment === place.environment && (row.app === '' || row.app === place.app);
