import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { type Place, placeKey } from '../fleet/place.ts';

/** Within this time after a start all instances that run have come back. */
const returnMs = 30_000;
/** Who gave a sign of life so shortly before the start still runs, as far as anybody knows. */
const seenMs = 60_000;

/**
 * Instances that were there before this server started and have not come back yet. They go on with their part of each
 * limit of the cluster, so whoever comes first must not be given all of it.
 */
@Injectable()
export class ReturningInstances implements OnModuleInit {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #before = new Map<string, number>();
  #startedAtMs = 0;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Before this node takes those of a node that was killed for gone. */
  async onModuleInit(): Promise<void> {
    const { read } = this.#database;
    const rows: (Place & { count: number | string })[] = await read.query(
      placed(
        read,
        'SELECT environment, app, count(*) AS count FROM instance WHERE online = ? OR last_seen_at > ? GROUP BY environment, app',
      ),
      [this.#database.dialect === 'postgres' ? true : 1, this.#clock.now() - seenMs],
    );
    for (const row of rows) this.#before.set(placeKey(row), Number(row.count));
    this.#startedAtMs = this.#clock.monotonic();
  }

  /** How many are still missing, where so many are connected, on whichever node. */
  missing(place: Place, connected: number): number {
    if (this.#clock.monotonic() - this.#startedAtMs > returnMs) return 0;
    return Math.max(0, (this.#before.get(placeKey(place)) ?? 0) - connected);
  }
}
