import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { compileRules } from './compile.ts';
import type { Place } from './guard.ts';
import type { ClusterShare, ReplayCall } from './replay-run.ts';
import { placeOf } from './world.ts';

/** Calls of one rule that are counted together. */
interface Demand {
  readonly rule: string;
  readonly at: Place | undefined;
  readonly byInstance: Map<string | undefined, number>;
  /** Of all instances, with those calls that weren't recorded. */
  total: number;
}

const none: readonly ClusterShare[] = Object.freeze([]);

/** The limit of a limit rule; of one that counts calls under way, how many. */
export const limitOf = (rule: LimitRule): number =>
  rule.algorithm === 'concurrency' ? rule.max : rule.limit;

const isCluster = (rule: Rule): rule is LimitRule => rule.kind === 'limit' && rule.scope === 'cluster';

/**
 * What of each cluster limit an instance would have been leased: at each resource its share of the calls that came
 * there, over the whole recording. Live shares follow the demand twice a second. One call of an instance stands for
 * `sampledBy` of all, and its share is as much less.
 */
export function clusterShares(
  calls: readonly ReplayCall[],
  rules: Rules,
  sampledBy: (instance: string | undefined) => number = () => 1,
): (instance: string | undefined) => readonly ClusterShare[] {
  const shared = Object.fromEntries(Object.entries(rules).filter(([, rule]) => isCluster(rule)));
  if (Object.keys(shared).length === 0) return () => none;
  const set = compileRules(shared, 0, 0);
  // Resources of a guard that are one too many count together, under no name of a call.
  const anywhere = new Map(Object.keys(shared).map((rule) => [rule, demandOf(rule, undefined)]));
  const demandsAt = (at: Place): readonly Demand[] =>
    set.rulesOf(at.resource, at.type).flatMap(({ id }) => [anywhere.get(id)!, demandOf(id, at)]);
  const byPlace = new Map<string, readonly Demand[]>();
  for (const { resource, type, instance } of calls) {
    const place = placeOf(type, resource);
    const demands = byPlace.get(place) ?? demandsAt({ resource, type });
    byPlace.set(place, demands);
    for (const demand of demands) {
      demand.byInstance.set(instance, (demand.byInstance.get(instance) ?? 0) + 1);
      demand.total += sampledBy(instance);
    }
  }
  const all = [...new Set([...byPlace.values()].flat())];
  return (instance) =>
    all.flatMap(({ rule, at, byInstance, total }) => {
      const own = byInstance.get(instance);
      return own === undefined ? [] : [{ rule, at, limit: shareOf(shared[rule] as LimitRule, own / total) }];
    });
}

const demandOf = (rule: string, at: Place | undefined): Demand => ({
  rule,
  at,
  byInstance: new Map(),
  total: 0,
});

/** Permits are whole, and each instance has one at least. */
function shareOf(rule: LimitRule, part: number): number {
  const share = limitOf(rule) * part;
  return rule.algorithm === 'concurrency' ? Math.max(1, Math.round(share)) : share;
}
