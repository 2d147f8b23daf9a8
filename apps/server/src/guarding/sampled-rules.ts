import type { LimitKey, LimitRule, Rule, Rules } from '@sluice/core';

/**
 * A rule for a recording of one call in `sampledBy`: what counts calls counts that many less. Times stay as they are,
 * those in a queue too: its places are as many less as there are calls for them. So do rules that look at each call by
 * itself, and how many keys are remembered: a sample has fewer calls of each key, not fewer keys.
 */
export function sampledRule(rule: Rule, sampledBy: number): Rule {
  if (sampledBy <= 1.001) return rule;
  if (rule.kind === 'limit') return sampledLimit(rule, sampledBy);
  if (rule.kind === 'breaker')
    return {
      ...rule,
      minCalls: wholePart(rule.minCalls, sampledBy),
      ...(rule.strategy === 'errorCount' && { threshold: wholePart(rule.threshold, sampledBy) }),
    } as Rule;
  return rule;
}

export const sampledRules = (rules: Rules, sampledBy: number): Rules =>
  Object.fromEntries(Object.entries(rules).map(([id, rule]) => [id, sampledRule(rule, sampledBy)]));

function sampledLimit(rule: LimitRule, sampledBy: number): LimitRule {
  const isWhole = rule.algorithm === 'concurrency';
  const whole = (count: number): number => wholePart(count, sampledBy);
  const part = (count: number): number => (isWhole ? whole(count) : count / sampledBy);
  const keyed = rule.per && { per: sampledKey(rule.per, part) };
  switch (rule.algorithm) {
    case 'concurrency':
      return { ...rule, ...keyed, max: part(rule.max), ...(rule.queue && { queue: whole(rule.queue) }) };
    case 'leakyBucket':
      return {
        ...rule,
        ...keyed,
        limit: part(rule.limit),
        ...(rule.maxQueueLength && { maxQueueLength: whole(rule.maxQueueLength) }),
      };
    case 'tokenBucket':
      return { ...rule, ...keyed, limit: part(rule.limit), ...(rule.burst && { burst: part(rule.burst) }) };
    default:
      return { ...rule, ...keyed, limit: part(rule.limit) };
  }
}

/** All calls of a key are as rare in the recording as those of the others, so its own limit is lowered by as much. */
function sampledKey(per: LimitKey, part: (count: number) => number): LimitKey {
  if (per.by === 'instance' || per.overrides === undefined) return per;
  const overrides = Object.fromEntries(Object.entries(per.overrides).map(([key, own]) => [key, part(own)]));
  return { ...per, overrides };
}

const wholePart = (count: number, sampledBy: number): number => Math.max(1, Math.round(count / sampledBy));
