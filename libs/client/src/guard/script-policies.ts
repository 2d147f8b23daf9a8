import type { BreakerRule, Rule } from '@sluice/core';
import type { Policy, PolicySetting } from '@sluice/scripts';

type Adjust = (ruleId: string, value: number | undefined) => void;
type RuleOf = (ruleId: string) => Rule | undefined;

/**
 * What policies set now, and the rules told of it. Where several set the same rule, the one whose id comes last counts.
 * A policy that has failed and is to block lets nothing through the limits that it had set.
 */
export class PolicySettingsInForce {
  readonly #adjust: Adjust;
  readonly #ruleOf: RuleOf;
  readonly #settings = new Map<string, ReadonlyMap<string, PolicySetting>>();
  #told: ReadonlySet<string> = new Set();

  constructor(adjust: Adjust, ruleOf: RuleOf) {
    this.#adjust = adjust;
    this.#ruleOf = ruleOf;
  }

  /** Undefined: it sets nothing now. */
  set(policyId: string, policy: Pick<Policy, 'settings' | 'blocks'> | undefined): void {
    const before = this.#settings.get(policyId);
    if (!policy) this.#settings.delete(policyId);
    else if (policy.blocks)
      this.#settings.set(policyId, new Map([...(before ?? [])].map(([id, each]) => [id, shut(each)])));
    else this.#settings.set(policyId, byRuleId(policyId, policy.settings));
    this.again();
  }

  forget(policyId: string): void {
    if (this.#settings.delete(policyId)) this.again();
  }

  clear(): void {
    this.#settings.clear();
    this.again();
  }

  /** Tells all of it once more: rules that are new don't know yet, and some may be other ones now. */
  again(): void {
    const all = new Map<string, number>();
    for (const policyId of [...this.#settings.keys()].sort())
      for (const [ruleId, setting] of this.#settings.get(policyId)!)
        if (fits(setting, this.#ruleOf(ruleId))) all.set(ruleId, numberOf(setting));
    for (const ruleId of this.#told) if (!all.has(ruleId)) this.#adjust(ruleId, undefined);
    for (const [ruleId, value] of all) this.#adjust(ruleId, value);
    this.#told = new Set(all.keys());
  }
}

/** What a policy sets that its rule can't obey, in a few words. Rules that aren't there are nobody's mistake. */
export function misfitOf(policyId: string, settings: Policy['settings'], ruleOf: RuleOf): string | undefined {
  for (const [id, setting] of byRuleId(policyId, settings)) {
    const rule = ruleOf(id);
    if (!fits(setting, rule)) return `${id}: ${JSON.stringify(setting)}, it takes ${takenBy(rule!)}`;
  }
  return undefined;
}

/** A threshold for a limit, or 50 where 0.5 was meant, would switch a protection off without a word. */
function fits(setting: PolicySetting, rule: Rule | undefined): boolean {
  if (rule === undefined) return true;
  if (rule.kind === 'breaker') return 'threshold' in setting && (!isByRatio(rule) || setting.threshold <= 1);
  return rule.kind === 'limit' && !('threshold' in setting);
}

function takenBy(rule: Rule): string {
  if (rule.kind === 'breaker') return isByRatio(rule) ? '{ threshold } from 0 to 1' : '{ threshold }';
  if (rule.kind !== 'limit') return 'nothing';
  return rule.algorithm === 'concurrency' ? '{ max }' : '{ limit }';
}

const isByRatio = ({ strategy }: BreakerRule): boolean =>
  strategy === 'errorRatio' || strategy === 'slowCallRatio';

/** By `namespace/key`; a key alone is of the policy's own namespace. */
function byRuleId(policyId: string, settings: Policy['settings']): ReadonlyMap<string, PolicySetting> {
  const namespace = policyId.slice(0, policyId.indexOf('/') + 1);
  return new Map(
    Object.entries(settings).map(([id, setting]) => [id.includes('/') ? id : `${namespace}${id}`, setting]),
  );
}

function numberOf(setting: PolicySetting): number {
  if ('limit' in setting) return setting.limit;
  return 'max' in setting ? setting.max : setting.threshold;
}

function shut(setting: PolicySetting): PolicySetting {
  if ('limit' in setting) return { limit: 0 };
  return 'max' in setting ? { max: 0 } : { threshold: 0 };
}
