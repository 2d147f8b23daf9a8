import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule } from '../model/rule.ts';
import { limitOf } from './cluster-shares.ts';
import { blockedBy, type PredictOptions, prepared, shareOf } from './predict.ts';
import type { ReplayCall } from './replay-run.ts';

/** A limit, and the share of calls that it blocks. */
export interface LimitShare {
  readonly field: 'limit' | 'max';
  readonly value: number;
  readonly share: number;
}

/**
 * Looks for the smallest limit, to three digits, that keeps the share of blocked calls at or below `targetShare`.
 * Each step is a replay and yields, so that others get their turn; it returns undefined for a rule that is no limit,
 * for no calls, and where no limit is enough.
 */
export function* smallestLimit(
  rule: Rule,
  calls: readonly ReplayCall[],
  targetShare: number,
  options: PredictOptions,
): Generator<undefined, LimitShare | undefined> {
  if (rule.kind !== 'limit') return undefined;
  const { inForce, concerned, counted } = prepared(rule, calls, options.wallOffsetMs);
  if (counted.length === 0) return undefined;
  const shareAt = (value: number): number => {
    const blocked = blockedBy(withLimit(inForce as LimitRule, value), counted, options);
    return shareOf((index) => blocked[index] === 1, concerned, options);
  };
  const field = rule.algorithm === 'concurrency' ? 'max' : 'limit';
  const isWhole = field === 'max';
  let low = 0;
  let high = Math.max(1, limitOf(rule));
  let share = shareAt(high);
  while (share > targetShare) {
    yield undefined;
    // More than all calls at once is enough for any limit; overrides may keep it from ever being.
    if (high > 10 * counted.length + limitOf(rule)) return undefined;
    low = high;
    high = Math.ceil(high * 2);
    share = shareAt(high);
  }
  while (high - low > (isWhole || high > 1000 ? Math.max(1, high / 1000) : high / 1000)) {
    yield undefined;
    const middle = isWhole || high > 10 ? Math.floor((low + high) / 2) : (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const found = shareAt(middle);
    if (found <= targetShare) [high, share] = [middle, found];
    else low = middle;
  }
  return { field, value: Number(high.toPrecision(isWhole ? 9 : 6)), share };
}

/** The same rule under another limit. */
function withLimit(rule: LimitRule, value: number): LimitRule {
  return rule.algorithm === 'concurrency' ? { ...rule, max: value } : { ...rule, limit: value };
}
