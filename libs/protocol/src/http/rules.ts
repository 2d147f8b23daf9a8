import { isName, type Rule, resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { recordedCall, ruleRef } from '../client/report.ts';
import { json } from '../model/json.ts';
import { instanceId, moment, name } from '../model/name.ts';
import { record } from '../model/record.ts';
import { rule as ruleUnion } from '../model/rule.ts';
import { contract } from './contract.ts';
import { appParams, noQuery } from './request-parts.ts';

/** Typed as everybody writes rules: with core's words. */
const rule = ruleUnion as unknown as z.ZodType<Rule>;
const count = z.int().min(0);
const share = z.number().min(0).max(1);
/** Words in both languages. */
const words = z.object({ en: z.string(), zh: z.string() });
const base = '/api/v1/environments/:env/apps/:app/rules';

/** The key of a rule; of rules of several namespaces `namespace/key`. */
export const ruleId = z
  .string()
  .refine((value) => value.split('/').length <= 2 && value.split('/').every(isName), {
    message: 'must be a name, or namespace/name: each 1-128 of A-Z a-z 0-9 . _ -',
    params: { problem: 'name', zh: '必须是合法名称，或“命名空间/名称”：每段 1-128 个 A-Z a-z 0-9 . _ -' },
  })
  .meta({ description: 'a name, or namespace/name; each 1-128 of A-Z a-z 0-9 . _ -' });

/** Where one namespace is named, what is given is of it. */
const isOfOne = (body: {
  readonly namespace?: string | undefined;
  readonly rules?: object | undefined;
}): boolean => body.namespace === undefined || !Object.keys(body.rules ?? {}).some((id) => id.includes('/'));
const ofOne = {
  path: ['rules'],
  message: 'are named by key alone where a namespace is given',
  params: { problem: 'name', zh: '给出命名空间时，规则只能以键命名' },
};

/** What is likely wrong with a rule, though it could be published; `error`: it could not. */
const lintFinding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'hint']),
  /** `namespace/key`, or the key alone of a rule that belongs to no namespace yet. */
  rule: z.string(),
  /** The place in the rule: `limit`, `per.overrides.alice`. Empty: the rule as a whole. */
  field: z.string(),
  text: words,
  /** Another rule that it is about. */
  other: z.string().optional(),
});
export type LintFinding = z.infer<typeof lintFinding>;

export const lintRules = contract({
  id: 'lintRules',
  summary:
    'Look for mistakes in rules before they are published: rules of yours, a namespace, or all that is live',
  method: 'POST',
  path: `${base}/lint`,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: z
    .strictObject({
      /** The namespace that the rules are for: they stand in place of what is live there. Alone: what is live there. */
      namespace: name.optional(),
      /**
       * Rules as somebody wrote them, by key; those that are no rules at all are findings too. Without `namespace` they
       * may be of several, by `namespace/key`, and stand in place of what is live in each of those.
       */
      rules: record(ruleId, json)
        .refine((all) => Object.keys(all).length <= 1000, {
          message: 'must have at most 1000 rules',
          params: { problem: 'range', zh: '最多 1000 条规则' },
        })
        .optional(),
    })
    .refine(isOfOne, ofOne),
  status: 200,
  response: z.object({
    /** How many rules were looked at. */
    checked: count,
    items: z.array(lintFinding),
    /** Whether resources are known to compare with: without reports nothing is said of names that nobody calls. */
    resourcesKnown: z.boolean(),
  }),
  errors: ['too_large', 'too_many_requests'],
});

/** What a replay was made from. */
const recording = z.object({
  calls: count,
  instances: count,
  /** Calls for each one that was recorded: 1 is all of them. */
  sampledBy: z.number().min(1),
  from: moment.optional(),
  to: moment.optional(),
});

/** Calls of one value of something, most blocked first. */
const part = z.object({
  /** Empty: calls that lack it. */
  value: z.string(),
  calls: count,
  wouldBlock: count,
  /** Of the would-blocks: succeeded, and as fast as calls usually are. */
  healthy: count,
});

