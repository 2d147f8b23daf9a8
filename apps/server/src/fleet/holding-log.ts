import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from './connection.ts';
import { Fleet } from './fleet.ts';
import type { HoldingLogEntity } from './holding-log.entity.ts';
import { HoldingLogStore } from './holding-log.store.ts';
import { placeKey } from './place.ts';
import { Targets } from './targets.ts';

const flushMs = 1000;
/** While the database is away, older rows than these are given up. */
const maxWaiting = 50_000;

/** By namespace what is held, since when and by which push. */
type Held = ReadonlyMap<string, HeldOnce>;
interface HeldOnce {
  readonly digest: string | null;
  readonly at: number;
  readonly pushId: string | null;
}

/** Writes down from when on each instance held what, in batches, at most once a second. */
@Injectable()
export class HoldingLog implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: HoldingLogStore;
  readonly #targets: Targets;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** What is written of a connection, or waits to be. */
  readonly #logged = new WeakMap<Connection, Held>();
  /** Connections that nothing is known of yet, and what each has held since it came. */
  readonly #fresh = new Map<Connection, Held[]>();
  #waiting: HoldingLogEntity[] = [];
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
    this.#timer = setInterval(() => void this.flush(), flushMs);
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
    const before = this.#logged.get(connection);
    if (before && isSame(before, connection)) return;
    const now = this.#heldBy(connection);
    if (before) {
      this.#note(connection, before, now);
      this.#logged.set(connection, now);
    } else {
      const since = this.#fresh.get(connection) ?? [];
      this.#fresh.set(connection, since);
      since.push(now);
    }
  }

  #heldBy(connection: Connection): Held {
    const view = this.#targets.peek(connection.place)?.viewFor(connection);
    return new Map(
      [...connection.holds].map(([name, { digest, at }]) => {
        const wanted = view?.namespaces.get(name);
        return [name, { digest, at, pushId: wanted?.digest === digest ? (wanted.pushId ?? null) : null }];
      }),
    );
  }

  #note({ place, instanceId }: Connection, before: Held, held: Held): void {
    for (const [namespace, { digest, at, pushId }] of held)
      if (before.get(namespace)?.digest !== digest)
        this.#waiting.push({ ...place, instanceId, namespace, digest, since: at, pushId });
    for (const [namespace, { digest }] of before)
      if (digest !== null && !held.has(namespace))
        this.#waiting.push({
          ...place,
          instanceId,
          namespace,
          digest: null,
          since: this.#clock.now(),
          pushId: null,
        });
    if (this.#waiting.length > maxWaiting) this.#waiting = this.#waiting.slice(-maxWaiting);
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
          let before: Held = newest.get(connection.instanceId) ?? new Map();
          for (const held of this.#fresh.get(connection)!) {
            this.#note(connection, before, held);
            before = held;
          }
          this.#fresh.delete(connection);
          this.#logged.set(connection, before);
        }
      }
      if (this.#waiting.length === 0) return;
      const rows = this.#waiting;
      this.#waiting = [];
      await this.#store.write(unique(rows)).catch((error: unknown) => {
        this.#waiting = [...rows, ...this.#waiting].slice(-maxWaiting);
        throw error;
      });
    } catch (error) {
      this.#logger.warn(
        { err: error },
        'what instances held could not be written; it is kept in memory and written later',
      );
    }
  }
}

function isSame(before: Held, { holds }: Connection): boolean {
  if (before.size !== holds.size) return false;
  for (const [name, { digest }] of holds) if (before.get(name)?.digest !== digest) return false;
  return true;
}

/** One row for a key: of two in one millisecond the later counts. */
function unique(rows: readonly HoldingLogEntity[]): HoldingLogEntity[] {
  const byKey = new Map(
    rows.map((r) => [JSON.stringify([r.environment, r.app, r.instanceId, r.namespace, r.since]), r]),
  );
  return [...byKey.values()];
}
