import { Inject, Injectable } from '@nestjs/common';
import type { TrafficMarker } from '@sluice/protocol';
import { Between } from 'typeorm';
import { Database } from '../database/database.ts';
import { ChangeEntity } from '../feed/change.entity.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import type { Series } from './series.ts';

const maxMarkers = 500;

/** Somebody who knows of more things that happened. */
export type MarkerSource = (place: Place, fromMs: number, toMs: number) => Promise<TrafficMarker[]>;

/** What happened to an app while calls went on: pushes, breakers that turned, and what rooms to the right add. */
@Injectable()
export class Markers {
  readonly #database: Database;
  readonly #sources: MarkerSource[] = [];

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  addSource(source: MarkerSource): void {
    this.#sources.push(source);
  }

  /** What other rooms know of this time, in no order. */
  async added(place: Place, fromMs: number, toMs: number): Promise<TrafficMarker[]> {
    return (await Promise.all(this.#sources.map((source) => source(place, fromMs, toMs)))).flat();
  }

  /** Oldest first; of too many the newest. */
  async of(app: AppTraffic, series: Series, fromMs: number, toMs: number): Promise<TrafficMarker[]> {
    const all = await Promise.all([
      this.#pushes(app.place, fromMs, toMs),
      this.added(app.place, fromMs, toMs),
    ]);
    return inOrder([...all.flat(), ...breakerTurns(app, series, fromMs, toMs)]);
  }

  async #pushes({ environment, app }: Place, fromMs: number, toMs: number): Promise<TrafficMarker[]> {
    const changes = await this.#database.read.find(ChangeEntity, {
      where: { environment, app, at: Between(fromMs, toMs) },
      order: { revision: 'DESC' },
      take: maxMarkers,
    });
    return changes.map(pushMarker);
  }
}

/** Oldest first; of too many the newest. */
export const inOrder = (markers: readonly TrafficMarker[]): TrafficMarker[] =>
  [...markers].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-maxMarkers);

export const pushMarker = (change: ChangeEntity): TrafficMarker => ({
  kind: 'push',
  at: new Date(change.at).toISOString(),
  namespace: change.namespace,
  revision: change.revision,
  ...(change.release !== null && { release: change.release }),
  ...(change.pushId !== null && { pushId: change.pushId }),
  what: change.kind,
  by: change.actor,
  message: change.message,
});

export function breakerTurns(
  app: AppTraffic,
  { resource, type }: Pick<Series, 'resource' | 'type'>,
  fromMs: number,
  toMs: number,
): TrafficMarker[] {
  return app
    .turns()
    .filter((turn) => turn.resource === resource && turn.type === type)
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .map(({ atMs, rule, instanceId, from, to, reason }) => ({
      kind: 'breaker',
      at: new Date(atMs).toISOString(),
      rule,
      instanceId,
      from,
      to,
      reason,
    }));
}
