import type { Rule, Rules } from '@sluice/core';

/**
 * A rule for a recording of one call in `sampledBy`: what counts calls counts that many less. Rules that look at each
 * call by itself stay as they are.
 */
export function sampledRule(rule: Rule, sampledBy: number): Rule {
  if (sampledBy <= 1.001) return rule;
  if (rule.kind === 'limit')
    return rule.algorithm === 'concurrency'
      ? { ...rule, max: Math.max(1, Math.round(rule.max / sampledBy)) }
      : { ...rule, limit: rule.limit / sampledBy };
  if (rule.kind === 'breaker')
    return {
      ...rule,
      minCalls: Math.max(1, Math.round(rule.minCalls / sampledBy)),
      ...(rule.strategy === 'errorCount' && {
        threshold: Math.max(1, Math.round(rule.threshold / sampledBy)),
      }),
    } as Rule;
  return rule;
}

export const sampledRules = (rules: Rules, sampledBy: number): Rules =>
  Object.fromEntries(Object.entries(rules).map(([id, rule]) => [id, sampledRule(rule, sampledBy)]));
