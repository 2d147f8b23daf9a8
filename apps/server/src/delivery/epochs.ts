import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import type { Connection } from '../fleet/connection.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { theServer } from '../http/caller.ts';
import { linksStore } from '../releases/links.store.ts';

/** So often at most, whatever processes claim: each time all of them take their state anew. */
const atMostEveryMs = 10 * 60_000;

/**
 * Notices that the database was set back: an instance holds a revision that was never taken by its word. A client never
 * goes back to a lower revision within one epoch, so the environment begins a new one, and everybody takes what is there.
 */
@Injectable()
export class Epochs {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #feed: Feed;
  readonly #targets: Targets;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** By environment: those who come ahead at once are looked at once. */
  readonly #looking = new Map<string, Promise<void>>();
  readonly #begunAt = new Map<string, number>();

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Feed) feed: Feed,
    @Inject(Targets) targets: Targets,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#feed = feed;
    this.#targets = targets;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What an instance that has just come must hold: in a new epoch, where it is ahead of the database itself. */
  async targetFor(connection: Connection): Promise<Target> {
    const target = await this.#targets.get(connection.place);
    const { epoch, revision } = connection;
    if (epoch !== target.epoch || revision <= target.revision) return target;
    // This node may only be behind another one.
    const { environment } = connection.place;
    const looking = this.#looking.get(environment) ?? this.#look(connection);
    this.#looking.set(environment, looking);
    await looking.finally(() => this.#looking.delete(environment));
    return this.#targets.anew(connection.place);
  }

  async #look({ place, epoch, revision, instanceId }: Connection): Promise<void> {
    const { environment } = place;
    const row = await this.#database.read.findOneBy(EnvironmentEntity, { name: environment });
    if (!row || row.epoch !== epoch || row.revision >= revision) return;
    const now = this.#clock.now();
    if (now - (this.#begunAt.get(environment) ?? Number.NEGATIVE_INFINITY) < atMostEveryMs) return;
    this.#begunAt.set(environment, now);
    const begun = await this.#database.write(async (tx) => {
      await linksStore.holdEnvironment(tx, environment);
      const locked = await tx.findOneByOrFail(EnvironmentEntity, { name: environment });
      if (locked.epoch !== epoch || locked.revision >= revision) return undefined;
      const next = Math.max(now, epoch + 1);
      await tx.update(EnvironmentEntity, { name: environment }, { epoch: next });
      await this.#audit.append(tx, theServer, {
        action: 'environment.epoch',
        environment,
        app: place.app,
        target: environment,
        revision: locked.revision,
        detail: { instance: instanceId, held: revision, epoch: { before: epoch, after: next } },
      });
      return { revision: locked.revision, next };
    });
    if (!begun) return;
    this.#logger.warn(
      { ...place, instanceId, held: revision, revision: begun.revision, epoch: begun.next },
      'an instance holds a revision that the database does not have, so the database was set back; a new epoch begins, and all instances take what is there',
    );
    await this.#feed.look();
  }
}
