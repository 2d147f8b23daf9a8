import { Inject, Injectable } from '@nestjs/common';
import { canonicalText } from '@sluice/core';
import type { DrillRecord } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Connection } from '../fleet/connection.ts';
import type { DrillTargetEntity } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';

/** Words that are remembered to be written, so that an instance which comes often is not asked about often. */
const maxKnown = 5000;

/**
 * What instances tell of drills that are over: those that were cut off while one ran say it when they are back, and the
 * report is the instances' own record to the last call.
 */
@Injectable()
export class LateRecords {
  readonly #store: DrillStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #known = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DrillStore) store: DrillStore,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  heard(connection: Connection, bootId: string, record: DrillRecord): void {
    const key = `${record.drillId} ${bootId}`;
    const word = wordOf(record);
    if (this.#known.get(key) === word) return;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(key, word);
    const heardAt = this.#clock.now();
    this.#writing = this.#writing
      // Thousands come at once; requests have their turn between two of them.
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => this.#write(connection, bootId, record, heardAt))
      .catch((error: unknown) => {
        this.#known.delete(key);
        this.#logger.debug({ err: error }, 'a late word about a drill could not be written');
      });
  }

  async #write(
    { place, instanceId }: Connection,
    bootId: string,
    record: DrillRecord,
    heardAt: number,
  ): Promise<void> {
    const drill = await this.#store.find(record.drillId);
    const isOver = drill !== null && drill.finishedAt !== null;
    if (!isOver || drill.environment !== place.environment || drill.app !== place.app) return;
    // After a restart of the server everybody says everything again, and each word that is written reads all targets.
    const known = await this.#store.target(drill.id, instanceId);
    if (!known || isWritten(known, bootId, record)) return;
    await this.#store.writeLate(drill.id, instanceId, (target) => {
      const records = { ...target.records, [bootId]: record };
      const isItsEnd = record.state === 'ended' && (target.cleanBy === 'silence' || target.cleanBy === null);
      const clean = isItsEnd
        ? { cleanBy: 'told' as const, cleanAt: Math.round(heardAt - (record.endedAgoMs ?? 0)) }
        : {};
      return { ...target, records, heardAt, ...clean };
    });
  }
}

/** What a record says, however long ago that was. */
function wordOf({ endedAgoMs: _, activeMs: __, ...said }: DrillRecord): string {
  return canonicalText(said);
}

const isWritten = ({ records, cleanBy }: DrillTargetEntity, bootId: string, record: DrillRecord): boolean =>
  Object.hasOwn(records, bootId) &&
  wordOf(records[bootId]!) === wordOf(record) &&
  (record.state !== 'ended' || cleanBy === 'told' || cleanBy === 'restarted');
