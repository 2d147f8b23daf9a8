import { type ResourceType, resourceTypes } from '@sluice/core';
import type { DrillCheck, DrillExpectation } from '@sluice/protocol';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { Latency } from '../traffic/latency.ts';
import type { Series } from '../traffic/series.ts';
import { addNumbers, at, blockedOf, fieldCount } from '../traffic/tally-fields.ts';
import { noSums, type Sums } from './part.ts';

const secondMs = 1000;
/** Reports of a second come in for so long after it: until then its number of calls is too low. */
const settleMs = 1500;

/** What this node was told of a check's resource in the check's window; at most the time since `notBeforeMs`. */
export function windowOf(
  app: AppTraffic | undefined,
  check: DrillCheck | DrillExpectation,
  nowMs: number,
  notBeforeMs = 0,
): Sums {
  const series = app && seriesOf(app, check.resource, check.type);
  if (!app || !series) return noSums;
  const isCounted = check.metric === 'throughput';
  const toStep = Math.floor((isCounted ? nowMs - settleMs : nowMs) / secondMs);
  const fromMs = Math.max(notBeforeMs, (toStep - check.windowS) * secondMs);
  return sumsOf(app, series, Math.ceil(fromMs / secondMs), isCounted ? toStep - 1 : toStep);
}

/** Without a type the first of that name. */
function seriesOf(app: AppTraffic, resource: string, type: ResourceType | undefined): Series | undefined {
  for (const each of type === undefined ? resourceTypes : [type]) {
    const series = app.series(resource, each);
    if (series) return series;
  }
  return undefined;
}

/** What is in memory of some seconds, both ends included. */
export function sumsOf(app: AppTraffic, series: Series, fromStep: number, toStep: number): Sums {
  if (toStep < fromStep) return noSums;
  const numbers = new Float64Array(fieldCount);
  series.seconds.eachRow(fromStep, toStep, (rows, offset) => addNumbers(numbers, rows, offset));
  const latency = new Latency();
  series.seconds.eachLatency(fromStep, toStep, (each) => latency.merge(each));
  const { instances } = app.coverage.of(fromStep * secondMs, (toStep + 1) * secondMs);
  return {
    known: Math.max(instances, Math.min(1, numbers[at.told]!)),
    passed: numbers[at.passed]!,
    blocked: blockedOf(numbers),
    success: numbers[at.success]!,
    errors: numbers[at.errors]!,
    degraded: numbers[at.degraded]!,
    latency: latency.pairs(),
    open: openBreakers(app, series),
    seconds: toStep - fromStep + 1,
  };
}

function openBreakers(app: AppTraffic, { resource, type }: Series): number {
  let count = 0;
  for (const open of app.open().values())
    for (const each of open)
      if (each.resource === resource && each.type === type && each.state !== 'forcedClosed') count += 1;
  return count;
}
