import { type CacheState, type ReadyState } from '@sluice/core';
import { z } from 'zod';
import { content } from '../model/content.ts';
import { json } from '../model/json.ts';
import { digest, id, instanceId, labels, moment, name, revision } from '../model/name.ts';
import { contract } from './contract.ts';
import { publicAddress } from './public-namespaces.ts';
import { appParams, none, noQuery } from './request-parts.ts';

const readyState = z.enum(['live', 'snapshot', 'defaults'] satisfies ReadyState[]);
const cacheState = z.enum(['ok', 'off', 'unwritable', 'locked'] satisfies CacheState[]);

export const instance = z.object({
  instanceId: z.string(),
  app: name,
  environment: name,
  online: z.boolean(),
  labels,
  sdk: z.string(),
  /** Holds exactly what the releases say. */
  inSync: z.boolean(),
  /** Two processes say they are this instance. */
  conflict: z.boolean(),
  cache: cacheState,
  revision,
  startedAt: moment,
  lastSeenAt: moment,
});
export type Instance = z.infer<typeof instance>;

const instanceDetail = instance.extend({
  bootId: z.string(),
  node: z.string().optional(),
  remoteAddress: z.string().optional(),
  ready: readyState,
  namespaces: z.array(
    z.object({
      name,
      /** What it says it holds. */
      digest: digest.optional(),
      release: z.int().optional(),
      revision: revision.optional(),
      appliedAt: moment.optional(),
      /** What it should hold. */
      expectedDigest: digest.optional(),
      expectedRelease: z.int().optional(),
      inSync: z.boolean(),
      error: z.string().optional(),
    }),
  ),
});
export type InstanceDetail = z.infer<typeof instanceDetail>;

/** One rung of the ladder from which a value comes, strongest first. */
const rung = z.object({
  layer: z.enum(['instance', 'gray', 'group', 'global', 'default']),
  /** The push that laid it, and the group that it is for. */
  pushId: id.optional(),
  group: name.optional(),
  expiresAt: moment.optional(),
  matched: z.boolean(),
  /** The one whose value counts. */
  wins: z.boolean(),
  value: json.optional(),
  release: z.int().optional(),
  /** The public namespace that it comes from, by a link. */
  from: publicAddress.optional(),
  revision: revision.optional(),
  reason: z.string(),
});
export type Rung = z.infer<typeof rung>;

const explanation = z.object({
  namespace: name,
  key: z.string(),
  /** What the instance says it holds, when the server knows the release that it holds. */
  live: json.optional(),
  liveKnown: z.boolean(),
  liveRelease: z.int().optional(),
  target: json.optional(),
  ladder: z.array(rung),
  timeline: z.array(z.object({ at: moment, what: z.string() })),
});
export type Explanation = z.infer<typeof explanation>;

const instanceParams = appParams.extend({ instance: instanceId });

export const listInstances = contract({
  id: 'listInstances',
  summary: 'Instances of an app, online ones and those seen in the last day',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/instances',
  access: 'instance:read',
  params: appParams,
  query: z.strictObject({ online: z.enum(['true', 'false']).optional() }),
  body: none,
  status: 200,
  response: z.object({ items: z.array(instance) }),
});

export const getInstance = contract({
  id: 'getInstance',
  summary: 'One instance and what it holds of each namespace',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/instances/:instance',
  access: 'instance:read',
  params: instanceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: instanceDetail,
});

export const explainInstance = contract({
  id: 'explainInstance',
  summary: 'Why this instance has this value: the whole ladder and how the value got there',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/instances/:instance/explain',
  access: 'instance:read',
  params: instanceParams,
  query: z.strictObject({ namespace: name, key: z.string().max(128).default('') }),
  body: none,
  status: 200,
  response: explanation,
});

/** Asks the instance now, and waits at most 3 s for its answer: every digest recomputed from its live memory. */
export const probeInstance = contract({
  id: 'probeInstance',
  summary: 'Ask an instance what it really holds, from its live memory',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/instances/:instance/probe',
  access: 'instance:read',
  params: instanceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    answered: z.boolean(),
    /** From the question to the answer. */
    ms: z.int().optional(),
    namespaces: z.array(
      z.object({ name, held: digest.optional(), expected: digest.optional(), inSync: z.boolean() }),
    ),
  }),
  errors: ['wrong_state'],
});

/** What an instance held of one namespace, from `since` to `until`. */
const holding = z.object({
  namespace: name,
  digest: digest.nullable(),
  since: moment,
  until: moment.optional(),
  release: z.int().optional(),
  pushId: id.optional(),
  /** When the server still has it. */
  content: content.optional(),
});

export const instanceTimeline = contract({
  id: 'instanceTimeline',
  summary: 'What an instance held: at a moment, or all changes in the time before it',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/instances/:instance/timeline',
  access: 'instance:read',
  params: instanceParams,
  query: z.strictObject({ at: moment.optional(), from: moment.optional(), namespace: name.optional() }),
  body: none,
  status: 200,
  response: z.object({ at: moment, recordedSince: moment.optional(), items: z.array(holding) }),
});

export const survivability = contract({
  id: 'survivability',
  summary: 'Which instances would not come back with their values if the server died now, and why',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/survivability',
  access: 'instance:read',
  params: appParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    online: z.int(),
    surviving: z.int(),
    atRisk: z.array(
      z.object({
        instanceId: z.string(),
        reasons: z.array(
          z.enum(['cacheOff', 'cacheUnwritable', 'cacheLocked', 'notInSync', 'startedOnDefaults']),
        ),
      }),
    ),
    at: moment,
  }),
});
