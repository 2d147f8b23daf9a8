import { Inject, Injectable } from '@nestjs/common';
import type { ResourceType } from '@sluice/core';
import { Between } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { deleteInBatches } from '../database/delete-in-batches.ts';
import { NodeLease } from '../fleet/node-lease.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import { type Heard, heardColumns } from './heard.ts';
import { ResourceSeenEntity, RollupEntity } from './rollup.entity.ts';
import { hourMs, minuteMs, type Series } from './series.ts';
import type { Sum } from './sum.ts';
import { fieldCount } from './tally-fields.ts';

const rollupTable = {
  table: 'traffic_rollup',
  key: ['environment', 'app', 'resource', 'type', 'step_ms', 'at', 'node_id'],
  columns: ['environment', 'app', 'resource', 'type', 'step_ms', 'at', 'node_id', 'counts', 'latency'],
  onConflict: 'replace',
} as const;
const seenTable = {
  table: 'resource_seen',
  key: ['environment', 'app', 'resource', 'type'],
  columns: ['environment', 'app', 'resource', 'type', 'first_seen_at', 'last_seen_at'],
  onConflict: 'replace',
} as const;

/** Late reports are waited for so long before a minute is written. */
const graceMs = 12_000;
/** Rows in one transaction; the next batch goes in another. */
const batchSize = 1000;
/** A name is written when it is new, and then not more often than this. */
const seenEveryMs = 300_000;
const hourEveryMs = 300_000;
/** The name under which it is written that an app was heard; no resource has it. */
export const wholeApp = '';

type Row = (string | number)[];

/** A sum that is to be written, and its row as it stands when that is asked for. */
interface Due {
  readonly sum: Sum;
  readonly row: () => Row;
}

/** Sums of minutes and hours in the database: this node's part of them, and the names that calls came through. */
@Injectable()
export class RollupStore {
  readonly #database: Database;
  readonly #node: NodeLease;
  readonly #seenWritten = new WeakMap<Series, number>();

  constructor(@Inject(Database) database: Database, @Inject(NodeLease) node: NodeLease) {
    this.#database = database;
    this.#node = node;
  }

  /** Writes minutes that were over by `nowMs`, hours that have grown since, who was heard, and names; in batches. */
  async write(apps: Iterable<AppTraffic>, nowMs: number): Promise<void> {
    const all = [...apps];
    await this.#writeCoverage(all.map((app) => this.#coverageOf(app, nowMs)));
    await this.#writeSums(
      all.flatMap((app) => [...app.all()].flatMap((series) => this.#dueOf(app, series, nowMs))),
      nowMs,
    );
    await this.#writeSeen(all, nowMs);
  }

  #dueOf(app: AppTraffic, series: Series, nowMs: number): Due[] {
    return [minuteMs, hourMs].flatMap((stepMs) =>
      series
        .sums(stepMs)
        .filter((sum) => sum.isUnwritten && isDue(sum, stepMs, nowMs))
        .map((sum) => ({ sum, row: () => this.#rowOf(app, series, stepMs, sum) })),
    );
  }

  async #writeSums(due: readonly Due[], nowMs: number): Promise<void> {
    for (let from = 0; from < due.length; from += batchSize) {
      const batch = due.slice(from, from + batchSize);
      // As it is now: it may have grown while those before it were written. What is told from here on is written the
      // next time.
      const rows = batch.map(({ row }) => row());
      for (const { sum } of batch) {
        sum.isUnwritten = false;
        sum.writtenAtMs = nowMs;
      }
      try {
        await this.#upsert(rollupTable, rows);
      } catch (error) {
        for (const { sum } of batch) sum.isUnwritten = true;
        throw error;
      }
    }
  }

  async #writeSeen(apps: readonly AppTraffic[], nowMs: number): Promise<void> {
    const due = apps.flatMap((app) => [...app.all()].map((series) => ({ place: app.place, series })));
    const seen = due.filter(
      ({ series }) => series.isSeenUnwritten && nowMs - (this.#seenWritten.get(series) ?? 0) >= seenEveryMs,
    );
    for (let from = 0; from < seen.length; from += batchSize) {
      const batch = seen.slice(from, from + batchSize);
      await this.#upsert(
        seenTable,
        batch.map(({ place, series }) => seenRowOf(place, series)),
      );
      for (const { series } of batch) {
        series.isSeenUnwritten = false;
        this.#seenWritten.set(series, nowMs);
      }
    }
  }

  #upsert(table: typeof rollupTable | typeof seenTable, rows: Row[]): Promise<void> {
    return this.#database.write((tx) => bulkUpsert(tx, this.#database.dialect, { ...table, rows }));
  }

