import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from './connection.ts';
import { Fleet } from './fleet.ts';
import type { HoldingLogEntity } from './holding-log.entity.ts';
import { HoldingLogStore } from './holding-log.store.ts';
import { Lull } from './lull.ts';
import { placeKey } from './place.ts';
import { Targets } from './targets.ts';

const lookMs = 250;
/** While the database is away, older rows than these are given up. */
const maxWaiting = 50_000;

/** Writes down from when on each instance held what, in batches, as bursts allow. */
@Injectable()
export class HoldingLog implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: HoldingLogStore;
  readonly #targets: Targets;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** By namespace the digest that is written of a connection, or waits to be. */
  readonly #logged = new WeakMap<Connection, Map<string, string>>();
  /** Connections that the log knows nothing of yet, and what each has held since it came. */
  readonly #fresh = new Map<Connection, HoldingLogEntity[]>();
  #waiting: HoldingLogEntity[] = [];
  readonly #lull = new Lull();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(
    @Inject(HoldingLogStore) store: HoldingLogStore,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#targets = targets;
    this.#clock = clock;
    this.#logger = logger;
    fleet.onChanged((connection) => this.#heard(connection));
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

  /** Writes what is new. What can't be written is kept and tried again. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Several changes within a second each have their row: who held a bad value for a moment is to be found. */
  #heard(connection: Connection): void {
    let logged = this.#logged.get(connection);
    if (!logged) {
      logged = new Map();
      this.#logged.set(connection, logged);
      this.#fresh.set(connection, []);
    }
    const rows = this.#fresh.get(connection) ?? this.#waiting;
    this.#lull.came(this.#clock.monotonic());
    // Thousands of instances report in a row, most of them of one namespace.
    for (const [namespace, { digest, at }] of connection.holds) {
      if (logged.get(namespace) === digest) continue;
      logged.set(namespace, digest);
      rows.push(this.#row(connection, namespace, digest, at));
    }
    if (logged.size === connection.holds.size) return;
    for (const namespace of logged.keys()) {
      if (connection.holds.has(namespace)) continue;
      logged.delete(namespace);
      rows.push(this.#row(connection, namespace, null, this.#clock.now()));
    }
  }

  #row(connection: Connection, namespace: string, digest: string | null, since: number): HoldingLogEntity {
    const { place, instanceId } = connection;
    const { environment, app } = place;
    const wanted = this.#targets.peek(place)?.viewFor(connection).namespaces.get(namespace);
    const pushId = wanted !== undefined && wanted.digest === digest ? (wanted.pushId ?? null) : null;
    return { environment, app, instanceId, namespace, digest, since, pushId };
  }

  /** What it holds since it came, without what it held before it came. */
  #news(connection: Connection, newest: ReadonlyMap<string, string | null>): HoldingLogEntity[] {
    const rows = this.#fresh.get(connection)!;
    const seen = new Set<string>();
    const news = rows.filter(({ namespace, digest }) => {
      const isFirst = !seen.has(namespace);
      seen.add(namespace);
      return !(isFirst && newest.get(namespace) === digest);
    });
    for (const [namespace, digest] of newest)
      if (digest !== null && !seen.has(namespace))
        news.push(this.#row(connection, namespace, null, connection.lastSeenAt));
    return news;
  }

  async #write(): Promise<void> {
    const fresh = [...this.#fresh.keys()];
    try {
      // What one held before it connected here is in the log, and is no news when it is the same.
      for (const alike of Map.groupBy(fresh, ({ place }) => placeKey(place)).values()) {
        const newest = await this.#store.newest(
          alike[0]!.place,
          alike.map((connection) => connection.instanceId),
        );
        for (const connection of alike) {
          this.#waiting.push(...this.#news(connection, newest.get(connection.instanceId) ?? new Map()));
          this.#fresh.delete(connection);
        }
      }
      if (this.#waiting.length > maxWaiting) this.#waiting = this.#waiting.slice(-maxWaiting);
      if (this.#waiting.length === 0) return;
      const rows = this.#waiting;
      this.#waiting = [];
      await this.#store.write(unique(rows)).catch((error: unknown) => {
        this.#waiting = [...rows, ...this.#waiting].slice(-maxWaiting);
        throw error;
      });
    } catch (error) {
      this.#lull.came(this.#clock.monotonic());
      this.#logger.warn(
        { err: error },
        'what instances held could not be written; it is kept in memory and written later',
      );
    }
  }
}

/** One row for a key: of two in one millisecond the later counts. */
function unique(rows: readonly HoldingLogEntity[]): HoldingLogEntity[] {
  const byKey = new Map(
    rows.map((r) => [JSON.stringify([r.environment, r.app, r.instanceId, r.namespace, r.since]), r]),
  );
  return [...byKey.values()];
}
