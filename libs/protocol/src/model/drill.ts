import { type Condition, type Injection, type ResourceMatch, resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { condition } from './condition.ts';
import { injectionOf } from './fault-rule.ts';
import { instanceId, name } from './name.ts';
import { record } from './record.ts';
import { count, ratio, resourceMatch } from './rule-parts.ts';
import { text } from './text.ts';

/** What a check of a drill looks at, of one resource. */
export const drillMetrics = [
  /** Failed calls of those that ended. */
  'errorRatio',
  'p50Ms',
  'p99Ms',
  /** Refused calls of all. */
  'blockShare',
  /** Calls that got another answer in place of theirs, of all. */
  'degradedShare',
  /** Calls a second. */
  'throughput',
  /** Breakers that are not closed, one for each instance that has it so. */
  'breakerOpen',
] as const;
export type DrillMetric = (typeof drillMetrics)[number];

const shares: ReadonlySet<string> = new Set<DrillMetric>(['errorRatio', 'blockShare', 'degradedShare']);

const bound = z.number().min(0).max(1e9);
const checkFields = {
  metric: z.enum(drillMetrics),
  resource: text(256).min(1),
  /** Absent: the first of that name, in the order of the types. */
  type: z.enum(resourceTypes).optional(),
  /** Absent: the app of the drill. */
  app: name.optional(),
  atMost: bound.optional(),
  atLeast: bound.optional(),
  /** Looked at over so many of the last seconds. */
  windowS: z.int().min(1).max(300).default(10),
};
type Bounds = { metric: DrillMetric; atMost?: number | undefined; atLeast?: number | undefined };

function checkBounds({ metric, atMost, atLeast }: Bounds, context: z.RefinementCtx): void {
  const fault = (path: string[], problem: string, message: string, zh: string): void =>
    context.addIssue({ code: 'custom', path, message, params: { problem, zh } });
  if (atMost === undefined && atLeast === undefined)
    fault([], 'required', 'needs one of atMost, atLeast', '需要 atMost 或 atLeast 之一');
  for (const [path, value] of Object.entries({ atMost, atLeast }))
    if (shares.has(metric) && value !== undefined && value > 1)
      fault([path], 'range', `must be at most 1: ${metric} is a share`, `不能大于 1：${metric} 是比例`);
  if (atMost !== undefined && atLeast !== undefined && atLeast > atMost)
    fault(['atLeast'], 'range', 'must not be above atMost', '不能大于 atMost');
}

/** One thing that must hold. */
export const drillCheck = z.strictObject(checkFields).superRefine(checkBounds);
export type DrillCheck = z.infer<typeof drillCheck>;

/** What the hypothesis says of the time in which something is broken. */
export const drillExpectation = z
  .strictObject({
    ...checkFields,
    /** Must come true at some time in the first so many seconds; absent: must hold all the time. */
    withinS: z.int().min(1).max(86_400).optional(),
    /** Isn't looked at in the first so many seconds. */
    afterS: z.int().min(0).max(86_400).default(0),
  })
  .superRefine(checkBounds)
  .refine(({ withinS, afterS }) => withinS === undefined || withinS > afterS, {
    path: ['withinS'],
    message: 'must be above afterS',
    params: { problem: 'range', zh: '必须大于 afterS' },
  });
export type DrillExpectation = z.infer<typeof drillExpectation>;

/** One thing that goes wrong, and for which calls. */
export type DrillFault = {
  readonly resource: ResourceMatch;
  /** Only calls for which it holds. */
  readonly when?: Condition;
  readonly priority?: number;
  readonly description?: string;
  /** Of these calls, above 0 and at most 1. */
  readonly share: number;
  /** The same seed picks the same calls. */
  readonly seed?: number;
} & Injection;

const drillFault = injectionOf({
  resource: resourceMatch,
  when: condition.optional(),
  priority: z.int().min(0).max(1_000_000).optional(),
  description: text(1000).optional(),
  share: z.number().min(0.000_001).max(1),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
}) as unknown as z.ZodType<DrillFault>;

/** A label selector as people write it: `zone in (a,b), version=2.3`. */
const selectorText = text(2000).min(1);

/** In which instances it happens; those that are connected when it starts, and nobody who comes later. */
const drillTargets = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('all') }),
  z.strictObject({
    by: z.literal('percent'),
    percent: z.number().positive().max(100),
    among: selectorText.optional(),
  }),
  z.strictObject({
    by: z.literal('count'),
    count: z.int().positive().max(1000),
    among: selectorText.optional(),
  }),
  z.strictObject({ by: z.literal('instances'), ids: z.array(instanceId).min(1).max(1000) }),
  z.strictObject({ by: z.literal('labels'), selector: selectorText }),
]);
export type DrillTargets = z.infer<typeof drillTargets>;

/** The longest that a fault may last. */
const longestDrillMs = 86_400_000;
const checks = z.array(drillCheck).max(20);

/** A drill as it is designed, and as it lies in a file. Unknown fields are refused, as everywhere. */
export const drillDefinition = z.strictObject({
  title: text(200).min(1),
  /** What should hold while something is broken, in words. */
  hypothesis: text(2000).min(1),
  /** The faults end after so long, whatever happens: in the instances themselves. */
  deadlineMs: z.int().min(1000).max(longestDrillMs),
  /** By a name of their own. */
  faults: record(name, drillFault)
    .refine((all) => Object.keys(all).length >= 1, {
      message: 'must have at least 1 fault',
      params: { problem: 'range', zh: '至少 1 个故障' },
    })
    .refine((all) => Object.keys(all).length <= 10, {
      message: 'must have at most 10 faults',
      params: { problem: 'range', zh: '最多 10 个故障' },
    }),
  targets: drillTargets,
  /** Must hold before it starts, and again when it is over. */
  steadyState: checks.min(1),
  /** What the hypothesis says, to be measured; empty: the steady state holds all the time. */
  expect: z.array(drillExpectation).max(20).default([]),
  /** Any of them that doesn't hold aborts the drill. */
  guards: checks.default([]),
  budget: z
    .strictObject({
      /** Of the calls at the resources that are broken, at most this share in any ten seconds: in each instance, so in all. */
      share: ratio.default(1),
      /** It refuses to start in more instances than this. */
      instances: count.optional(),
    })
    .default({ share: 1 }),
  /** So long after the end the steady state may take to come back. */
  recoverWithinMs: z.int().min(1000).max(3_600_000).default(60_000),
});
export type DrillDefinition = z.infer<typeof drillDefinition>;

/**
 * The same as somebody hands it in, with a title that names it: lists, reports and the audit show it on one line. What
 * was stored before that was asked for stays readable.
 */
export const drillDesign = drillDefinition.refine(
  ({ title }) => title.trim() !== '' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(title),
  {
    path: ['title'],
    message: 'must be one line of text, not only blanks',
    params: { problem: 'value', zh: '必须是一行文字，且不能只有空白' },
  },
);
