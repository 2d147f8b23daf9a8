import type { ResourceType } from '@sluice/core';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { Latency } from '../traffic/latency.ts';
import type { PhaseSums } from './part.ts';
import { sumsOf } from './windows.ts';

/** What lies before the start is looked at so far back: as long as histograms of seconds are kept. */
const beforeSeconds = 15;
/** Resources of a drill that are told apart. */
const maxResources = 200;
const secondMs = 1000;

export type Phase = 'before' | 'during' | 'after';

interface Growing {
  readonly fromMs: number;
  toMs: number;
  readonly counts: {
    known: number;
    passed: number;
    blocked: number;
    success: number;
    errors: number;
    degraded: number;
  };
  readonly latency: Latency;
}

const phaseKey = (phase: Phase, app: string, type: ResourceType, resource: string): string =>
  `${phase} ${app} ${type} ${resource}`;

/** Reads what `phaseKey` wrote; only a resource may hold spaces. */
export function readPhaseKey(key: string): {
  phase: Phase;
  app: string;
  type: ResourceType;
  resource: string;
} {
  const [phase, app, type, ...resource] = key.split(' ');
  return { phase: phase as Phase, app: app!, type: type as ResourceType, resource: resource.join(' ') };
}

/** What calls of a drill's resources came to before, during and after it, as this node was told. */
export class Phases {
  readonly #sums = new Map<string, Growing>();

  /** What is still in memory of the time before the start. */
  before(
    app: AppTraffic,
    isMeant: (resource: string, type: ResourceType) => boolean,
    startedAt: number,
  ): void {
    const toStep = Math.ceil((startedAt - secondMs / 2) / secondMs) - 1;
    const fromStep = firstKnown(app, toStep - beforeSeconds + 1, toStep);
    for (const series of app.all()) {
      if (!isMeant(series.resource, series.type)) continue;
      const sums = sumsOf(app, series, fromStep, toStep);
      if (sums.known === 0) continue;
      const key = phaseKey('before', app.place.app, series.type, series.resource);
      const own = this.#at(key, startedAt - sums.seconds * secondMs);
      if (!own) return;
      const { known, passed, blocked, success, errors, degraded } = sums;
      Object.assign(own.counts, { known, passed, blocked, success, errors, degraded });
      own.latency.add(sums.latency);
      own.toMs = startedAt;
    }
  }

  /**
   * Takes in what an instance told; each second belongs to the phase in which its middle lies. The last seconds before
   * the start are told after it.
   */
  take(
    app: string,
    { seconds }: Report,
    times: { readonly nowMs: number; readonly startedAt: number; readonly endedAt: number | null },
    isMeant: (resource: string, type: ResourceType) => boolean,
  ): void {
    for (const { agoMs, resources } of seconds) {
      const middleMs = times.nowMs - agoMs - secondMs / 2;
      const { startedAt } = times;
      if (middleMs < startedAt - beforeSeconds * secondMs) continue;
      const endedAt = times.endedAt ?? Number.POSITIVE_INFINITY;
      const phase = middleMs < startedAt ? 'before' : middleMs < endedAt ? 'during' : 'after';
      const fromMs = { before: middleMs - secondMs / 2, during: startedAt, after: endedAt }[phase];
      for (const second of resources) {
        if (!isMeant(second.resource, second.type)) continue;
        const own = this.#at(phaseKey(phase, app, second.type, second.resource), fromMs);
        if (own) add(own, second, phase === 'before' ? startedAt : middleMs + secondMs / 2);
      }
    }
  }

  asData(): Record<string, PhaseSums> {
    return Object.fromEntries(
      [...this.#sums].map(([key, { fromMs, toMs, counts, latency }]) => [
        key,
        { ...counts, latency: latency.pairs(), open: 0, seconds: (toMs - fromMs) / secondMs, fromMs, toMs },
      ]),
    );
  }

  #at(key: string, fromMs: number): Growing | undefined {
    const known = this.#sums.get(key);
    if (known || this.#sums.size >= maxResources) return known;
    const counts = { known: 0, passed: 0, blocked: 0, success: 0, errors: 0, degraded: 0 };
    const made: Growing = { fromMs, toMs: fromMs, counts, latency: new Latency() };
    this.#sums.set(key, made);
    return made;
  }
}

/** The first of some seconds of which anything is known of an app. */
function firstKnown(app: AppTraffic, fromStep: number, toStep: number): number {
  let step = fromStep;
  while (step < toStep && app.coverage.of(step * secondMs, (step + 1) * secondMs).instances === 0) step += 1;
  return step;
}

function add(own: Growing, second: ResourceSecond, endMs: number): void {
  const { counts, latency } = own;
  counts.known = 1;
  counts.passed += second.passed;
  for (const count of Object.values(second.blocked)) counts.blocked += count;
  counts.success += second.success;
  counts.errors += second.errors;
  counts.degraded += second.degraded;
  latency.add(second.latency);
  own.toMs = Math.max(own.toMs, endMs);
}