export const predictRule = contract({
  id: 'predictRule',
  summary: 'What a rule would block, from recorded calls: how many, whose, how many of them healthy',
  method: 'POST',
  path: `${base}/predict`,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: z
    .strictObject({
      /** A live rule, as `namespace/key`. With `rule` as well: what becomes of it. */
      ref: ruleRef.optional(),
      rule: rule.optional(),
      from: moment.optional(),
      to: moment.optional(),
      /** The smallest limit is looked for that keeps the share of blocked calls at or below this. */
      targetShare: share.default(0.01),
      seed: z.int().min(0).max(0xffff_ffff).default(1),
    })
    .refine((b) => b.ref !== undefined || b.rule !== undefined, {
      message: 'needs one of ref, rule',
      params: { problem: 'required', zh: '需要 ref 或 rule 之一' },
    }),
  status: 200,
  response: z.object({
    recording,
    /** Calls that the rule is about. */
    calls: count,
    wouldBlock: count,
    share,
    /** Standard error of the share, where the recording is a sample. */
    shareError: z.number().min(0).optional(),
    healthy: count,
    byMinute: z.array(z.object({ at: moment, calls: count, wouldBlock: count })),
    /** At most 20 each. */
    byOrigin: z.array(part),
    byKey: z.array(part),
    byInstance: z.array(part),
    /**
     * The smallest limit (for `concurrency`: max) that keeps the share at or below the target. Where any limit does, the
     * one below which these calls don't tell limits apart; absent where none does.
     */
    smallestLimit: z.object({ field: z.enum(['limit', 'max']), value: z.number(), share }).optional(),
    /** Whether enough was seen to go to `intercept` by it: 10,000 calls or a day. */
    enough: z.boolean(),
    warnings: z.array(words),
  }),
  errors: ['wrong_state', 'too_large', 'too_many_requests'],
});

const verdict = z.enum(['pass', 'block', 'wouldBlock']);

/** A recorded call that somebody brings along. */
const broughtCall = recordedCall.omit({ agoMs: true }).extend({
  /** On the clock of its instance, or of the log that it comes from. */
  atMs: z.number().min(0),
  instanceId: instanceId.optional(),
});

export const replayRules = contract({
  id: 'replayRules',
  summary: 'Decide recorded calls again under other rules, and say what differs',
  method: 'POST',
  path: `${base}/replay`,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: z
    .strictObject({
      /**
       * By key, in place of what is live in `namespace`; without a namespace by key or `namespace/key`, in place of all
       * live rules. Absent: the live ones.
       */
      rules: record(ruleId, rule).optional(),
      namespace: name.optional(),
      /** Absent: what the server has recorded. */
      calls: z.array(broughtCall).max(10_000).optional(),
      from: moment.optional(),
      to: moment.optional(),
      /** Of what rules leave to chance. Absent: that of each process, and 1 where it isn't known. */
      seed: z.int().min(0).max(0xffff_ffff).optional(),
    })
    .refine(isOfOne, ofOne),
  status: 200,
  response: z.object({
    recording,
    passed: count,
    blocked: count,
    wouldBlock: count,
    /** Calls whose end is not recorded, because they were blocked then: they were taken to last as long as others do. */
    estimated: count,
    rules: z.array(z.object({ rule: z.string(), blocked: count, wouldBlock: count })),
    differing: count,
    /** The first 200 that were decided otherwise. */
    differences: z.array(
      z.object({
        at: moment.optional(),
        atMs: z.number(),
        instanceId: z.string().optional(),
        resource: z.string(),
        type: z.enum(resourceTypes),
        was: verdict,
        is: verdict,
        rules: z.array(z.string()),
      }),
    ),
    warnings: z.array(words),
    /** How long it took. */
    ms: z.number(),
  }),
  errors: ['too_large', 'too_many_requests'],
});
