import { layerKinds } from '@sluice/core';
import { z } from 'zod';
import { json } from '../model/json.ts';
import { digest, labels, moment, name, revision } from '../model/name.ts';
import { count, words } from './push.ts';

const decider = z.object({ layerId: z.string(), kind: z.enum(layerKinds) });

/** One effective value that becomes another, with the layers that decide it. */
const plannedChange = z.object({
  key: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: json.optional(),
  after: json.optional(),
  decidedBefore: decider.optional(),
  decidedAfter: decider.optional(),
});

const planReason = z.object({
  namespace: name,
  kind: z.enum(layerKinds),
  effect: z.enum(['gains', 'loses', 'changes', 'keeps']),
  why: words,
});

const plannedInstance = z.object({
  instanceId: z.string(),
  /** Another app's, which has linked the namespace. */
  app: name.optional(),
  online: z.boolean(),
  labels,
  reasons: z.array(planReason),
});

/** Exactly whom a push changes, each with old and new values; the same list as the instances that change then. */
export const pushPlan = z.object({
  /** Over who changes and from which digests to which: to be sent back when the push is confirmed. */
  hash: digest,
  /** Of the environment, when it was made. */
  revision,
  targets: z.array(
    plannedInstance.extend({
      /** What it holds now: what it should, what it would get, something else, or nobody knows. */
      holding: z.enum(['before', 'after', 'other', 'unknown']),
      /** Index into `variants`. */
      variant: z.int(),
    }),
  ),
  /** What changes, shared by all targets of the same layers. */
  variants: z.array(
    z.object({
      targets: count,
      payloadBytes: count,
      namespaces: z.array(
        z.object({
          namespace: name,
          before: digest.optional(),
          after: digest.optional(),
          changes: z.array(plannedChange),
        }),
      ),
    }),
  ),
  /** Concerned, though what they effectively hold stays the same. */
  unmoved: z.array(plannedInstance),
  /** Named ids that nobody has ever seen: they get it when they come. */
  unknown: z.array(z.string()),
  counts: z.object({ targets: count, online: count, offline: count }),
  payload: z.object({ totalBytes: count, largestBytes: count, encodedBytes: count }),
  /** `app`: of another app's instances, which link what it releases. */
  warnings: z.array(words.extend({ app: name.optional() })),
});
export type PushPlanBody = z.infer<typeof pushPlan>;

/** Of an act on a push. */
export const pushActPlan = pushPlan.extend({
  /** How the instances do that have it, before more get it; absent where no guardrail watches them. */
  health: z
    .object({
      health: z.enum(['healthy', 'unknown', 'breached']),
      /** The newest window found them over a margin: a promotion needs `despiteHealth`. */
      isWorse: z.boolean(),
      /** What is over, or why nothing is known. */
      why: words.optional(),
      since: moment,
    })
    .optional(),
});
export type PushActPlan = z.infer<typeof pushActPlan>;
