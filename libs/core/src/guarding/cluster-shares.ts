import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { compileRules } from './compile.ts';
import type { ReplayCall } from './replay-run.ts';

const none: ReadonlyMap<string, number> = new Map();

/** The limit of a limit rule; of one that counts calls under way, how many. */
export const limitOf = (rule: LimitRule): number =>
  rule.algorithm === 'concurrency' ? rule.max : rule.limit;

const isCluster = (rule: Rule): rule is LimitRule => rule.kind === 'limit' && rule.scope === 'cluster';

/**
 * What of each cluster limit an instance would have been leased: its share of the calls that the rule is about, over
 * the whole recording. Live shares follow the demand twice a second.
 */
export function clusterShares(
  calls: readonly ReplayCall[],
  rules: Rules,
): (instance: string | undefined) => ReadonlyMap<string, number> {
  const shared = Object.fromEntries(Object.entries(rules).filter(([, rule]) => isCluster(rule)));
  if (Object.keys(shared).length === 0) return () => none;
  const set = compileRules(shared, 0, 0);
  const demand = new Map<string, Map<string | undefined, number>>();
  const ids = new Map<string, readonly string[]>();
  for (const { resource, type, instance } of calls) {
    const address = `${type} ${resource}`;
    const about = ids.get(address) ?? set.rulesOf(resource, type).map(({ id }) => id);
    ids.set(address, about);
    for (const id of about) {
      const byInstance = demand.get(id) ?? new Map<string | undefined, number>();
      demand.set(id, byInstance.set(instance, (byInstance.get(instance) ?? 0) + 1));
    }
  }
  return (instance) => {
    const shares = new Map<string, number>();
    for (const [id, byInstance] of demand) {
      const total = [...byInstance.values()].reduce((sum, each) => sum + each, 0);
      const rule = shared[id] as LimitRule;
      shares.set(id, (limitOf(rule) * (byInstance.get(instance) ?? 0)) / total);
    }
    return shares;
  };
}
