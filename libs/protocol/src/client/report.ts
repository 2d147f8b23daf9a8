import { blockCodes, breakerStates, resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { json } from '../model/json.ts';
import { record } from '../model/record.ts';
import { reportedText, text } from '../model/text.ts';
import { agoMs } from './ago.ts';

/** No process has more calls in a second, and sums over all of them stay exact. */
const count = z.int().min(0).max(1e9);
/** The id of a rule everywhere outside of its namespace: `namespace/key`. */
export const ruleRef = text(260).min(3);

/** What calls through one resource came to in one second; nothing is said of a resource without calls. */
export const resourceSecond = z.object({
  resource: text(256).min(1),
  type: z.enum(resourceTypes),
  passed: count,
  /** By the code of the refusal; absent is 0. */
  blocked: z.partialRecord(z.enum(blockCodes), count),
  wouldBlock: count,
  success: count,
  errors: count,
  /** Refused calls that got an answer all the same. */
  degraded: count,
  /** Calls that a fault was injected into. */
  injected: count,
  /** Calls under way at its end. */
  active: count,
  /** `[bucket, calls]`; bounds by core's `latencyBoundMs`. */
  latency: z.array(z.tuple([z.int().min(0).max(123), count])).max(124),
  /** What single rules refused, or would have refused. */
  rules: z.array(z.object({ rule: ruleRef, blocked: count, wouldBlock: count })).max(200),
});
export type ResourceSecond = z.infer<typeof resourceSecond>;

/** A breaker that changed its state. */
export const breakerTurn = z.object({
  rule: ruleRef,
  resource: text(256).min(1),
  type: z.enum(resourceTypes),
  from: z.enum(breakerStates),
  to: z.enum(breakerStates),
  reason: reportedText(200),
  /** How long ago, when the report was sent. */
  agoMs,
});
export type BreakerTurn = z.infer<typeof breakerTurn>;

/** `args[100].` before the longest way into an argument that a rule may name. */
const longestInput = 266;

/** One sampled decision with the inputs that rules declare, for replay. Reported once the call has ended. */
export const recordedCall = z.object({
  agoMs,
  /** When it came in, on the clock of the instance's calls, unrounded: what makes a replay exact. */
  atMs: z.number().min(0).max(1e13).optional(),
  /** Whether it could have waited, as a synchronous call can't; absent: it could not. */
  mayWait: z.boolean().optional(),
  resource: text(256).min(1),
  type: z.enum(resourceTypes),
  /** What rules look at: `origin`, `ip`, `header:x-tier` ... as text, at most 20. */
  inputs: record(text(longestInput), json),
  verdict: z.enum(['pass', 'block', 'wouldBlock']),
  outcome: z.enum(['success', 'error', 'abort']).optional(),
  durationMs: z.number().min(0).optional(),
  rules: z.array(ruleRef).max(20),
});
export type RecordedCall = z.infer<typeof recordedCall>;

/** How much of a limit of the whole cluster an instance wants: calls that came in since the last report. */
export const leaseWish = z.object({
  rule: ruleRef,
  resource: text(256).min(1),
  type: z.enum(resourceTypes),
  calls: count,
  /** Of a limit of calls under way: how many would be if none were refused; how many are, where it has no keys. */
  wanted: z.number().min(0).max(1e9).optional(),
  underWay: count.optional(),
});
export type LeaseWish = z.infer<typeof leaseWish>;

/** What an instance tells of its calls: each second while there are any, every 500 ms while it obeys a cluster limit. */
export const report = z.object({
  /** Counts up from 1 for each process, so that a lost report is known to be missing. */
  sequence: z.int().positive(),
  /** Seconds, oldest first; `agoMs` from the end of the second to the sending. */
  seconds: z.array(z.object({ agoMs, resources: z.array(resourceSecond).max(2100) })).max(60),
  breakers: z.array(breakerTurn).max(1000).default([]),
  /** Every breaker that is not closed now. */
  open: z
    .array(
      z.object({
        rule: ruleRef,
        resource: text(256),
        type: z.enum(resourceTypes),
        state: z.enum(breakerStates),
      }),
    )
    .max(1000)
    .default([]),
  calls: z.array(recordedCall).max(500).default([]),
  /** Of everything that the guard of this process leaves to chance: what makes a replay of its calls exact. */
  seed: z.int32().optional(),
  leases: z.array(leaseWish).max(1000).default([]),
  /** Scripts that can't run here, or were switched off, with the reason; empty: all well. */
  scripts: z
    .array(
      z.object({
        rule: ruleRef,
        state: z.enum(['unavailable', 'quarantined', 'failing']),
        error: reportedText(500),
        /** Since how long it is so, when the report was sent. */
        agoMs: agoMs.optional(),
      }),
    )
    .max(200)
    .default([]),
});
export type Report = z.infer<typeof report>;

/** The shares of cluster limits that this instance may use from now on, until the next frame or for `ttlMs`. */
export const leases = z.object({
  ttlMs: z.int().positive(),
  leases: z.array(
    z.object({
      rule: ruleRef,
      resource: z.string(),
      type: z.enum(resourceTypes),
      limit: z.number().min(0),
      /**
       * What may be used once the lease has run out and no other came: the limit divided by the instances that use
       * it. Absent: the leased limit, for with the server gone nobody leases it to others.
       */
      fair: z.number().min(0).optional(),
    }),
  ),
});
export type Leases = z.infer<typeof leases>;
