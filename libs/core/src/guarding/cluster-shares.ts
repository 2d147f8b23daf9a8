import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { compileRules } from './compile.ts';
import type { Place } from './guard.ts';
import type { InSteps } from './in-steps.ts';
import type { ClusterShare, ReplayCall } from './replay-run.ts';
import { placeOf } from './world.ts';

/** How much there was to do: how many calls came, and how long they were under way, all together. */
interface Load {
  calls: number;
  busyMs: number;
}

/** Calls that are counted together. */
interface Demand {
  readonly at: Place;
  /** The rules that are about them. */
  readonly rules: readonly string[];
  readonly byInstance: Map<string | undefined, Load>;
  /** Of all instances, with those calls that weren't recorded. */
  readonly total: Load;
}

const noLoad = (): Load => ({ calls: 0, busyMs: 0 });

function add(load: Load, calls: number, busyMs: number): void {
  load.calls += calls;
  load.busyMs += busyMs;
}

const nothing = Object.freeze(noLoad());
const none: readonly ClusterShare[] = Object.freeze([]);

/** The limit of a limit rule; of one that counts calls under way, how many. */
export const limitOf = (rule: LimitRule): number =>
  rule.algorithm === 'concurrency' ? rule.max : rule.limit;

const isCluster = (rule: Rule): rule is LimitRule => rule.kind === 'limit' && rule.scope === 'cluster';

/**
 * What of each cluster limit an instance would have been leased: at each resource its share of the calls that came
 * there, or of the time in which calls were under way where these are limited, over the whole recording. Live shares
 * follow the demand twice a second. One call of an instance stands for `sampledBy` of all, and its share is as much
 * less; one whose end isn't known is taken to last `typicalMs`.
 */
export function* clusterShares(
  calls: readonly ReplayCall[],
  rules: Rules,
  sampledBy: (instance: string | undefined) => number = () => 1,
  typicalMs: (call: ReplayCall) => number = () => 0,
): InSteps<(instance: string | undefined) => readonly ClusterShare[]> {
  const shared = Object.fromEntries(Object.entries(rules).filter(([, rule]) => isCluster(rule)));
  if (Object.keys(shared).length === 0) return () => none;
  const set = compileRules(shared, 0, 0);
  const byPlace = new Map<string, Demand>();
  const byInstance = new Map<string | undefined, Set<Demand>>();
  const totals = new Map<string, Load>();
  for (const call of calls) {
    const { resource, type, instance } = call;
    const place = placeOf(type, resource);
    let demand = byPlace.get(place);
    if (!demand) {
      const about = set.rulesOf(resource, type).map(({ id }) => id);
      demand = { at: { resource, type }, rules: about, byInstance: new Map(), total: noLoad() };
      byPlace.set(place, demand);
      yield undefined;
    }
    const busyMs = call.durationMs ?? typicalMs(call);
    const times = sampledBy(instance);
    add(demand.total, times, busyMs * times);
    const load = demand.byInstance.get(instance);
    if (load) add(load, 1, busyMs);
    else demand.byInstance.set(instance, { calls: 1, busyMs });
    const own = byInstance.get(instance);
    if (own) own.add(demand);
    else byInstance.set(instance, new Set([demand]));
  }
  for (const { rules: about, total } of byPlace.values()) {
    for (const rule of about) totals.set(rule, sumOf(totals.get(rule), total));
    yield undefined;
  }
  return (instance) => {
    const shares: ClusterShare[] = [];
    // Resources of a guard that are one too many count together, under no name of a call.
    const anywhere = new Map<string, Load>();
    for (const demand of byInstance.get(instance) ?? []) {
      const load = demand.byInstance.get(instance)!;
      for (const rule of demand.rules) {
        const limit = shareOf(shared[rule] as LimitRule, load, demand.total);
        shares.push({ rule, at: demand.at, limit });
        anywhere.set(rule, sumOf(anywhere.get(rule), load));
      }
    }
    for (const [rule, load] of anywhere) {
      const limit = shareOf(shared[rule] as LimitRule, load, totals.get(rule)!);
      shares.push({ rule, at: undefined, limit });
    }
    return shares;
  };
}

const sumOf = (one: Load = nothing, other: Load): Load => ({
  calls: one.calls + other.calls,
  busyMs: one.busyMs + other.busyMs,
});

/** Permits are whole, and each instance has one at least. */
function shareOf(rule: LimitRule, own: Load, all: Load): number {
  if (rule.algorithm !== 'concurrency') return limitOf(rule) * (own.calls / all.calls);
  const part = all.busyMs > 0 ? own.busyMs / all.busyMs : own.calls / all.calls;
  return Math.max(1, Math.round(limitOf(rule) * part));
}
