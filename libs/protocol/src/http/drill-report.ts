import { breakerStates, resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { callerTally } from '../client/faults.ts';
import { drillDefinition } from '../model/drill.ts';
import { moment, name } from '../model/name.ts';
import { drill, drillEvent, drillMeasure, drillPhases, drillTarget } from './drill.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const words = z.object({ en: z.string(), zh: z.string() });

/** What one fault came to, in the records of the instances themselves. */
const faultOutcome = z.object({
  fault: name,
  kind: z.string(),
  share,
  /** Calls that it could have broken. */
  eligible: count,
  injected: count,
  overBudget: count,
  notInjectable: count,
  released: count,
  /** Share times eligible calls. */
  expected: z.number(),
  /** Between these lie 99.9 of a hundred draws of as many calls; with a seed all processes draw alike. */
  low: count,
  high: count,
  /** Whether as many were drawn as could be expected: injected, over the budget or not injectable. */
  asExpected: z.boolean(),
});

/** How a resource did in one phase. Figures of which nothing is known are absent. */
const phaseOfResource = z.object({
  phase: z.enum(drillPhases),
  app: name,
  resource: z.string(),
  type: z.enum(resourceTypes),
  from: moment,
  to: moment,
  calls: count,
  throughput: z.number().optional(),
  errorRatio: share.optional(),
  blockShare: share.optional(),
  degradedShare: share.optional(),
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
});

const turn = z.object({
  at: moment,
  /** From the start of the drill. */
  afterMs: z.int(),
  app: name,
  instanceId: z.string(),
  rule: z.string(),
  resource: z.string(),
  type: z.enum(resourceTypes),
  from: z.enum(breakerStates),
  to: z.enum(breakerStates),
  reason: z.string(),
});

export const drillReport = z.object({
  drill,
  definition: drillDefinition,
  /** Absent while it runs. */
  verdict: z.enum(['held', 'deviated', 'aborted', 'interrupted']).optional(),
  because: words.optional(),
  at: moment,
  /** Of the time in which something was broken, so far. */
  activeMs: count,
  measures: z.array(drillMeasure),
  faults: z.array(faultOutcome),
  /** What callers of the broken resources saw in the targets while something was broken. */
  callers: callerTally,
  /** Of the callers who did not get what they called for, those that got another answer. */
  fallbackShare: share.optional(),
  phases: z.array(phaseOfResource),
  breakers: z.array(turn),
  /** From the start until the first breaker opened, and from the end until the last one was closed again. */
  timeToOpenMs: count.optional(),
  timeToCloseMs: count.optional(),
  /** From the end of the faults until the steady state held again. */
  timeToRecoverMs: count.optional(),
  /** From the end of the drill until the last target was proven to be clean. */
  timeToCleanMs: count.optional(),
  /** Every one is proven to be clean. */
  allClean: z.boolean(),
  instances: z.array(drillTarget.extend({ callers: callerTally })),
  events: z.array(drillEvent),
});
export type DrillReport = z.infer<typeof drillReport>;

const figure = z.object({
  /** `errorRatio during GET /books (web)`, or a figure of the drill as a whole. */
  figure: z.string(),
  text: words,
  before: z.number().optional(),
  now: z.number().optional(),
  /** Whether it is better, where more or less is better. */
  change: z.enum(['better', 'worse', 'same', 'unknown']),
});

export const drillComparison = z.object({
  drill,
  with: drill,
  /** Fields of the design that differ. */
  changedFields: z.array(z.string()),
  figures: z.array(figure),
  checks: z.array(
    z.object({
      of: z.enum(['steadyState', 'expect', 'guard']),
      index: count,
      text: words,
      before: z.boolean().optional(),
      now: z.boolean().optional(),
    }),
  ),
});
export type DrillComparison = z.infer<typeof drillComparison>;
