import {
  applyStages,
  applyStates,
  type EndReason,
  layerKinds,
  type PushState,
  pushModes,
} from '@sluice/core';
import { z } from 'zod';
import { content, itemsPatch } from '../model/content.ts';
import { json } from '../model/json.ts';
import { digest, id, instanceId, labels, moment, name, revision } from '../model/name.ts';
import { record } from '../model/record.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { page, pageOf } from './page.ts';
import { appParams, message, none, noQuery } from './request-parts.ts';

const pushStates = [
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

const count = z.int().min(0);

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
const words = z.object({ en: z.string(), zh: z.string() });

/** A label selector as people write it: `zone in (a,b), version=2.3`. */
const selectorText = text(2000).min(1);

/** A share of the fleet, in percent: above 0, at most 100, two decimals. */
const percent = z.number();

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
  /** Whether health must be known to hold. */
  health: z.boolean().default(false),
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
    gate: gateRule.default({ bakeMs: 0, health: false, click: true }),
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

const proposal = {
  /** Several namespaces are one change set: one revision, applied by each instance all or nothing. */
  changes: z.array(pushChange).min(1).max(20),
  target: pushTarget,
  /** Ms that it lives; absent: an hour for `single`, without end for the others. `untilCleared` needs a permission. */
  expiresInMs: z.union([z.number(), z.literal('untilCleared')]).optional(),
  /** All reachable members check it first; one veto, and nobody applies it. */
  twoPhase: z.boolean().default(false),
  message: message.default(''),
};

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
      waits: z.array(words),
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
  /** Why it ended without its layers, or was halted. */
  ended: z
    .object({
      reason: z.enum(['asked', 'guardrail', 'expired', 'superseded'] satisfies EndReason[]),
      because: words.optional(),
    })
    .optional(),
  /** The push that it rolled back, or that was made from the same change for another app. */
  of: id.optional(),
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
  warnings: z.array(words),
});
export type PushPlanBody = z.infer<typeof pushPlan>;

const pushParams = appParams.extend({ push: id });
const base = '/api/v1/environments/:env/apps/:app/pushes';

export const listPushes = contract({
  id: 'listPushes',
  summary: 'Pushes of an app, newest first',
  method: 'GET',
  path: base,
  access: 'config:read',
  params: appParams,
  query: z.strictObject({
    ...page,
    namespace: name.optional(),
    /** `open`: neither ended nor settled; grays that wait for somebody are open. */
    state: z.enum(['open', ...pushStates]).optional(),
  }),
  body: none,
  status: 200,
  response: pageOf(push),
});

export const previewPush = contract({
  id: 'previewPush',
  summary: 'Exactly whom a push would change and how, without doing it',
  method: 'POST',
  path: `${base}/preview`,
  access: 'config:read',
  params: appParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 200,
  response: pushPlan,
  errors: [
    'base_moved',
    'draft_moved',
    'gray_conflict',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
  ],
});

export const startPush = contract({
  id: 'startPush',
  summary: 'Push a change to a single instance, in gray, to a group or to everyone',
  method: 'POST',
  path: base,
  access: 'config:publish',
  params: appParams,
  query: noQuery,
  body: z.strictObject({
    ...proposal,
    /** The hash of the plan that was looked at; when it has moved since, nothing happens and the answer says how. */
    plan: digest.optional(),
    /** In a protected environment: goes without approval, for this reason, and is flagged. */
    emergency: text(2000).min(1).optional(),
  }),
  status: 201,
  response: push,
  idempotent: true,
  errors: [
    'base_moved',
    'draft_moved',
    'plan_moved',
    'gray_conflict',
    'approval_required',
    'frozen',
    'vetoed',
    'invalid_document',
    'schema_violation',
    'too_large',
    'wrong_state',
    'idempotency_mismatch',
  ],
});

export const proposePush = contract({
  id: 'proposePush',
  summary: 'Store a push without starting it, for others to approve',
  method: 'POST',
  path: `${base}/proposals`,
  access: 'config:edit',
  params: appParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 201,
  response: push,
  idempotent: true,
  errors: ['base_moved', 'draft_moved', 'gray_conflict', 'wrong_state', 'idempotency_mismatch'],
});

export const changeProposal = contract({
  id: 'changeProposal',
  summary: 'Edit a proposed push; approvals that it had are void',
  method: 'PUT',
  path: `${base}/:push/proposal`,
  access: 'config:edit',
  params: pushParams,
  query: noQuery,
  body: z.strictObject(proposal),
  status: 200,
  response: push,
  errors: ['base_moved', 'draft_moved', 'gray_conflict', 'wrong_state'],
});

