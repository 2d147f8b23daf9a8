import type { ErrorText } from '../errors/error-code.ts';
import { refuse } from '../errors/refusal.ts';
import type { Health } from './step-gate.ts';

/** What some instances came to in one window of time, added up. */
export interface SideWindow {
  readonly instances: number;
  /** Calls that ended well or in an error. */
  readonly finished: number;
  /** Of these, those in an error. */
  readonly errors: number;
  /** Calls that came in, and those of them that a rule blocked. */
  readonly asked: number;
  readonly blocked: number;
  /** Calls per latency bucket; a bucket's bound grows with its index. */
  readonly latency: readonly number[];
  /** How often a breaker opened. */
  readonly breakerOpenings: number;
  /** Deliveries that were answered, and those that were rejected or failed. */
  readonly answered: number;
  readonly applyFailures: number;
}

/** How much worse the cohort may be: both at least `ratio` times the rest, and above it by at least `floor`. */
export interface Margin {
  readonly ratio: number;
  readonly floor: number;
}

export const guardrailMeasures = [
  'errorRatio',
  'p99',
  'blockShare',
  'breakerOpenings',
  'applyFailures',
] as const;
export type GuardrailMeasure = (typeof guardrailMeasures)[number];

export interface GuardrailRule {
  /** On each side, below which calls are too few to judge by. */
  readonly minCalls: number;
  /** How many windows in a row must be over a margin. */
  readonly windows: number;
  /** Floors: shares from 0 to 1, ms for `p99`, openings per instance for `breakerOpenings`. */
  readonly margins: Readonly<Record<GuardrailMeasure, Margin>>;
}

/** Unless said otherwise. With windows of 5 s, a bad value is halted 10 s after it took effect. */
export const guardrailDefaults: GuardrailRule = {
  minCalls: 100,
  windows: 2,
  margins: {
    errorRatio: { ratio: 2, floor: 0.05 },
    p99: { ratio: 1.5, floor: 50 },
    blockShare: { ratio: 2, floor: 0.05 },
    breakerOpenings: { ratio: 2, floor: 0.5 },
    applyFailures: { ratio: 2, floor: 0.1 },
  },
};

/** For each measure, how many windows in a row the cohort has been over its margin. Begin with nothing. */
export type Streaks = Readonly<Partial<Record<GuardrailMeasure, number>>>;

/** One measure that is over its margin, on both sides. */
export interface Excess {
  readonly measure: GuardrailMeasure;
  readonly cohort: number;
  readonly rest: number;
  /** Windows in a row, this one counted. */
  readonly windows: number;
}

export interface GuardrailTurn {
  readonly health: Health;
  /** Everything over its margin in this window, also while it isn't a breach yet. */
  readonly excesses: readonly Excess[];
  readonly streaks: Streaks;
}

/** Standard errors that no chance explains: it brings about one window in a thousand, and two in a row once in a million. */
const sureZ = 3;
/** Slow calls below which a p99 says nothing. */
const fewSlow = 5;

/**
 * Judges one window of a cohort against the rest of the fleet in the same window. A measure is over when it exceeds the
 * margin by ratio and by floor, has enough to judge by on both sides, and is more than chance explains (two-proportion
 * z-test; for openings of breakers the same on Poisson counts). Over for `windows` windows in a row is `breached`.
 * A window in which a measure has too little traffic is passed over: it neither adds to a streak nor ends it.
 *
 * `healthy` needs enough calls on both sides and nothing over; everything else is `unknown`, which holds a step. Where
 * no rest is left, as in a step to everyone, give the fleet's last window before the step as `rest`.
 *
 * `boundMs` gives the upper bound of a latency bucket.
 */
export function judgeWindow(
  rule: GuardrailRule,
  streaks: Streaks,
  cohort: SideWindow,
  rest: SideWindow,
  boundMs: (bucket: number) => number,
): GuardrailTurn {
  const next: Partial<Record<GuardrailMeasure, number>> = {};
  const excesses: Excess[] = [];
  for (const measure of guardrailMeasures) {
    const found = compare[measure](rule, cohort, rest, boundMs);
    const before = streaks[measure] ?? 0;
    const windows = found === undefined ? before : found.isOver ? before + 1 : 0;
    if (windows > 0) next[measure] = windows;
    if (found?.isOver) excesses.push({ measure, cohort: found.cohort, rest: found.rest, windows });
  }
  const isBreached = excesses.some((excess) => excess.windows >= rule.windows);
  const isKnown = [cohort, rest].every((side) => Math.min(side.finished, side.asked) >= rule.minCalls);
  const isCalm = isKnown && Object.keys(next).length === 0;
  return { health: isBreached ? 'breached' : isCalm ? 'healthy' : 'unknown', excesses, streaks: next };
}

interface Comparison {
  readonly cohort: number;
  readonly rest: number;
  readonly isOver: boolean;
}

/** Undefined where there is too little to compare. */
type Compare = (
  rule: GuardrailRule,
  cohort: SideWindow,
  rest: SideWindow,
  boundMs: (bucket: number) => number,
) => Comparison | undefined;

