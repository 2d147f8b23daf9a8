import type { LimitRule } from '../model/limit-rule.ts';
import type { Rule } from '../model/rule.ts';
import { limitOf } from './cluster-shares.ts';
import type { InSteps } from './in-steps.ts';
import { blockedBy, type PredictOptions, prepared, shareOf } from './predict.ts';
import { type ReplayCall, wallOffsetOf } from './replay-run.ts';

/** A limit, and the share of calls that it blocks. */
export interface LimitShare {
  readonly field: 'limit' | 'max';
  readonly value: number;
  readonly share: number;
}

/** Limits that are as near to each other as this count as one. */
const nearEnough = 1.001;
const digits = 4;
/** Above it a limit has no fraction, for the sake of who reads it. */
const mostFractional = 10;
/** What a rule may have. */
const most = { limit: 1e9, max: 1e6 } as const;

/**
 * Looks for the smallest limit, to three digits, that keeps the share of blocked calls at or below `targetShare`; where
 * any limit does, it is the one below which the calls don't tell limits apart. It takes at most twenty replays, in
 * short steps, so that others get their turn. It returns undefined for a rule that is no limit, for no calls, and where
 * no limit is enough.
 */
export function* smallestLimit(
  rule: Rule,
  calls: readonly ReplayCall[],
  targetShare: number,
  options: PredictOptions,
): InSteps<LimitShare | undefined> {
  if (rule.kind !== 'limit') return undefined;
  const { inForce, concerned, counted } = yield* prepared(rule, calls, options.wallOffsetMs);
  if (counted.length === 0) return undefined;
  const field = rule.algorithm === 'concurrency' ? 'max' : 'limit';
  const at = function* (value: number): InSteps<LimitShare> {
    const blocked = yield* blockedBy(withLimit(inForce as LimitRule, value), counted, options);
    return { field, value, share: shareOf((index) => blocked[index] === 1, concerned, options) };
  };
  let low = leastLimit(rule, concerned, options);
  const least = yield* at(low);
  if (least.share <= targetShare) return least;
  let found = yield* at(Math.max(low, Math.min(most[field], enoughFor(rule, concerned, options))));
  // Overrides of single keys may keep every limit from being enough.
  if (found.share > targetShare) return undefined;
  while (found.value / low > nearEnough) {
    // Between limits of any size the middle is that of their ratio: it takes no longer where they are far apart.
    const middle = publishable(Math.sqrt(low * found.value), field);
    if (middle <= low || middle >= found.value) break;
    const tried = yield* at(middle);
    if (tried.share <= targetShare) found = tried;
    else low = middle;
  }
  return found;
}

/**
 * Below it all limits let the same calls go: a window and a bucket hold one call at least, and in the time of these
 * calls not one more comes back to the bucket. A call is as many as the recording kept one of.
 */
function leastLimit(
  rule: LimitRule,
  calls: readonly ReplayCall[],
  { sampledBy, wallOffsetMs }: PredictOptions,
) {
  const calledBy = sampledBy?.(undefined) ?? 1;
  if (rule.algorithm === 'concurrency' || rule.algorithm === 'slidingWindow') return Math.ceil(calledBy);
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const call of calls) {
    const wallMs = call.atMs + wallOffsetOf(wallOffsetMs, call);
    firstMs = Math.min(firstMs, wallMs);
    lastMs = Math.max(lastMs, wallMs);
  }
  const intervalMs = rule.algorithm === 'warmUp' ? 1000 : rule.intervalMs;
  return publishable(calledBy * Math.min(1, intervalMs / (lastMs - firstMs)), 'limit');
}

/** More than all calls at once is enough for any limit, and so is what the rule has. */
function enoughFor(rule: LimitRule, calls: readonly ReplayCall[], { sampledBy }: PredictOptions): number {
  const all = calls.reduce((sum, { instance }) => sum + (sampledBy?.(instance) ?? 1), 0);
  return Math.max(limitOf(rule), Math.ceil(10 * all));
}

function publishable(value: number, field: LimitShare['field']): number {
  const isWhole = field === 'max' || value > mostFractional;
  return Number((isWhole ? Math.round(value) : value).toPrecision(digits));
}

/** The same rule under another limit. */
function withLimit(rule: LimitRule, value: number): LimitRule {
  return rule.algorithm === 'concurrency' ? { ...rule, max: value } : { ...rule, limit: value };
}
