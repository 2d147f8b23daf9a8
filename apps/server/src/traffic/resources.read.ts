import { Inject, Injectable } from '@nestjs/common';
import { type ResourceType, resourceTypes, SluiceError } from '@sluice/core';
import type { BreakerNow, Resource, ResourceDetail } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import { type Heard, secondsSince } from './heard.ts';
import { lastMinuteOf } from './last-minute.ts';
import { Latency } from './latency.ts';
import { mergedDetail, mergedResource, withInstances } from './merged-tally.ts';
import type { Ring } from './ring.ts';
import { minuteMs, Series } from './series.ts';
import { addNumbers, at, blockedOf, fieldCount, type Numbers, tallyOf } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

const resourcesShown = 2000;
const instancesShown = 500;
const openShown = 100;
const settledMs = 7000;

interface Asked {
  readonly place: Place;
  readonly type?: ResourceType | undefined;
}
interface AskedOne extends Asked {
  readonly resource: string;
}
interface Listed {
  readonly items: Resource[];
  readonly overflowed: boolean;
}
/** As nodes tell each other, with the instances that they knew of in the last minute. */
type ListTold = Listed & { readonly heard: Heard };
interface DetailTold {
  readonly detail?: ResourceDetail;
  readonly heard?: Heard;
}

/** Resources of an app as people look at them: the last minute, and breakers now, over all nodes. */
@Injectable()
export class ResourcesRead {
  readonly #traffic: Traffic;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#traffic = traffic;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers('resources', ({ place, type }: Asked) => this.listHere(place, type));
    nodes.answers('resource', async ({ place, resource, type }: AskedOne) => {
      const { app, series } = await this.#seriesOf(place, resource, type);
      const heard = this.#heard(app);
      return series ? { detail: this.#detail(app, series), heard } : { heard };
    });
  }

  async list(place: Place, type: ResourceType | undefined): Promise<Listed & SilentNodes> {
    const asked: Asked = { place, type };
    const [here, { answers, silent }] = await Promise.all([
      this.listHere(place, type),
      this.#nodes.ask<ListTold>('resources', asked),
    ]);
    const told = [here, ...answers];
    const heard = told.map((each) => each.heard);
    const all = Map.groupBy(
      told.flatMap(({ items }) => items),
      addressOf,
    );
    const items = [...all.values()].map((parts) => withInstances(mergedResource(parts), heard));
    return {
      items: answers.length === 0 ? items : items.sort(byCalls).slice(0, resourcesShown),
      overflowed: told.some(({ overflowed }) => overflowed),
      ...silentNodes(silent),
    };
  }

