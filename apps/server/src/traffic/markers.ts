import { Inject, Injectable } from '@nestjs/common';
import type { TrafficMarker } from '@sluice/protocol';
import { Between } from 'typeorm';
import { Database } from '../database/database.ts';
import { ChangeEntity } from '../feed/change.entity.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import type { Series } from './series.ts';

const maxMarkers = 500;

/** Some apps of an environment, all of them asked about at once: an incident is about hundreds. */
export interface Places {
  readonly environment: string;
  readonly apps: readonly string[];
}
/** Something that happened to an app; without one: to the whole environment. */
export interface PlacedMarker {
  readonly app?: string;
  readonly marker: TrafficMarker;
}
/** Somebody who knows of more things that happened. */
export type MarkerSource = (places: Places, fromMs: number, toMs: number) => Promise<PlacedMarker[]>;

/** Of one app a source tells so many, the newest; of several together ten times as many at most. */
export const mostTold = ({ apps }: Places): number => 50 * Math.min(10, Math.max(1, apps.length));

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
  async added(places: Places, fromMs: number, toMs: number): Promise<PlacedMarker[]> {
    return (await Promise.all(this.#sources.map((source) => source(places, fromMs, toMs)))).flat();
  }

  /** Oldest first; of too many the newest. */
  async of(app: AppTraffic, series: Series, fromMs: number, toMs: number): Promise<TrafficMarker[]> {
    const { environment } = app.place;
    const [pushes, added] = await Promise.all([
      this.#pushes(app.place, fromMs, toMs),
      this.added({ environment, apps: [app.place.app] }, fromMs, toMs),
    ]);
    const turns = breakerTurns(app, series, fromMs, toMs);
    return inOrder([...pushes, ...added.map(({ marker }) => marker), ...turns]);
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
