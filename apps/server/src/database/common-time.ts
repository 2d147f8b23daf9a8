import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Database } from './database.ts';

const everyMs = 3000;
/** Clocks that are set by the network differ by less; a difference that small is nobody's harm. */
const toleratedMs = 1000;

/**
 * Nodes tell one time: what one writes (a lease, a demand, a sighting) others compare with their own clocks, and two
 * machines' clocks may differ by minutes. Where this machine's is clearly off that of PostgreSQL's, it is corrected by
 * the difference, and the log says so. Of a SQLite there is one node.
 */
@Injectable()
export class CommonTime implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    if (this.#database.dialect === 'postgres') this.#timer = setInterval(() => void this.look(), everyMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Compares once, now. Never rejects: while the database is away the clock goes on as it did. */
  async look(): Promise<void> {
    try {
      const askedMs = this.#clock.monotonic();
      const rows = await this.#database.read.query(
        'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now',
      );
      const tookMs = this.#clock.monotonic() - askedMs;
      this.#compare(Number(rows[0].now) + tookMs / 2 - this.#clock.machine(), tookMs);
    } catch (error) {
      this.#logger.debug({ err: error }, 'the clock could not be compared with that of the database');
    }
  }

  #compare(lacksMs: number, tookMs: number): void {
    const clock = this.#clock;
    // Somewhere in this time PostgreSQL looked at its clock.
    if (Math.abs(lacksMs - clock.correctionMs) <= toleratedMs + tookMs) return;
    clock.correctionMs = Math.abs(lacksMs) <= toleratedMs ? 0 : Math.round(lacksMs);
    const seconds = Math.abs(lacksMs / 1000).toFixed(1);
    if (clock.correctionMs === 0)
      this.#logger.warn("the clock of this machine is that of PostgreSQL's again");
    else
      this.#logger.warn(
        { correctionMs: clock.correctionMs },
        `the clock of this machine is ${seconds} s ${lacksMs < 0 ? 'ahead of' : 'behind'} that of PostgreSQL's; this node goes by the latter. Set both by NTP`,
      );
  }
}
