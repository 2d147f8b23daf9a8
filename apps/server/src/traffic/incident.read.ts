import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, IncidentEntry, ResponseOf } from '@sluice/protocol';
import { Between, In } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { PushesRead } from '../delivery/pushes.read.ts';
import { Clock } from '../env/clock.ts';
import { ChangeEntity } from '../feed/change.entity.ts';
import { type Caller, may, requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { NamespaceEntity } from '../releases/namespace.entity.ts';
import type { AppTraffic, KnownTurn } from './app-traffic.ts';
import { Markers, pushMarker } from './markers.ts';
import { hourMs } from './series.ts';
import { addNumbers, at, fieldCount } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

type Incident = ResponseOf<Contracts['getIncident']>;

const shownAtMost = 500;
const longestMs = 24 * hourMs;
const ringStepMs = 10_000;
/** Instances that turn the same breaker within this time did it for the same cause. */
const togetherMs = 10_000;

/** Everything that changed in a stretch of time, over all apps that the caller may see, beside how calls did. */
@Injectable()
export class IncidentRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #pushes: PushesRead;
  readonly #traffic: Traffic;
  readonly #markers: Markers;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(PushesRead) pushes: PushesRead,
    @Inject(Traffic) traffic: Traffic,
    @Inject(Markers) markers: Markers,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#pushes = pushes;
    this.#traffic = traffic;
    this.#markers = markers;
    this.#clock = clock;
  }

  async read({ params, query, caller }: Input<Contracts['getIncident']>): Promise<Incident> {
    const environment = params.env;
    const nowMs = this.#clock.now();
    const toMs = query.to === undefined ? nowMs : Date.parse(query.to);
    const fromMs = query.from === undefined ? toMs - hourMs : Date.parse(query.from);
    requireSpan(fromMs, toMs);
    const apps = await this.#apps(environment, query.app, caller);
    const known = apps.flatMap((app) => this.#traffic.peek({ environment, app }) ?? []);
    const [changes, added] = await Promise.all([
      this.#changes(environment, apps, fromMs, toMs),
      Promise.all(apps.map((app) => this.#added(environment, app, fromMs, toMs))),
    ]);
    const turns = known.flatMap((app) => breakerEntries(app, fromMs, toMs));
    const all = [...changes, ...once(added.flat()), ...turns].sort((a, b) =>
      a.marker.at < b.marker.at ? 1 : a.marker.at > b.marker.at ? -1 : 0,
    );
    const items = all.slice(0, shownAtMost);
    const pushIds = items.flatMap(({ marker }) =>
      marker.kind === 'push' && marker.pushId !== undefined ? [marker.pushId] : [],
    );
    const stepMs = toMs - fromMs <= hourMs / 4 ? ringStepMs : 60_000;
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      items,
      cut: all.length > items.length,
      pushes: await this.#pushes.byIds([...new Set(pushIds)]),
      calls: callsOf(known, stepMs, Math.max(fromMs, nowMs - hourMs), Math.min(toMs, nowMs)),
      stepMs,
      at: new Date(nowMs).toISOString(),
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

  /** What other rooms add: kill switches, of the whole environment too. */
  async #added(environment: string, app: string, fromMs: number, toMs: number): Promise<IncidentEntry[]> {
    const markers = await this.#markers.added({ environment, app }, fromMs, toMs);
    return markers.map((marker) => ({
      ...((marker.kind !== 'kill' || marker.app !== undefined) && { app }),
      marker,
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

/** What concerns the whole environment is told by each of its apps. */
function once(entries: readonly IncidentEntry[]): IncidentEntry[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function breakerEntries(app: AppTraffic, fromMs: number, toMs: number): IncidentEntry[] {
  const groups: { first: KnownTurn; instances: Set<string> }[] = [];
  const newest = new Map<string, (typeof groups)[number]>();
  for (const turn of app.turns()) {
    if (turn.atMs < fromMs || turn.atMs > toMs) continue;
    const key = JSON.stringify([turn.resource, turn.type, turn.rule, turn.to]);
    const group = newest.get(key);
    if (group && turn.atMs - group.first.atMs <= togetherMs && !group.instances.has(turn.instanceId)) {
      group.instances.add(turn.instanceId);
      continue;
    }
    const fresh = { first: turn, instances: new Set([turn.instanceId]) };
    groups.push(fresh);
    newest.set(key, fresh);
  }
  return groups.map(({ first, instances }) => ({
    app: app.place.app,
    resource: first.resource,
    type: first.type,
    instances: instances.size,
    marker: {
      kind: 'breaker',
      at: new Date(first.atMs).toISOString(),
      rule: first.rule,
      instanceId: first.instanceId,
      from: first.from,
      to: first.to,
      reason: first.reason,
    },
  }));
}

/** Calls of several apps together, from what is in memory of each ten seconds. */
function callsOf(
  apps: readonly AppTraffic[],
  stepMs: number,
  fromMs: number,
  toMs: number,
): Incident['calls'] {
  const calls: Incident['calls'] = [];
  for (let beginMs = Math.ceil(fromMs / stepMs) * stepMs; beginMs < toMs; beginMs += stepMs) {
    const numbers = new Float64Array(fieldCount);
    const [first, last] = [beginMs / ringStepMs, (beginMs + stepMs) / ringStepMs - 1];
    let isKnown = false;
    for (const app of apps) {
      isKnown ||= app.coverage.of(beginMs, beginMs + stepMs).instances > 0;
      for (const series of app.all())
        series.tens.eachRow(first, last, (rows, offset) => addNumbers(numbers, rows, offset));
    }
    if (!isKnown && numbers[at.told] === 0) continue;
    calls.push({
      at: new Date(beginMs).toISOString(),
      passed: numbers[at.passed]!,
      blocked: numbers.slice(at.blocked, at.wouldBlock).reduce((sum, each) => sum + each, 0),
      wouldBlock: numbers[at.wouldBlock]!,
      errors: numbers[at.errors]!,
      opened: numbers[at.opened]!,
    });
  }
  return calls;
}
