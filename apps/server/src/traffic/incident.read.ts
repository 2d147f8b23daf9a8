import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, IncidentEntry, ResponseOf } from '@sluice/protocol';
import { Between, In } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { PushesRead } from '../delivery/pushes.read.ts';
import { Clock } from '../env/clock.ts';
import { ChangeEntity } from '../feed/change.entity.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import { type Caller, may, requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import { breakerEntries, type CallsStep, mergedSteps, stepsOf, type TurnOfApp } from './incident-calls.ts';
import { Markers, pushMarker } from './markers.ts';
import { silentNodes } from './resources.read.ts';
import { hourMs } from './series.ts';
import { Traffic } from './traffic.ts';

type Incident = ResponseOf<Contracts['getIncident']>;

const shownAtMost = 500;
const longestMs = 24 * hourMs;
const shortStepMs = 10_000;
/** Turns of breakers that a node tells another of, the newest. */
const turnsTold = 2000;

/** To a node about what is only in its memory, asked so by everybody who looks at the same time within a second. */
interface Question {
  readonly environment: string;
  /** Those that the caller may see. */
  readonly apps: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the first step of calls begins. */
  readonly callsFromMs: number;
  readonly stepMs: number;
}
interface Told {
  readonly turns: readonly TurnOfApp[];
  readonly calls: readonly CallsStep[];
}

/** Everything that changed in a stretch of time, over all apps that the caller may see, beside how calls did. */
@Injectable()
export class IncidentRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #pushes: PushesRead;
  readonly #traffic: Traffic;
  readonly #markers: Markers;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(PushesRead) pushes: PushesRead,
    @Inject(Traffic) traffic: Traffic,
    @Inject(Markers) markers: Markers,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#pushes = pushes;
    this.#traffic = traffic;
    this.#markers = markers;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers('incident', (question: Question) => this.#here(question));
  }

  async read({ params, query, caller }: Input<Contracts['getIncident']>): Promise<Incident> {
    const environment = params.env;
    const nowMs = this.#clock.now();
    const toMs = query.to === undefined ? nowMs : Date.parse(query.to);
    const fromMs = query.from === undefined ? toMs - hourMs : Date.parse(query.from);
    requireSpan(fromMs, toMs);
    const apps = await this.#apps(environment, query.app, caller);
    const stepMs = toMs - fromMs <= hourMs / 4 ? shortStepMs : 60_000;
    const callsFromMs = Math.ceil(Math.max(fromMs, nowMs - hourMs) / stepMs) * stepMs;
    const question: Question = {
      environment,
      apps,
      fromMs: Math.floor(fromMs / 1000) * 1000,
      toMs: Math.ceil(Math.min(toMs, nowMs) / 1000) * 1000,
      callsFromMs,
      stepMs,
    };
    const [changes, added, { answers, silent }] = await Promise.all([
      this.#changes(environment, apps, fromMs, toMs),
      this.#markers.added({ environment, apps }, fromMs, toMs),
      this.#nodes.ask<Told>('incident', question),
    ]);
    const told = [this.#here(question), ...answers];
    const turns = breakerEntries(
      told.flatMap((each) => each.turns.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)),
    );
    const all = [...changes, ...added, ...turns].sort((a, b) =>
      a.marker.at < b.marker.at ? 1 : a.marker.at > b.marker.at ? -1 : 0,
    );
    const items = all.slice(0, shownAtMost);
    const pushIds = items.flatMap(({ marker }) =>
      marker.kind === 'push' && marker.pushId !== undefined ? [marker.pushId] : [],
    );
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      items,
      cut: all.length > items.length,
      pushes: await this.#pushes.byIds([...new Set(pushIds)]),
      calls: mergedSteps(told.map((each) => each.calls))
        .filter(({ atMs }) => atMs < Math.min(toMs, nowMs))
        .map(({ atMs, ...step }) => ({ at: new Date(atMs).toISOString(), ...step })),
      stepMs,
      at: new Date(nowMs).toISOString(),
      ...silentNodes(silent),
    };
  }

  /** As this node's instances tell it. */
  #here({ environment, apps, fromMs, toMs, callsFromMs, stepMs }: Question): Told {
    const known = apps.flatMap((app) => this.#traffic.peek({ environment, app }) ?? []);
    const turns = known.flatMap((app) =>
      app
        .turns()
        .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
        .map((turn) => ({ ...turn, app: app.place.app })),
    );
    return {
      turns: turns.sort((a, b) => a.atMs - b.atMs).slice(-turnsTold),
      calls: stepsOf(known, stepMs, callsFromMs, toMs),
    };
  }

  async #apps(environment: string, app: string | undefined, caller: Caller): Promise<string[]> {
    if (app !== undefined) {
      requirePermission(caller, 'config:read', { environment, app });
      await this.#catalog.requireApp(environment, app);
      return [app];
    }
    await this.#catalog.requireEnvironment(environment);
    const names = (await this.#catalog.apps()).map(({ name }) => name);
    return names.filter((name) => may(caller, 'config:read', { environment, app: name }));
  }

  async #changes(
    environment: string,
    apps: readonly string[],
    fromMs: number,
    toMs: number,
  ): Promise<IncidentEntry[]> {
    const rows = await this.#database.read.find(ChangeEntity, {
      where: { environment, app: In([...apps]), at: Between(fromMs, toMs) },
      order: { revision: 'DESC' },
      take: shownAtMost + 1,
    });
    const ofRules = new Set(
      (
        await this.#database.read.find(NamespaceEntity, {
          where: { id: In([...new Set(rows.map((row) => row.namespaceId))]), kind: 'rules' },
          select: { id: true },
        })
      ).map(({ id }) => id),
    );
    return rows.map((row) => ({
      app: row.app,
      ...(ofRules.has(row.namespaceId) && { rules: true }),
      marker: pushMarker(row),
    }));
  }
}

function requireSpan(fromMs: number, toMs: number): void {
  if (fromMs >= toMs)
    throw new SluiceError('invalid', {
      first: { en: '"from" must be before "to"', zh: '“from”必须早于“to”' },
    });
  if (toMs - fromMs > longestMs)
    throw new SluiceError('invalid', {
      first: {
        en: '"from" must be at most 24 hours before "to"',
        zh: '“from”最多比“to”早 24 小时',
      },
    });
}
