import {
  applyStages,
  applyStates,
  type EndReason,
  type Health,
  type PushState,
  pushModes,
} from '@sluice/core';
import { z } from 'zod';
import { digest, id, moment, name, revision } from '../model/name.ts';
import { percent, pushTarget } from './push-target.ts';

export const pushStates = [
  'draft',
  'planned',
  'running',
  'paused',
  'verifying',
  'converged',
  'diverged',
  'promoting',
  'promoted',
  'halted',
  'abandoned',
] as const satisfies PushState['state'][];

export const count = z.int().min(0);

/** How many instances are in which state; the sum is the number of targets. */
const pushCounts = z.object(
  Object.fromEntries(applyStates.map((s) => [s, count])) as Record<
    (typeof applyStates)[number],
    typeof count
  >,
);
export type PushCounts = z.infer<typeof pushCounts>;

/** The proof of a push: how many of its targets hold exactly what was released. */
const verdict = z.object({
  /** Applied and repaired ones. */
  holding: count,
  targets: count,
  counts: pushCounts,
  /** From the publish to the last `applied`, as the server saw it; absent when there is none. */
  lastAppliedMs: z.int().optional(),
  at: moment,
});
export type Verdict = z.infer<typeof verdict>;

/** Words in both languages. */
export const words = z.object({ en: z.string(), zh: z.string() });

/** Delivering a change: to whom, how far it came, and the verdict. */
export const push = z.object({
  id,
  environment: name,
  app: name,
  mode: z.enum(pushModes),
  state: z.enum(pushStates),
  namespaces: z
    .array(
      z.object({
        name,
        /** The release that a global push made. */
        release: z.int().optional(),
        /** Of the content, for a global push; else of the layer. */
        digest: digest.optional(),
        /** What it decides, at most 20 of them; a document has the key `''`. */
        keys: z.array(z.string()),
      }),
    )
    .min(1),
  target: pushTarget,
  /** The newest revision that it took; 0 as long as it is only planned. */
  revision,
  /** Where a gray is. */
  step: z
    .object({
      index: z.int(),
      of: z.int(),
      /** Of the present step, where it is a share. */
      percent: percent.optional(),
      since: moment,
      /** What it waits for, most important first. */
      waits: z.array(words.extend({ for: z.enum(['acks', 'bake', 'health', 'click']) })),
    })
    .optional(),
  /** How the cohort of a gray does against the rest, by its guardrails; absent where nobody judges it. */
  health: z
    .object({
      is: z.enum(['healthy', 'unknown', 'breached'] satisfies Health[]),
      since: moment,
      /** What is over, or why nothing is known. */
      why: words.optional(),
    })
    .optional(),
  expiresAt: moment.optional(),
  twoPhase: z.boolean(),
  /** Where the environment asks for it: how many must approve, and who did. */
  approval: z
    .object({ needed: z.int(), given: z.array(z.object({ by: z.string(), at: moment })) })
    .optional(),
  /** Why it went without approval. */
  emergency: z.string().optional(),
  /** Why it ended without its layers or was halted; `superseded` also where another came first to some targets. */
  ended: z
    .object({
      reason: z.enum(['asked', 'guardrail', 'expired', 'superseded'] satisfies EndReason[]),
      because: words.optional(),
    })
    .optional(),
  /** The push that it rolled back, or that was made from the same change for another app. */
  of: id.optional(),
  /** Of another app's push that released public namespaces: what this one brings to those who link them. */
  through: z.object({ push: id, app: name, namespaces: z.array(name) }).optional(),
  /**
   * How it does with apps that link what it released, each by a push of its own. The state and the verdict of this push
   * are those of its own app alone.
   */
  linked: z
    .object({
      apps: count,
      /** Apps whose push has no verdict still. */
      open: count,
      /** Apps whose push has come to its end: all that could be reached hold it. */
      converged: count,
      /** Apps of which some instance refused it, failed over it, or was silent. */
      diverged: count,
      /** Instances over all of those apps, as the verdict counts. Where one push is asked for. */
      holding: count.optional(),
      targets: count.optional(),
      /** Those that the caller may see. Where one push is asked for. */
      pushes: z
        .array(
          z.object({ push: id, app: name, namespaces: z.array(name), state: z.enum(pushStates), verdict }),
        )
        .optional(),
    })
    .optional(),
  createdBy: z.string(),
  createdAt: moment,
  message: z.string(),
  verdict,
});
export type Push = z.infer<typeof push>;

export const pushInstance = z.object({
  instanceId: z.string(),
  state: z.enum(applyStates),
  stage: z.enum(applyStages).optional(),
  error: z.string().optional(),
  /** From the send to the ack. */
  ms: z.int().optional(),
  /** What it last said it holds, of the first namespace that differs or of the only one. */
  digest: digest.optional(),
  /** What it should hold of that. */
  expected: digest.optional(),
  at: moment,
});
export type PushInstance = z.infer<typeof pushInstance>;