  /** Names that calls of an app came through. */
  seen(place: Place): Promise<ResourceSeenEntity[]> {
    return this.#database.read.find(ResourceSeenEntity, {
      where: { ...place },
      order: { lastSeenAt: 'DESC' },
      take: 2000,
    });
  }

  /** Rows of one resource that begin in a time, but not at its end, of every node, oldest first. */
  read(
    place: Place,
    { resource, type }: { readonly resource: string; readonly type: ResourceType },
    stepMs: number,
    fromMs: number,
    toMs: number,
  ): Promise<RollupEntity[]> {
    return this.#database.read.find(RollupEntity, {
      where: { ...place, resource, type, stepMs, at: Between(fromMs, toMs - 1) },
      order: { at: 'ASC' },
    });
  }

  /** Removes what is older. */
  async removeBefore(beforeMs: number): Promise<void> {
    await deleteInBatches(this.#database, 'traffic_rollup', 'at < ?', [beforeMs]);
    await deleteInBatches(this.#database, 'resource_seen', 'last_seen_at < ?', [beforeMs]);
  }

  /** Minutes in which instances were heard: without calls of a resource they are known to have had none. */
  #coverageOf(app: AppTraffic, nowMs: number): { app: AppTraffic; untilMs: number; rows: Row[] } {
    const lastMs = Number.isFinite(nowMs) ? nowMs : app.heardAtMs + minuteMs + graceMs;
    const untilMs = Math.floor((lastMs - graceMs) / minuteMs) * minuteMs;
    const rows: Row[] = [];
    const hours = new Set<number>();
    for (let atMs = Math.max(app.coveredUntilMs, untilMs - 30 * minuteMs); atMs < untilMs; atMs += minuteMs) {
      const heard = app.coverage.of(atMs, atMs + minuteMs);
      if (heard.instances === 0) continue;
      rows.push(this.#coverageRow(app.place, minuteMs, atMs, heard));
      hours.add(Math.floor(atMs / hourMs) * hourMs);
    }
    for (const atMs of hours)
      rows.push(this.#coverageRow(app.place, hourMs, atMs, app.coverage.of(atMs, atMs + hourMs)));
    return { app, untilMs, rows };
  }

  async #writeCoverage(covered: readonly { app: AppTraffic; untilMs: number; rows: Row[] }[]): Promise<void> {
    const rows = covered.flatMap((each) => each.rows);
    if (rows.length > 0) await this.#upsert(rollupTable, rows);
    for (const { app, untilMs } of covered) app.coveredUntilMs = Math.max(app.coveredUntilMs, untilMs);
  }

  #coverageRow(place: Place, stepMs: number, atMs: number, heard: Heard): Row {
    const counts = [...new Array<number>(fieldCount).fill(0), ...heardColumns(heard)];
    const { environment, app } = place;
    return [environment, app, wholeApp, 'web', stepMs, atMs, this.#node.id, JSON.stringify(counts), '[]'];
  }

  #rowOf({ place, coverage }: AppTraffic, series: Series, stepMs: number, sum: Sum): Row {
    const heard = coverage.of(sum.atMs, sum.atMs + stepMs);
    return [
      place.environment,
      place.app,
      series.resource,
      series.type,
      stepMs,
      sum.atMs,
      this.#node.id,
      JSON.stringify([...sum.counts, ...heardColumns(heard)]),
      JSON.stringify(sum.latency.pairs()),
    ];
  }
}

/**
 * When it is over, or of a time that the clock was set back from; an hour now and then before, for a restart shouldn't
 * lose all of it.
 */
function isDue(sum: Sum, stepMs: number, nowMs: number): boolean {
  const isOver = sum.atMs + stepMs + graceMs <= nowMs || sum.atMs > nowMs;
  return isOver || (stepMs === hourMs && nowMs - sum.writtenAtMs >= hourEveryMs);
}

const seenRowOf = ({ environment, app }: Place, series: Series): Row => [
  environment,
  app,
  series.resource,
  series.type,
  Math.round(series.firstSeenAt),
  Math.round(series.lastSeenAt),
];
