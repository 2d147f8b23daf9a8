import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Targets } from '../fleet/targets.ts';
import { PushEntity } from '../releases/push.entity.ts';

/** A clock that is only slowed down goes back by less. */
const noticedMs = 1000;

/**
 * Layers with a time end at a time of day here, and by what has passed in the instances. When the clock of this machine
 * is set back they would stand here for as much longer, and whoever has ended them would count as drifted; so their
 * ends move along, and so does the time since which a step of a gray bakes. Nodes on PostgreSQL go by its clock, and
 * do not move what they share.
 */
@Injectable()
export class LayerEnds {
  readonly #database: Database;
  readonly #targets: Targets;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #offsetMs: number;
  /** The ends in memory are those of before. */
  #isToRead = false;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Targets) targets: Targets,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#targets = targets;
    this.#clock = clock;
    this.#logger = logger;
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  /** To be called often: a clock that is set back by less at a time is not noticed. */
  async look(): Promise<void> {
    const offsetMs = this.#clock.now() - this.#clock.monotonic();
    const setBackMs = Math.round(this.#offsetMs - offsetMs);
    if (setBackMs >= noticedMs && this.#database.dialect === 'sqlite') {
      await this.#move(setBackMs);
      this.#isToRead = true;
    }
    this.#offsetMs = offsetMs;
    if (!this.#isToRead) return;
    await this.#targets.readAnew();
    this.#isToRead = false;
  }

  async #move(byMs: number): Promise<void> {
    await this.#database.write(async (tx) => {
      const ends = 'SET expires_at = expires_at - ? WHERE expires_at IS NOT NULL';
      await tx.query(`UPDATE layer ${ends} AND ended_revision IS NULL`, [byMs]);
      await tx.query(`UPDATE push ${ends} AND ended IS NULL`, [byMs]);
      for (const { id, stateData } of await tx.findBy(PushEntity, { mode: 'gray', state: 'running' }))
        if (stateData.state === 'running')
          await tx.update(PushEntity, { id }, { stateData: { ...stateData, since: stateData.since - byMs } });
    });
    this.#logger.warn(
      { setBackMs: byMs },
      'the clock of this machine was set back; ends of layers and the bake time of grays were moved along',
    );
  }
}
