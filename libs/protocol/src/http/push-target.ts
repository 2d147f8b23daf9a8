import { z } from 'zod';
import { content, itemsPatch } from '../model/content.ts';
import { instanceId, name, revision } from '../model/name.ts';
import { text } from '../model/text.ts';
import { guardrails } from './guardrail-options.ts';
import { message } from './request-parts.ts';

/** A label selector as people write it: `zone in (a,b), version=2.3`. */
const selectorText = text(2000).min(1);

/** A share of the fleet, in percent: above 0, at most 100, two decimals. */
export const percent = z.number();

/** Who gets a gray: a growing share, a number of instances, chosen ones, or all that labels fit. */
const grayAudience = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('percent'),
    /** One number, or several that grow: `[5, 25, 100]`. */
    steps: z.array(percent).min(1).max(20),
    among: selectorText.optional(),
  }),
  z.strictObject({
    by: z.literal('count'),
    count: z.int().positive().max(10_000),
    among: selectorText.optional(),
  }),
  z.strictObject({ by: z.literal('instances'), ids: z.array(instanceId).min(1).max(1000) }),
  z.strictObject({ by: z.literal('labels'), selector: selectorText }),
]);

/** What must hold before a step is over, besides that every reachable member has applied it. */
const gateRule = z.strictObject({
  bakeMs: z.int().min(0).max(604_800_000).default(0),
  /** Whether health must be known to hold; absent: where there are guardrails. */
  health: z.boolean().optional(),
  /** Whether somebody must click for the next step. */
  click: z.boolean().default(true),
});

/** To whom a push goes. */
export const pushTarget = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('global'),
    /** What becomes of grays on the same keys: they keep their value, or this push ends them. Asked for when there are any. */
    grays: z.enum(['keep', 'supersede']).optional(),
  }),
  z.strictObject({ mode: z.literal('single'), instanceId }),
  z.strictObject({ mode: z.literal('group'), group: name }),
  z.strictObject({
    mode: z.literal('gray'),
    audience: grayAudience,
    gate: gateRule.default({ bakeMs: 0, click: true }),
    guardrails: guardrails.optional(),
  }),
]);
export type PushTarget = z.infer<typeof pushTarget>;

/** What a push changes in one namespace; `base` is the revision of its live release that this was made from. */
const pushChange = z.union([
  z.strictObject({ namespace: name, base: revision.optional(), changes: itemsPatch }),
  z.strictObject({ namespace: name, base: revision.optional(), content }),
  z.strictObject({ namespace: name, base: revision.optional(), draft: z.literal(true) }),
]);
export type PushChange = z.infer<typeof pushChange>;

/** What a push is to do, before anybody has confirmed it. */
export const proposal = {
  /** Several namespaces are one change set: one revision, applied by each instance all or nothing. */
  changes: z.array(pushChange).min(1).max(20),
  target: pushTarget,
  /** Ms that it lives; absent: an hour for `single`, without end for the others. `untilCleared` needs a permission. */
  expiresInMs: z.union([z.number(), z.literal('untilCleared')]).optional(),
  /** All reachable members check it first; one veto, and nobody applies it. */
  twoPhase: z.boolean().default(false),
  message: message.default(''),
};
