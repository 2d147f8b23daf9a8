import type { ResourceType } from '../model/resource.ts';

interface Ended {
  readonly resource: string;
  readonly type: ResourceType;
  readonly durationMs?: number;
}

/** Durations of a resource that are looked at. */
const sampleSize = 1000;

/** How long calls of a resource usually take: the middle one of those whose end is known, 0 where there is none. */
export function typicalDurations(calls: readonly Ended[]): (call: Ended) => number {
  return durationQuantile(calls, 0.5, 0);
}

/** The duration below which this share of a resource's calls lies. */
export function durationQuantile(
  calls: readonly Ended[],
  share: number,
  otherwise: number,
): (call: Ended) => number {
  const byType = new Map<ResourceType, Map<string, number[]>>();
  for (const { type, resource, durationMs } of calls) {
    if (durationMs === undefined) continue;
    const byName = byType.get(type) ?? new Map<string, number[]>();
    byType.set(type, byName);
    const known = byName.get(resource);
    if (!known) byName.set(resource, [durationMs]);
    else if (known.length < sampleSize) known.push(durationMs);
  }
  for (const byName of byType.values()) for (const all of byName.values()) all.sort((a, b) => a - b);
  return ({ type, resource }) => {
    const all = byType.get(type)?.get(resource);
    return all ? all[Math.min(all.length - 1, Math.floor(all.length * share))]! : otherwise;
  };
}
