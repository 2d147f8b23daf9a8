import { type GuardrailMeasure, guardrailMeasures, onBreaches } from '@sluice/core';
import { z } from 'zod';
import { moment } from '../model/name.ts';
import { contract } from './contract.ts';
import { count, words } from './push.ts';
import { pushesPath, pushParams } from './pushes.ts';
import { none, noQuery } from './request-parts.ts';

const margin = z.object({ ratio: z.number(), floor: z.number() });
const bothSides = z.object({ cohort: count, rest: count });

/** One measure of the app as a whole, or of one resource, as it stood after a window. */
const guardrailReading = z.object({
  /** The resource; `''` is the app as a whole. */
  scope: z.string(),
  measure: z.enum(guardrailMeasures),
  /** Of the last sample with calls enough, shares from 0 to 1 or ms; absent: there was none. */
  cohort: z.number().optional(),
  rest: z.number().optional(),
  /** From here on the cohort is over. */
  limit: z.number().optional(),
  isOver: z.boolean().optional(),
  /** Samples in a row that were over. */
  windows: count,
  /** What it is judged by, as far as it has come: calls, instances or answers. */
  basis: bothSides,
});
export type GuardrailReading = z.infer<typeof guardrailReading>;

/** What one window was judged to be. */
const judgement = z.object({
  step: count,
  from: moment,
  until: moment,
  health: z.enum(['healthy', 'unknown', 'breached']),
  /** What is over, or why nothing is known. */
  why: words.optional(),
  /** Since when health has been so. */
  since: moment,
  instances: bothSides,
  calls: bothSides,
  /** The app as a whole, and of its resources those that were over or have the most calls. */
  readings: z.array(guardrailReading),
});
export type Judgement = z.infer<typeof judgement>;

export const getPushGuardrail = contract({
  id: 'getPushGuardrail',
  summary:
    'What a gray is judged by, how its cohort does against the rest, and what windows were judged to be',
  method: 'GET',
  path: `${pushesPath}/:push/guardrail`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    /** Why it goes without; then there is nothing else. */
    off: z.string().optional(),
    rule: z
      .object({
        minCalls: z.int(),
        windows: z.int(),
        /** Of one window. */
        windowMs: z.int(),
        margins: z.object(
          Object.fromEntries(guardrailMeasures.map((measure) => [measure, margin])) as Record<
            GuardrailMeasure,
            typeof margin
          >,
        ),
        measures: z.array(z.enum(guardrailMeasures)),
        resources: z.array(z.string()).optional(),
        onBreach: z.enum(onBreaches),
      })
      .optional(),
    /** The newest window; absent before the first one is over, and when it is over. */
    now: judgement.optional(),
    /** Windows of note and a sample of the others, newest first. */
    log: z.array(judgement),
  }),
});
export type GuardrailReport = z.infer<(typeof getPushGuardrail)['response']>;
