import { emptySide, type ScopeWindow, wholeApp } from '@sluice/core';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { secondMs } from '../traffic/series.ts';
import { CallSums } from './call-sums.ts';
import { addRow } from './row-sums.ts';

/** So much of the time before a step is what its calls are compared with when nobody is left. */
const lookedBackMs = 10_000;

/** What the instances of this node came to shortly before a moment: the rest of a step that reaches everyone. */
export function fleetBefore(
  traffic: AppTraffic | undefined,
  momentMs: number,
  resources?: readonly string[],
): ScopeWindow[] {
  if (!traffic) return [];
  const [from, to] = [Math.floor((momentMs - lookedBackMs) / secondMs), Math.floor(momentMs / secondMs) - 1];
  const sums = new Map<string, CallSums>([[wholeApp, new CallSums()]]);
  for (const { resource, seconds } of traffic.all()) {
    if (resources?.includes(resource) === false) continue;
    const own = sums.get(resource) ?? new CallSums();
    for (const into of [sums.get(wholeApp)!, own]) {
      seconds.eachRow(from, to, (numbers, offset) => addRow(into, numbers, offset));
      seconds.eachLatency(from, to, (latency) => {
        for (const [bucket, calls] of latency.pairs()) into.took(bucket, calls);
      });
    }
    if (own.asked > 0) sums.set(resource, own);
  }
  const { instances } = traffic.coverage.of(momentMs - lookedBackMs, momentMs);
  return [...sums].map(([scope, of]) => ({
    scope,
    cohort: emptySide,
    rest: of.side({ instances, answered: 0, applyFailures: 0 }),
  }));
}
