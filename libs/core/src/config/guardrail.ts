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
  /** Calls that a drill broke on purpose: with any of these, the others say nothing of a push. */
  readonly injected: number;
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

/**
 * Standard errors that no chance explains, when so many pairs are compared in each window: of one pair, chance brings
 * about one window in a thousand, and two in a row once in a million; of many, together not more than of one.
 */
export const sureZ = (pairs: number): number => Math.sqrt(9 + 2 * Math.log(Math.max(1, pairs)));

/** Slow calls below which a p99 says nothing. */
const fewSlow = 5;

/** One measure on both sides. */
export interface Comparison {
  readonly cohort: number;
  readonly rest: number;
  /** From here on the cohort is over its margin. */
  readonly limit: number;
  /** The cohort exceeds the margin by ratio and by floor, and by more than chance explains. */
  readonly isOver: boolean;
}

/** How sides are compared. */
interface CompareBy {
  readonly rule: Pick<GuardrailRule, 'minCalls' | 'margins'>;
  /** The upper bound of a latency bucket. */
  readonly boundMs: (bucket: number) => number;
  /** How many standard errors are more than chance: `sureZ`. */
  readonly z: number;
}

type Compare = (by: CompareBy, cohort: SideWindow, rest: SideWindow) => Comparison | undefined;

/**
 * Compares one measure of a cohort with that of the rest of the fleet in the same time; undefined where there is too
 * little on either side. A two-proportion z-test rules chance out; for openings of breakers the same on Poisson counts.
 * Where no rest is left, as in a step to everyone, give what the fleet was before the step.
 */
export const compareSides = (
  measure: GuardrailMeasure,
  by: CompareBy,
  cohort: SideWindow,
  rest: SideWindow,
): Comparison | undefined => compare[measure](by, cohort, rest);

/** What a measure is judged by on one side: calls for shares and times, instances for openings, answers for failures. */
export function basisOf(measure: GuardrailMeasure, side: SideWindow): number {
  switch (measure) {
    case 'errorRatio':
      return side.finished;
    case 'p99':
      return sum(side.latency);
    case 'blockShare':
      return side.asked;
    case 'breakerOpenings':
      return side.instances;
    case 'applyFailures':
      return side.answered;
  }
}

/** `count` of `of` calls, on both sides, each with enough of them. */
const callShares =
  (measure: 'errorRatio' | 'blockShare', count: 'errors' | 'blocked', of: 'finished' | 'asked'): Compare =>
  ({ rule: { margins, minCalls }, z }, cohort, rest) => {
    if (cohort[of] < minCalls || rest[of] < minCalls) return undefined;
    const [c, r] = [cohort[count] / cohort[of], rest[count] / rest[of]];
    const isSure = zOfShares(cohort[count], cohort[of], rest[count], rest[of]) >= z;
    return judged(c, r, margins[measure], isSure);
  };

const compare: Readonly<Record<GuardrailMeasure, Compare>> = {
  errorRatio: callShares('errorRatio', 'errors', 'finished'),
  blockShare: callShares('blockShare', 'blocked', 'asked'),

  p99({ rule: { margins, minCalls }, boundMs, z }, cohort, rest) {
    const [ofCohort, ofRest] = [sum(cohort.latency), sum(rest.latency)];
    if (ofCohort < minCalls || ofRest < minCalls) return undefined;
    const [c, r] = [boundMs(bucketOfP99(cohort.latency)), boundMs(bucketOfP99(rest.latency))];
    const limitMs = limitOf(r, margins.p99);
    const isSlow = (_: number, bucket: number): boolean => boundMs(bucket) >= limitMs;
    const [slow, slowRest] = [sum(cohort.latency.filter(isSlow)), sum(rest.latency.filter(isSlow))];
    const isSure = slow >= fewSlow && zOfShares(slow, ofCohort, slowRest, ofRest) >= z;
    return judged(c, r, margins.p99, isSure);
  },

  breakerOpenings({ rule: { margins }, z }, cohort, rest) {
    if (cohort.instances === 0 || rest.instances === 0) return undefined;
    const [c, r] = [cohort.breakerOpenings / cohort.instances, rest.breakerOpenings / rest.instances];
    // Given all openings, how many of them are the cohort's is chance like drawing instances.
    const all = cohort.breakerOpenings + rest.breakerOpenings;
    const share = cohort.instances / (cohort.instances + rest.instances);
    const isSure = (cohort.breakerOpenings - all * share) / Math.sqrt(all * share * (1 - share)) >= z;
    return judged(c, r, margins.breakerOpenings, all > 0 && isSure);
  },

  applyFailures({ rule: { margins }, z }, cohort, rest) {
    if (cohort.answered === 0) return undefined;
    const c = cohort.applyFailures / cohort.answered;
    const r = rest.answered === 0 ? 0 : rest.applyFailures / rest.answered;
    // Mostly the rest was sent nothing: then there is no chance to rule out, a rejection is one.
    const isSure =
      rest.answered === 0 ||
      zOfShares(cohort.applyFailures, cohort.answered, rest.applyFailures, rest.answered) >= z;
    return judged(c, r, margins.applyFailures, isSure);
  },
};

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

const limitOf = (rest: number, { ratio, floor }: Margin): number => Math.max(rest * ratio, rest + floor);

function judged(cohort: number, rest: number, margin: Margin, isSure: boolean): Comparison {
  const isAbove = cohort >= rest * margin.ratio && cohort - rest >= margin.floor;
  return { cohort, rest, limit: limitOf(rest, margin), isOver: isSure && isAbove };
}

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
