import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { type HeldContent, HeldContentRead } from './held-content.read.ts';
import type { HoldingLogEntity } from './holding-log.entity.ts';
import { HoldingLogStore } from './holding-log.store.ts';
import { HoldingLog } from './holding-log.ts';
import { InstancesRead } from './instances.read.ts';
import type { Place } from './place.ts';

type Timeline = ResponseOf<Contracts['instanceTimeline']>;

const mostRows = 5000;
/** Beyond so many, contents are told by their digest only. */
const mostContents = 50;

const iso = (at: number): string => new Date(at).toISOString();

/** What an instance held: at a moment, or all of it in the time before. */
@Injectable()
export class TimelineRead {
  readonly #log: HoldingLog;
  readonly #store: HoldingLogStore;
  readonly #instances: InstancesRead;
  readonly #contents: HeldContentRead;
  readonly #clock: Clock;

  constructor(
    @Inject(HoldingLog) log: HoldingLog,
    @Inject(HoldingLogStore) store: HoldingLogStore,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(HeldContentRead) contents: HeldContentRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#log = log;
    this.#store = store;
    this.#instances = instances;
    this.#contents = contents;
    this.#clock = clock;
  }

  /** `from` earlier than `at`: everything that was held in between; without it, what was held at `at`. */
  async timeline(
    place: Place,
    instanceId: string,
    asked: { at?: string | undefined; from?: string | undefined; namespace?: string | undefined },
  ): Promise<Timeline> {
    await this.#log.flush();
    const recordedSince = await this.#store.recordedSince(place, instanceId);
    if (recordedSince === undefined && !(await this.#instances.find(place, instanceId)))
      throw new SluiceError('not_found', { what: { en: 'instance', zh: '实例' } });
    const at = asked.at === undefined ? this.#clock.now() : Date.parse(asked.at);
    const from = asked.from === undefined ? at : Math.min(Date.parse(asked.from), at);
    const rows = await this.#store.of(
      place,
      instanceId,
      { until: this.#clock.now(), namespace: asked.namespace },
      mostRows,
    );
    const spans = [...Map.groupBy(rows, (row) => row.namespace).values()].flatMap(spansOf);
    const wanted = spans.filter(({ row, until }) => row.since <= at && (until === undefined || until > from));
    const contents = await this.#contentsOf(
      place,
      wanted.map(({ row }) => row),
    );
    return {
      at: iso(at),
      ...(recordedSince !== undefined && { recordedSince: iso(recordedSince) }),
      items: wanted
        .sort((a, b) => a.row.since - b.row.since || (a.row.namespace < b.row.namespace ? -1 : 1))
        .map(({ row, until }) => {
          const held = contents.get(keyOf(row));
          return {
            namespace: row.namespace,
            digest: row.digest,
            since: iso(row.since),
            ...(until !== undefined && { until: iso(until) }),
            ...(held?.release && { release: held.release.number }),
            ...(row.pushId !== null && { pushId: row.pushId }),
            ...(held && { content: held.content }),
          };
        }),
    };
  }

  async #contentsOf(
    place: Place,
    rows: readonly HoldingLogEntity[],
  ): Promise<ReadonlyMap<string, HeldContent>> {
    const found = new Map<string, HeldContent>();
    const byKey = new Map(rows.map((row) => [keyOf(row), row]));
    for (const [key, { namespace, digest }] of [...byKey].slice(-mostContents)) {
      const held = digest === null ? undefined : await this.#contents.find(place, namespace, digest);
      if (held) found.set(key, held);
    }
    return found;
  }
}

const keyOf = (row: HoldingLogEntity): string => `${row.namespace} ${row.digest ?? ''}`;

/** From when to when each content was held; rows newest first. The same content again goes on with the one before. */
function spansOf(newestFirst: readonly HoldingLogEntity[]): { row: HoldingLogEntity; until?: number }[] {
  const rows = newestFirst
    .toReversed()
    .filter((row, index, all) => index === 0 || all[index - 1]!.digest !== row.digest);
  return rows.map((row, index) => {
    const next = rows[index + 1];
    return { row, ...(next && { until: next.since }) };
  });
}