/** `count` of `of` calls, on both sides, each with enough of them. */
const callShares =
  (measure: 'errorRatio' | 'blockShare', count: 'errors' | 'blocked', of: 'finished' | 'asked'): Compare =>
  ({ margins, minCalls }, cohort, rest) => {
    if (cohort[of] < minCalls || rest[of] < minCalls) return undefined;
    const [c, r] = [cohort[count] / cohort[of], rest[count] / rest[of]];
    const isSure = zOfShares(cohort[count], cohort[of], rest[count], rest[of]) >= sureZ;
    return { cohort: c, rest: r, isOver: isSure && exceeds(c, r, margins[measure]) };
  };

const compare: Readonly<Record<GuardrailMeasure, Compare>> = {
  errorRatio: callShares('errorRatio', 'errors', 'finished'),
  blockShare: callShares('blockShare', 'blocked', 'asked'),

  p99({ margins, minCalls }, cohort, rest, boundMs) {
    const [ofCohort, ofRest] = [sum(cohort.latency), sum(rest.latency)];
    if (ofCohort < minCalls || ofRest < minCalls) return undefined;
    const [c, r] = [boundMs(bucketOfP99(cohort.latency)), boundMs(bucketOfP99(rest.latency))];
    const limitMs = Math.max(r * margins.p99.ratio, r + margins.p99.floor);
    const isSlow = (_: number, bucket: number): boolean => boundMs(bucket) >= limitMs;
    const [slow, slowRest] = [sum(cohort.latency.filter(isSlow)), sum(rest.latency.filter(isSlow))];
    const isSure = slow >= fewSlow && zOfShares(slow, ofCohort, slowRest, ofRest) >= sureZ;
    return { cohort: c, rest: r, isOver: isSure && exceeds(c, r, margins.p99) };
  },

  breakerOpenings({ margins }, cohort, rest) {
    if (cohort.instances === 0 || rest.instances === 0) return undefined;
    const [c, r] = [cohort.breakerOpenings / cohort.instances, rest.breakerOpenings / rest.instances];
    // Given all openings, how many of them are the cohort's is chance like drawing instances.
    const all = cohort.breakerOpenings + rest.breakerOpenings;
    const share = cohort.instances / (cohort.instances + rest.instances);
    const isSure = (cohort.breakerOpenings - all * share) / Math.sqrt(all * share * (1 - share)) >= sureZ;
    return { cohort: c, rest: r, isOver: all > 0 && isSure && exceeds(c, r, margins.breakerOpenings) };
  },

  applyFailures({ margins }, cohort, rest) {
    if (cohort.answered === 0) return undefined;
    const c = cohort.applyFailures / cohort.answered;
    const r = rest.answered === 0 ? 0 : rest.applyFailures / rest.answered;
    // Mostly the rest was sent nothing: then there is no chance to rule out, a rejection is one.
    const isSure =
      rest.answered === 0 ||
      zOfShares(cohort.applyFailures, cohort.answered, rest.applyFailures, rest.answered) >= sureZ;
    return { cohort: c, rest: r, isOver: isSure && exceeds(c, r, margins.applyFailures) };
  },
};

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

const exceeds = (cohort: number, rest: number, { ratio, floor }: Margin): boolean =>
  cohort >= rest * ratio && cohort - rest >= floor;

/** How many standard errors `a` of `of` lies above `b` of `ofB`, were both the same share. */
function zOfShares(a: number, of: number, b: number, ofB: number): number {
  const pooled = (a + b) / (of + ofB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / ofB));
  return error === 0 ? 0 : (a / of - b / ofB) / error;
}

function bucketOfP99(latency: readonly number[]): number {
  const rank = Math.ceil(sum(latency) * 0.99);
  let seen = 0;
  return latency.findIndex((count) => {
    seen += count;
    return seen >= rank;
  });
}

const texts = {
  errorRatio: {
    en: 'errors: {cohort} % in the gray, {rest} % in the rest',
    zh: '错误率：灰度 {cohort}%，其余 {rest}%',
  },
  p99: {
    en: 'p99: {cohort} ms in the gray, {rest} ms in the rest',
    zh: 'p99：灰度 {cohort} 毫秒，其余 {rest} 毫秒',
  },
  blockShare: {
    en: 'blocked: {cohort} % in the gray, {rest} % in the rest',
    zh: '拦截率：灰度 {cohort}%，其余 {rest}%',
  },
  breakerOpenings: {
    en: 'breakers opened {cohort} times per instance in the gray, {rest} times in the rest',
    zh: '每个实例的熔断次数：灰度 {cohort}，其余 {rest}',
  },
  applyFailures: {
    en: '{cohort} % of the gray could not apply it',
    zh: '灰度中 {cohort}% 的实例应用失败',
  },
} as const satisfies Record<GuardrailMeasure, ErrorText>;

const isShare: ReadonlySet<GuardrailMeasure> = new Set(['errorRatio', 'blockShare', 'applyFailures']);

/** An excess in words of both languages, as the reason of a halt. */
export function excessText({ measure, cohort, rest }: Excess): ErrorText {
  const shown = (value: number): number => Math.round(isShare.has(measure) ? value * 1000 : value * 10) / 10;
  const { refusal } = refuse(texts, measure, { cohort: shown(cohort), rest: shown(rest) });
  return { en: refusal.en, zh: refusal.zh };
}
