import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { compileRules } from './compile.ts';
import type { Place } from './guard.ts';
import type { InSteps } from './in-steps.ts';
import type { ClusterShare, ReplayCall } from './replay-run.ts';
import { placeOf } from './world.ts';

/** Calls that are counted together. */
interface Demand {
  readonly at: Place;
  /** The rules that are about them. */
  readonly rules: readonly string[];
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
export function* clusterShares(
  calls: readonly ReplayCall[],
  rules: Rules,
  sampledBy: (instance: string | undefined) => number = () => 1,
): InSteps<(instance: string | undefined) => readonly ClusterShare[]> {
  const shared = Object.fromEntries(Object.entries(rules).filter(([, rule]) => isCluster(rule)));
  if (Object.keys(shared).length === 0) return () => none;
  const set = compileRules(shared, 0, 0);
  const byPlace = new Map<string, Demand>();
  const byInstance = new Map<string | undefined, Set<Demand>>();
  const totals = new Map<string, number>();
  for (const { resource, type, instance } of calls) {
    const place = placeOf(type, resource);
    let demand = byPlace.get(place);
    if (!demand) {
      const about = set.rulesOf(resource, type).map(({ id }) => id);
      demand = { at: { resource, type }, rules: about, byInstance: new Map(), total: 0 };
      byPlace.set(place, demand);
      yield undefined;
    }
    demand.byInstance.set(instance, (demand.byInstance.get(instance) ?? 0) + 1);
    demand.total += sampledBy(instance);
    const own = byInstance.get(instance);
    if (own) own.add(demand);
    else byInstance.set(instance, new Set([demand]));
  }
  for (const { rules: about, total } of byPlace.values()) {
    for (const rule of about) totals.set(rule, (totals.get(rule) ?? 0) + total);
    yield undefined;
  }
  return (instance) => {
    const shares: ClusterShare[] = [];
    // Resources of a guard that are one too many count together, under no name of a call.
    const anywhere = new Map<string, number>();
    for (const demand of byInstance.get(instance) ?? []) {
      const count = demand.byInstance.get(instance)!;
      for (const rule of demand.rules) {
        const limit = shareOf(shared[rule] as LimitRule, count / demand.total);
        shares.push({ rule, at: demand.at, limit });
        anywhere.set(rule, (anywhere.get(rule) ?? 0) + count);
      }
    }
    for (const [rule, count] of anywhere)
      shares.push({
        rule,
        at: undefined,
        limit: shareOf(shared[rule] as LimitRule, count / totals.get(rule)!),
      });
    return shares;
  };
}

/** Permits are whole, and each instance has one at least. */
function shareOf(rule: LimitRule, part: number): number {
  const share = limitOf(rule) * part;
  return rule.algorithm === 'concurrency' ? Math.max(1, Math.round(share)) : share;
}
