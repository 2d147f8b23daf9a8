import { applyStages, applyStates } from '@sluice/core';
import { z } from 'zod';
import { digest, id, moment, name, revision } from '../model/name.ts';
import { contract } from './contract.ts';
import { page, pageOf } from './page.ts';
import { appParams, none, noQuery } from './request-parts.ts';

const pushStates = ['running', 'verifying', 'converged', 'diverged'] as const;

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

/** Delivering one release: to whom, how far it came, and the verdict. */
export const push = z.object({
  id,
  environment: name,
  app: name,
  namespace: name,
  mode: z.enum(['single', 'gray', 'group', 'global']),
  state: z.enum(pushStates),
  release: z.int(),
  revision,
  digest,
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
  /** What it last said it holds. */
  digest: digest.optional(),
  at: moment,
});
export type PushInstance = z.infer<typeof pushInstance>;

const pushParams = appParams.extend({ push: id });

export const listPushes = contract({
  id: 'listPushes',
  summary: 'Pushes of an app, newest first',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/pushes',
  access: 'config:read',
  params: appParams,
  query: z.strictObject({ ...page, namespace: name.optional() }),
  body: none,
  status: 200,
  response: pageOf(push),
});

export const getPush = contract({
  id: 'getPush',
  summary: 'A push with its verdict so far',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/pushes/:push',
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: push,
});

export const listPushInstances = contract({
  id: 'listPushInstances',
  summary: 'Every target of a push and how it does, id by id',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/pushes/:push/instances',
  access: 'config:read',
  params: pushParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(pushInstance) }),
});