  /** As this node's instances tell it. */
  async listHere(place: Place, type: ResourceType | undefined): Promise<ListTold> {
    const app = await this.#traffic.of(place);
    const breakers = breakersNow(app);
    const nowMs = this.#clock.now();
    const items = [...app.all()]
      .filter((series) => type === undefined || series.type === type)
      .map((series) => this.#summary(app, series, breakers, nowMs))
      .sort(byCalls);
    return { items, overflowed: app.overflowed, heard: this.#heard(app) };
  }

  #heard(app: AppTraffic): Heard {
    return heardLately(app, this.#clock.now());
  }

  /**
   * The resources of some apps that rank highest, as this node's instances tell it. All are ranked by their counts of
   * the last minute; the rest is worked out for those alone that are told.
   */
  highestHere(
    apps: readonly AppTraffic[],
    rankOf: (minute: Numbers, breakers: number) => readonly number[],
    most: number,
  ): { app: string; resource: Resource }[] {
    const nowMs = this.#clock.now();
    return apps
      .flatMap((app) => {
        const breakers = breakersNow(app);
        const isHeard = app.coverage.of(nowMs - minuteMs, nowMs).instances > 0;
        return [...app.all()].flatMap((series) => {
          const minute = minuteOf(series.seconds, nowMs);
          if (!isHeard && minute[at.told] === 0) return [];
          return [
            { app, series, breakers, rank: rankOf(minute, breakers.get(addressOf(series))?.length ?? 0) },
          ];
        });
      })
      .sort((a, b) => byRank(a.rank, b.rank) || (a.series.resource < b.series.resource ? -1 : 1))
      .slice(0, most)
      .map(({ app, series, breakers }) => ({
        app: app.place.app,
        resource: this.#summary(app, series, breakers, nowMs),
      }));
  }

  async get(
    place: Place,
    resource: string,
    type: ResourceType | undefined,
  ): Promise<ResourceDetail & SilentNodes> {
    const asked: AskedOne = { place, resource, type };
    const [{ app, series }, { answers, silent }] = await Promise.all([
      this.#seriesOf(place, resource, type),
      this.#nodes.ask<DetailTold>('resource', asked),
    ]);
    const all = [
      ...(series ? [this.#detail(app, series)] : []),
      ...answers.flatMap(({ detail }) => (detail ? [detail] : [])),
    ];
    const first = resourceTypes.find((each) => all.some((detail) => detail.type === each));
    if (first === undefined) throw unknownResource();
    const merged = mergedDetail(all.filter((detail) => detail.type === first));
    const heard = [this.#heard(app), ...answers.flatMap((told) => told.heard ?? [])];
    return { ...withInstances(merged, heard), ...silentNodes(silent) };
  }

  #detail(app: AppTraffic, series: Series): ResourceDetail {
    const nowMs = this.#clock.now();
    const open = app.open();
    const instances = [...series.instances(nowMs)]
      .sort(([, a], [, b]) => b[at.passed]! + blockedOf(b) - a[at.passed]! - blockedOf(a))
      .slice(0, instancesShown)
      .map(([instanceId, row]) => ({
        instanceId,
        ...tallyOf(row, 0, {}),
        breakers: (open.get(instanceId) ?? [])
          .filter((each) => each.resource === series.resource && each.type === series.type)
          .map(({ rule, state }) => ({ rule, state })),
      }));
    return {
      ...this.#summary(app, series, breakersNow(app), nowMs),
      instances,
      rules: series.rules(nowMs),
    };
  }

  /** Rejects with `not_found` where no node knows it. Without a type the first of that name. */
  async find(
    place: Place,
    resource: string,
    type: ResourceType | undefined,
  ): Promise<{ app: AppTraffic; series: Series }> {
    const { app, series } = await this.#seriesOf(place, resource, type);
    if (series) return { app, series };
    const known = await this.get(place, resource, type);
    const [first, last] = [Date.parse(known.firstSeenAt), Date.parse(known.lastSeenAt)];
    app.remember(resource, known.type, first, last);
    return { app, series: app.series(resource, known.type) ?? new Series(resource, known.type, first) };
  }

  async #seriesOf(
    place: Place,
    resource: string,
    type: ResourceType | undefined,
  ): Promise<{ app: AppTraffic; series: Series | undefined }> {
    const app = await this.#traffic.of(place);
    for (const each of type === undefined ? resourceTypes : [type]) {
      const series = app.series(resource, each);
      if (series) return { app, series };
    }
    return { app, series: undefined };
  }

  #summary(
    app: AppTraffic,
    series: Series,
    breakers: ReadonlyMap<string, BreakerNow[]>,
    nowMs: number,
  ): Resource {
    const fromMs = nowMs - minuteMs;
    const heard = app.coverage.of(fromMs, nowMs);
    const { instances } = heard;
    const numbers = minuteOf(series.seconds, nowMs);
    return {
      resource: series.resource,
      type: series.type,
      firstSeenAt: new Date(series.firstSeenAt).toISOString(),
      lastSeenAt: new Date(series.lastSeenAt).toISOString(),
      ...((instances > 0 || numbers[at.told]! > 0) && {
        minute: {
          ...tallyOf(numbers, 0, lastMinute(series, fromMs).quantiles()),
          instances,
          seconds: secondsSince(heard),
        },
      }),
      breakers: breakers.get(addressOf(series)) ?? [],
    };
  }
}

/** How an answer tells that something is missing from it. */
export interface SilentNodes {
  readonly silentNodes?: number;
}
export const silentNodes = (silent: number): SilentNodes => (silent > 0 ? { silentNodes: silent } : {});

const unknownResource = (): SluiceError =>
  new SluiceError('not_found', { what: { en: 'resource', zh: '资源' } });

/** Of the seconds of the last minute of which all instances have told: a quiet one gives a sign each five seconds. */
export const heardLately = ({ coverage }: AppTraffic, nowMs: number): Heard =>
  coverage.of(nowMs - minuteMs, nowMs - settledMs);

/** What the last minute came to. */
export function minuteOf(seconds: Ring, nowMs: number): Float64Array {
  const numbers = new Float64Array(fieldCount);
  const { from, to } = lastMinuteOf(nowMs);
  seconds.eachRow(from, to, (rows, offset) => addNumbers(numbers, rows, offset));
  return numbers;
}

/** The first number that differs decides, the larger one first. */
export function byRank(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return b[i]! - a[i]!;
  return 0;
}

/** Calls that ended in the last minute, or in the minutes of the clock that it touches. */
function lastMinute(series: Series, fromMs: number): Latency {
  const latency = new Latency();
  for (const sum of series.sums(minuteMs)) if (sum.atMs + minuteMs > fromMs) latency.merge(sum.latency);
  return latency;
}

const callsOf = ({ minute }: Resource): number =>
  minute ? minute.passed + Object.values(minute.blocked).reduce((sum, each) => sum + each, 0) : 0;

/** Most calls first. */
const byCalls = (a: Resource, b: Resource): number =>
  callsOf(b) - callsOf(a) || (a.lastSeenAt < b.lastSeenAt ? 1 : -1);

const addressOf = ({ resource, type }: { resource: string; type: ResourceType }): string =>
  `${type} ${resource}`;

/** Breakers that are not closed somewhere, by resource. */
export function breakersNow(app: AppTraffic): Map<string, BreakerNow[]> {
  const found = new Map<string, Map<string, BreakerNow>>();
  for (const [instanceId, open] of app.open())
    for (const { rule, state, ...where } of open) {
      const address = addressOf(where);
      const byRule = found.get(address) ?? new Map<string, BreakerNow>();
      found.set(address, byRule);
      const known = byRule.get(rule) ?? { rule, states: {}, instances: [] };
      byRule.set(rule, known);
      known.states[state] = (known.states[state] ?? 0) + 1;
      if (known.instances.length < openShown) known.instances.push({ instanceId, state });
    }
  return new Map([...found].map(([address, byRule]) => [address, [...byRule.values()]]));
}
