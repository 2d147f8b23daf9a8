import type { ResourceType } from '@sluice/core';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { Latency } from '../traffic/latency.ts';
import type { PhaseSums } from './part.ts';
import { sumsOf } from './windows.ts';

/** What lies before the start is looked at so far back: as long as histograms of seconds are kept. */
const beforeMs = 15_000;
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
    const fromStep = Math.ceil((startedAt - beforeMs) / secondMs);
    for (const series of app.all()) {
      if (!isMeant(series.resource, series.type)) continue;
      const sums = sumsOf(app, series, fromStep, Math.ceil((startedAt - secondMs / 2) / secondMs) - 1);
      if (sums.known === 0) continue;
      const key = phaseKey('before', app.place.app, series.type, series.resource);
      const own = this.#at(key, startedAt - beforeMs);
      if (!own) return;
      const { known, passed, blocked, success, errors, degraded } = sums;
      Object.assign(own.counts, { known, passed, blocked, success, errors, degraded });
      own.latency.add(sums.latency);
      own.toMs = startedAt;
    }
  }

  /** Takes in what an instance told; each second belongs to the phase in which its middle lies. */
  take(
    app: string,
    { seconds }: Report,
    times: { readonly nowMs: number; readonly startedAt: number; readonly endedAt: number | null },
    isMeant: (resource: string, type: ResourceType) => boolean,
  ): void {
    for (const { agoMs, resources } of seconds) {
      const middleMs = times.nowMs - agoMs - secondMs / 2;
      if (middleMs < times.startedAt) continue;
      const isAfter = times.endedAt !== null && middleMs >= times.endedAt;
      for (const second of resources) {
        if (!isMeant(second.resource, second.type)) continue;
        const key = phaseKey(isAfter ? 'after' : 'during', app, second.type, second.resource);
        const own = this.#at(key, isAfter ? times.endedAt! : times.startedAt);
        if (own) add(own, second, middleMs + secondMs / 2);
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
