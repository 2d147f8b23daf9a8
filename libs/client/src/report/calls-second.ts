import {
  type BlockCode,
  latencyBoundMs,
  type Outcome,
  type ResourceState,
  type ResourceType,
  type Tally,
} from '@sluice/core';

/** What the calls of one resource came to in a second. */
export interface ResourceCalls {
  readonly resource: string;
  readonly type: ResourceType;
  /** Let in. Together with the blocked ones, that is all that came. */
  readonly passed: number;
  readonly blocked: Readonly<Record<BlockCode, number>>;
  /** Passed, and would have been blocked by a rule in monitor mode. */
  readonly wouldBlock: number;
  /** Had to wait for their turn; `gaveUp` of these did not wait to the end. */
  readonly waited: number;
  readonly gaveUp: number;
  /** How those ended that ended in this second. */
  readonly success: number;
  readonly errors: number;
  readonly aborted: number;
  /** Blocked, and answered all the same. */
  readonly degraded: number;
  /** A fault was injected into them. */
  readonly injected: number;
  /** How those ended that a fault was injected into; `success`, `errors` and `aborted` count them too. */
  readonly injectedEnds: Readonly<Record<Outcome, number>>;
  /** Under way at the end of the second. */
  readonly active: number;
  /** How long the calls took that ended and were not aborted: a time below which they lay, and how many they were. */
  readonly durations: readonly (readonly [belowMs: number, calls: number])[];
  /** The sum of these durations. */
  readonly durationMs: number;
  /** What single rules blocked, or would have. */
  readonly rules: readonly { readonly rule: string; readonly blocked: number; readonly wouldBlock: number }[];
}

/** What the calls of this process came to in a second. Resources without calls are absent. */
export interface CallsSecond {
  readonly resources: readonly ResourceCalls[];
}

/** As programs in this process are told it. */
export function callsSecondOf(tallies: Iterable<readonly [ResourceState, Tally]>): CallsSecond {
  return { resources: Array.from(tallies, ([state, tally]) => resourceCallsOf(state, tally)) };
}

function resourceCallsOf({ name, type }: ResourceState, tally: Tally): ResourceCalls {
  const { error: errors, abort: aborted, latency, rules, ...rest } = tally;
  return {
    resource: name,
    type,
    ...rest,
    errors,
    aborted,
    durations: latency.flatMap((calls, bucket): [number, number][] =>
      calls > 0 ? [[latencyBoundMs(bucket), calls]] : [],
    ),
    rules: Array.from(rules, ([rule, counts]) => ({ rule, ...counts })),
  };
}