export const approvePush = contract({
  id: 'approvePush',
  summary: 'Approve a proposed push of somebody else, as it is by this plan',
  method: 'POST',
  path: `${base}/:push/approve`,
  access: 'config:publish',
  params: pushParams,
  query: noQuery,
  body: z.strictObject({ plan: digest, message: message.default('') }),
  status: 200,
  response: push,
  errors: ['plan_moved', 'wrong_state'],
});

export const startProposedPush = contract({
  id: 'startProposedPush',
  summary: 'Start a proposed push that has its approvals',
  method: 'POST',
  path: `${base}/:push/start`,
  access: 'config:publish',
  params: pushParams,
  query: noQuery,
  body: z.strictObject({ plan: digest, emergency: text(2000).min(1).optional() }),
  status: 200,
  response: push,
  errors: [
    'base_moved',
    'plan_moved',
    'gray_conflict',
    'approval_required',
    'frozen',
    'vetoed',
    'wrong_state',
  ],
});

export const getPush = contract({
  id: 'getPush',
  summary: 'A push with its verdict so far',
  method: 'GET',
  path: `${base}/:push`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: push,
});

export const getPushPlan = contract({
  id: 'getPushPlan',
  summary: 'The plan of a push: as it was confirmed, or as it is now while it is only proposed',
  method: 'GET',
  path: `${base}/:push/plan`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: pushPlan,
});

export const listPushInstances = contract({
  id: 'listPushInstances',
  summary: 'Every target of a push and how it does, id by id',
  method: 'GET',
  path: `${base}/:push/instances`,
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(pushInstance) }),
});

const act = {
  params: pushParams,
  query: noQuery,
  status: 200,
  response: push,
  access: 'config:publish',
} as const;
const said = z.strictObject({ message: message.default('') });

export const advancePush = contract({
  ...act,
  id: 'advancePush',
  summary: 'Go to the next step of a gray; `step` is the one that it is in, so that two clicks are one',
  method: 'POST',
  path: `${base}/:push/advance`,
  body: z.strictObject({ step: z.int().min(0), message: message.default('') }),
  errors: ['gray_conflict', 'frozen', 'wrong_state'],
});

export const pausePush = contract({
  ...act,
  id: 'pausePush',
  summary: 'Keep a gray in its step, whatever its gate says',
  method: 'POST',
  path: `${base}/:push/pause`,
  body: said,
  errors: ['wrong_state'],
});

export const resumePush = contract({
  ...act,
  id: 'resumePush',
  summary: 'Let a paused gray go on',
  method: 'POST',
  path: `${base}/:push/resume`,
  body: said,
  errors: ['wrong_state'],
});

export const promotePush = contract({
  ...act,
  id: 'promotePush',
  summary: 'Make a gray the value of everyone; its cohort sees no change',
  method: 'POST',
  path: `${base}/:push/promote`,
  body: z.strictObject({
    /** By namespace and key, where global has changed since: whose value stays. A document has the key `''`. */
    choices: record(name, record(text(128), z.enum(['gray', 'global']))).optional(),
    /** Goes on although a group has one of the keys, so that members in that group fall back to its value. */
    groupsWin: z.boolean().default(false),
    message: message.default(''),
  }),
  errors: [
    'merge_conflict',
    'gray_conflict',
    'approval_required',
    'frozen',
    'schema_violation',
    'wrong_state',
  ],
});

export const abandonPush = contract({
  ...act,
  id: 'abandonPush',
  summary: 'Take away what a push laid for some instances; verified like a push',
  method: 'POST',
  path: `${base}/:push/abandon`,
  body: said,
  errors: ['wrong_state'],
});

export const rollbackPush = contract({
  ...act,
  id: 'rollbackPush',
  summary: 'Undo a push: the content before a global one comes back as a new push, any other is abandoned',
  method: 'POST',
  path: `${base}/:push/rollback`,
  body: said,
  errors: ['base_moved', 'schema_violation', 'frozen', 'wrong_state'],
});

export const repushPush = contract({
  ...act,
  id: 'repushPush',
  summary: 'Send a push again to all of its targets that do not hold it',
  method: 'POST',
  path: `${base}/:push/repush`,
  body: said,
  errors: ['wrong_state'],
});
