import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, Drill, DrillDetail, DrillEvent, DrillTarget, ResponseOf } from '@sluice/protocol';
import { Between, In, LessThan, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import type { Place } from '../fleet/place.ts';
import type { Input } from '../http/input.decorator.ts';
import { Markers, mostTold, type PlacedMarker, type Places } from '../traffic/markers.ts';
import { countsOf, recordOf, stateOf, totalsOf } from './active-drill.ts';
import { DrillEntity, type DrillEventEntity, type DrillTargetEntity } from './drill.entities.ts';
import { DrillStore } from './drill.store.ts';
import { DrillRunner } from './drill-runner.ts';

const eventsShown = 500;
const iso = (at: number): string => new Date(at).toISOString();

/** Everything that is stored of one drill. */
export interface WholeDrill {
  readonly row: DrillEntity;
  readonly targets: readonly DrillTargetEntity[];
  readonly events: readonly DrillEventEntity[];
}

/** Drills as people look at them. */
@Injectable()
export class DrillsRead {
  readonly #database: Database;
  readonly #store: DrillStore;
  readonly #runner: DrillRunner;

  constructor(
    @Inject(Database) database: Database,
    @Inject(DrillStore) store: DrillStore,
    @Inject(DrillRunner) runner: DrillRunner,
    @Inject(Markers) markers: Markers,
  ) {
    this.#database = database;
    this.#store = store;
    this.#runner = runner;
    markers.addSource((places, fromMs, toMs) => this.#markers(places, fromMs, toMs));
  }

  async list(
    place: Place,
    { limit, before, state }: Input<Contracts['listDrills']>['query'],
  ): Promise<ResponseOf<Contracts['listDrills']>> {
    const rows = await this.#database.read.find(DrillEntity, {
      where: {
        ...place,
        ...(before !== undefined && { createdAt: LessThan(before) }),
        ...(state !== undefined && {
          state: state === 'open' ? In(['draft', 'preCheck', 'running', 'recovering']) : state,
        }),
      },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit);
    return { items: items.map(drillOf), ...(rows.length > limit && { next: items.at(-1)!.createdAt }) };
  }

  /** Rejects with `not_found`. */
  async require(place: Place, id: string): Promise<DrillEntity> {
    const row = await this.#database.read.findOneBy(DrillEntity, { id, ...place });
    if (!row) throw new SluiceError('not_found', { what: { en: 'drill', zh: '演练' } });
    return row;
  }

  byId(id: string): Promise<DrillEntity | null> {
    return this.#store.find(id);
  }

  /** All of it, as far as this node knows to this moment. */
  async whole(place: Place, id: string): Promise<WholeDrill> {
    await this.require(place, id);
    await this.#runner.settle(id);
    const [row, targets, events] = await Promise.all([
      this.require(place, id),
      this.#store.targets(id),
      this.#store.events(id),
    ]);
    const measures = this.#runner.find(id)?.measures ?? row.measures;
    // What targets told is written before the sums of it are.
    return { row: { ...row, measures, ...totalsOf(targets) }, targets, events };
  }

  async detail(place: Place, id: string): Promise<DrillDetail> {
    const { row, targets, events } = await this.whole(place, id);
    return {
      ...drillOf(row),
      definition: row.definition,
      findings: row.findings,
      ...(row.checkedAt !== null && { checkedAt: iso(row.checkedAt) }),
      measures: row.measures,
      instances: targets.map((target) => targetOf(target, row)),
      events: eventsOf(events, row).slice(-eventsShown),
    };
  }

  /** The last run of the same title before this one that was started. */
  async earlierRun(row: DrillEntity): Promise<DrillEntity | null> {
    return this.#database.read.findOne(DrillEntity, {
      where: {
        environment: row.environment,
        app: row.app,
        title: row.title,
        id: Not(row.id),
        state: In(['held', 'deviated', 'aborted', 'interrupted']),
        ...(row.startedAt !== null && { startedAt: LessThan(row.startedAt) }),
      },
      order: { startedAt: 'DESC' },
    });
  }

  async #markers(places: Places, fromMs: number, toMs: number): Promise<PlacedMarker[]> {
    const own = { environment: places.environment, app: In([...places.apps]) };
    const rows = await this.#database.read.find(DrillEntity, {
      where: [
        { ...own, startedAt: Between(fromMs, toMs) },
        { ...own, endedAt: Between(fromMs, toMs) },
      ],
      order: { startedAt: 'DESC' },
      take: mostTold(places),
    });
    return rows.flatMap((row) =>
      [
        { at: row.startedAt, what: 'started' as const },
        { at: row.endedAt, what: row.outcome ?? ('ended' as const) },
      ].flatMap(({ at, what }) =>
        at === null || at < fromMs || at > toMs
          ? []
          : [
              {
                app: row.app,
                marker: {
                  kind: 'drill' as const,
                  at: iso(at),
                  drillId: row.id,
                  title: row.title,
                  what,
                  by: row.startedBy ?? '',
                },
              },
            ],
      ),
    );
  }
}

export function drillOf(row: DrillEntity): Drill {
  return {
    drillId: row.id,
    app: row.app,
    title: row.title,
    state: row.state,
    createdBy: row.createdBy,
    createdAt: iso(row.createdAt),
    ...(row.startedBy !== null && { startedBy: row.startedBy }),
    ...(row.startedAt !== null && { startedAt: iso(row.startedAt) }),
    ...(row.deadlineAt !== null && { deadline: iso(row.deadlineAt) }),
    ...(row.endedAt !== null && { endedAt: iso(row.endedAt) }),
    ...(row.finishedAt !== null && { finishedAt: iso(row.finishedAt) }),
    ...(row.because !== null && { because: row.because }),
    targets: row.targets,
    active: row.active,
    clean: row.clean,
    injected: row.injected,
  };
}

export function targetOf(target: DrillTargetEntity, row: DrillEntity): DrillTarget {
  const record = recordOf(target);
  const { cleanAt, cleanBy, heardAt } = target;
  return {
    instanceId: target.instanceId,
    state: stateOf(target),
    ...(cleanBy !== null && { cleanBy }),
    ...(cleanAt !== null && { cleanAt: iso(cleanAt) }),
    ...(cleanAt !== null && row.endedAt !== null && { cleanAfterMs: Math.round(cleanAt - row.endedAt) }),
    ...(record?.endedBecause && { endedBecause: record.endedBecause }),
    ...(record?.error !== undefined && { error: record.error }),
    ...countsOf(target),
    ...(heardAt !== null && { heardAt: iso(heardAt) }),
  };
}

export function eventsOf(events: readonly DrillEventEntity[], row: DrillEntity): DrillEvent[] {
  return events.map(({ at, event: { kind, text, instanceId } }, index) => ({
    sequence: index + 1,
    at: iso(at),
    afterMs: Math.round(at - row.startedAt!),
    kind,
    text,
    ...(instanceId !== undefined && { instanceId }),
  }));
}
