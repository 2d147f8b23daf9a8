import type {
  BreakerNow,
  LastMinute,
  Resource,
  ResourceDetail,
  TrafficPoint,
  TrafficTally,
} from '@sluice/protocol';
import { type Heard, instancesTogether } from './heard.ts';

const openShown = 100;
const instancesShown = 500;
/** The parts of all calls that lie at or below the three quantiles that a tally tells, and above the one before. */
const parts = [
  ['p50Ms', 0.5],
  ['p90Ms', 0.4],
  ['p99Ms', 0.1],
] as const;
const asked = [
  ['p50Ms', 0.5],
  ['p90Ms', 0.9],
  ['p99Ms', 0.99],
] as const;

type Numbers = Omit<TrafficTally, 'blocked' | 'p50Ms' | 'p90Ms' | 'p99Ms'>;
const numbers: readonly (keyof Numbers)[] = [
  'passed',
  'wouldBlock',
  'success',
  'errors',
  'degraded',
  'injected',
  'active',
];

/** What several nodes counted of the same time, together. Their instances are different ones, so all of it adds up. */
export function mergedTally<T extends TrafficTally>(all: readonly T[]): TrafficTally {
  const [first] = all;
  if (all.length === 1) return first!;
  const blocked: TrafficTally['blocked'] = {};
  for (const tally of all)
    for (const [code, count] of Object.entries(tally.blocked) as [keyof typeof blocked, number][])
      blocked[code] = (blocked[code] ?? 0) + count;
  const sums = Object.fromEntries(
    numbers.map((field) => [field, all.reduce((sum, tally) => sum + tally[field], 0)]),
  ) as Numbers;
  return { ...sums, blocked, ...quantilesOf(all) };
}

/**
 * Quantiles of all calls from the quantiles of each part: the calls of a part between two of its quantiles are taken to
 * have lasted as long as the upper one, so the result may be too high and lies between those of the parts.
 */
function quantilesOf(all: readonly TrafficTally[]): Pick<TrafficTally, 'p50Ms' | 'p90Ms' | 'p99Ms'> {
  const masses = all.flatMap((tally) =>
    parts.flatMap(([field, share]) => {
      const ms = tally[field];
      return ms === undefined ? [] : [{ ms, calls: share * Math.max(1, tally.success + tally.errors) }];
    }),
  );
  if (masses.length === 0) return {};
  masses.sort((a, b) => a.ms - b.ms);
  const total = masses.reduce((sum, { calls }) => sum + calls, 0);
  const found: { p50Ms?: number; p90Ms?: number; p99Ms?: number } = {};
  for (const [field, share] of asked) {
    let left = share * total - 1e-9;
    const mass = masses.find(({ calls }) => {
      left -= calls;
      return left <= 0;
    });
    found[field] = (mass ?? masses.at(-1)!).ms;
  }
  return found;
}

/** Charts of several nodes, as one: a step that any of them knows of is known. */
export function mergedPoints(charts: readonly (readonly TrafficPoint[])[]): TrafficPoint[] {
  const told = charts.filter((points) => points.length > 0);
  if (told.length <= 1) return [...(told[0] ?? [])];
  const sum = (points: readonly TrafficPoint[], field: 'instances' | 'lost' | 'opened'): number =>
    points.reduce((total, point) => total + point[field], 0);
  return [...Map.groupBy(told.flat(), ({ at }) => at)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([at, points]) => ({
      at,
      ...mergedTally(points),
      instances: sum(points, 'instances'),
      lost: sum(points, 'lost'),
      opened: sum(points, 'opened'),
    }));
}

/** The last minute of several nodes; what is known of it begins with the first that knows anything. */
export const mergedMinute = (minutes: readonly LastMinute[]): LastMinute => ({
  ...mergedTally(minutes),
  instances: minutes.reduce((sum, { instances }) => sum + instances, 0),
  seconds: Math.max(...minutes.map(({ seconds }) => seconds)),
});

/** Breakers as the instances of several nodes see them. */
export function mergedBreakers(all: readonly (readonly BreakerNow[])[]): BreakerNow[] {
  const byRule = Map.groupBy(all.flat(), ({ rule }) => rule);
  return [...byRule].map(([rule, those]) => {
    const states: BreakerNow['states'] = {};
    for (const each of those)
      for (const [state, count] of Object.entries(each.states) as [keyof typeof states, number][])
        states[state] = (states[state] ?? 0) + count;
    return { rule, states, instances: those.flatMap(({ instances }) => instances).slice(0, openShown) };
  });
}

/** One resource as several nodes know it. */
export function mergedResource(all: readonly Resource[]): Resource {
  const [first] = all as readonly [Resource];
  if (all.length === 1) return first;
  const minutes = all.flatMap(({ minute }) => (minute ? [minute] : []));
  return {
    resource: first.resource,
    type: first.type,
    firstSeenAt: all.map(({ firstSeenAt }) => firstSeenAt).sort()[0]!,
    lastSeenAt: all
      .map(({ lastSeenAt }) => lastSeenAt)
      .sort()
      .at(-1)!,
    ...(minutes.length > 0 && { minute: mergedMinute(minutes) }),
    breakers: mergedBreakers(all.map(({ breakers }) => breakers)),
  };
}

/** With the instances of all nodes: two of them may have known of the same, one after the other. */
export function withInstances<T extends { readonly minute?: Resource['minute'] }>(
  told: T,
  heard: readonly Heard[],
): T {
  if (!told.minute || heard.length === 1) return told;
  // Right after a start of all nodes nothing is settled yet.
  const instances = instancesTogether(heard) || told.minute.instances;
  return { ...told, minute: { ...told.minute, instances } };
}

/** The same with what its instances and its rules did. */
export function mergedDetail(all: readonly ResourceDetail[]): ResourceDetail {
  const [first] = all as readonly [ResourceDetail];
  if (all.length === 1) return first;
  const rules = new Map<string, ResourceDetail['rules'][number]>();
  for (const { rule, blocked, wouldBlock } of all.flatMap((each) => each.rules)) {
    const sum = rules.get(rule) ?? { rule, blocked: 0, wouldBlock: 0 };
    rules.set(rule, { rule, blocked: sum.blocked + blocked, wouldBlock: sum.wouldBlock + wouldBlock });
  }
  const calls = ({ passed, blocked }: TrafficTally): number =>
    passed + Object.values(blocked).reduce((sum, each) => sum + each, 0);
  return {
    ...mergedResource(all),
    // One that went from node to node has told each of them a part.
    instances: [
      ...Map.groupBy(
        all.flatMap(({ instances }) => instances),
        ({ instanceId }) => instanceId,
      ),
    ]
      .map(([instanceId, told]) => ({
        instanceId,
        ...mergedTally(told),
        breakers: told.flatMap(({ breakers }) => breakers),
      }))
      .sort((a, b) => calls(b) - calls(a))
      .slice(0, instancesShown),
    rules: [...rules.values()].sort((a, b) => b.blocked - a.blocked || b.wouldBlock - a.wouldBlock),
  };
}
