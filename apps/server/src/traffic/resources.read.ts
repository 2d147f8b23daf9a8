import { Inject, Injectable } from '@nestjs/common';
import { type ResourceType, resourceTypes, SluiceError } from '@sluice/core';
import type { BreakerNow, Resource, ResourceDetail } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import type { AppTraffic } from './app-traffic.ts';
import { Latency } from './latency.ts';
import { minuteMs, type Series, secondMs } from './series.ts';
import { addNumbers, at, blockedOf, fieldCount, tallyOf } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

const instancesShown = 500;
const openShown = 100;

/** Resources of an app as people look at them: the last minute, and breakers now. */
@Injectable()
export class ResourcesRead {
  readonly #traffic: Traffic;
  readonly #clock: Clock;

  constructor(@Inject(Traffic) traffic: Traffic, @Inject(Clock) clock: Clock) {
    this.#traffic = traffic;
    this.#clock = clock;
  }

  async list(
    place: Place,
    type: ResourceType | undefined,
  ): Promise<{ items: Resource[]; overflowed: boolean }> {
    const app = await this.#traffic.of(place);
    const breakers = breakersNow(app);
    const nowMs = this.#clock.now();
    const items = [...app.all()]
      .filter((series) => type === undefined || series.type === type)
      .map((series) => this.#summary(app, series, breakers, nowMs))
      .sort((a, b) => callsOf(b) - callsOf(a) || (a.lastSeenAt < b.lastSeenAt ? 1 : -1));
    return { items, overflowed: app.overflowed };
  }

  async get(place: Place, resource: string, type: ResourceType | undefined): Promise<ResourceDetail> {
    const { app, series } = await this.find(place, resource, type);
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

  /** Rejects with `not_found`. Without a type the first of that name. */
  async find(
    place: Place,
    resource: string,
    type: ResourceType | undefined,
  ): Promise<{ app: AppTraffic; series: Series }> {
    const app = await this.#traffic.of(place);
    for (const each of type === undefined ? resourceTypes : [type]) {
      const series = app.series(resource, each);
      if (series) return { app, series };
    }
    throw new SluiceError('not_found', { what: { en: 'resource', zh: '资源' } });
  }

  #summary(
    app: AppTraffic,
    series: Series,
    breakers: ReadonlyMap<string, BreakerNow[]>,
    nowMs: number,
  ): Resource {
    const fromMs = nowMs - minuteMs;
    const { instances } = app.coverage.of(fromMs, nowMs);
    const numbers = new Float64Array(fieldCount);
    series.seconds.eachRow(Math.ceil(fromMs / secondMs), Math.floor(nowMs / secondMs), (rows, offset) =>
      addNumbers(numbers, rows, offset),
    );
    return {
      resource: series.resource,
      type: series.type,
      firstSeenAt: new Date(series.firstSeenAt).toISOString(),
      lastSeenAt: new Date(series.lastSeenAt).toISOString(),
      ...((instances > 0 || numbers[at.told]! > 0) && {
        minute: { ...tallyOf(numbers, 0, lastMinute(series, fromMs).quantiles()), instances },
      }),
      breakers: breakers.get(addressOf(series)) ?? [],
    };
  }
}

/** Calls that ended in the last minute, or in the minutes of the clock that it touches. */
function lastMinute(series: Series, fromMs: number): Latency {
  const latency = new Latency();
  for (const sum of series.sums(minuteMs)) if (sum.atMs + minuteMs > fromMs) latency.merge(sum.latency);
  return latency;
}

const callsOf = ({ minute }: Resource): number =>
  minute ? minute.passed + Object.values(minute.blocked).reduce((sum, each) => sum + each, 0) : 0;

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
