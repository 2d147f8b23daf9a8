import { blockCodes, breakerStates, resourceTypes, ruleKinds } from '@sluice/core';
import { z } from 'zod';
import { ruleRef } from '../client/report.ts';
import { id, instanceId, moment, name, revision } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { queryInt } from './page.ts';
import { appParams, none, noQuery } from './request-parts.ts';

const count = z.int().min(0);
const type = z.enum(resourceTypes);

/** What calls came to in a stretch of time. */
const tally = z.object({
  passed: count,
  /** By the code of the refusal; absent is 0. */
  blocked: z.partialRecord(z.enum(blockCodes), count),
  wouldBlock: count,
  success: count,
  errors: count,
  /** Refused calls that got an answer all the same. */
  degraded: count,
  /** Calls that a fault was injected into. */
  injected: count,
  /** The most that were under way at the end of any second. */
  active: count,
  /** Of finished calls; absent where none finished. At most a quarter above the truth. */
  p50Ms: z.number().optional(),
  p90Ms: z.number().optional(),
  p99Ms: z.number().optional(),
});
export type TrafficTally = z.infer<typeof tally>;

/** What calls came to in the last 60 seconds. */
export const lastMinute = tally.extend({
  instances: count,
  /** How long ago the first of these seconds was of which anything is known: counts by the second are of so many. */
  seconds: z.int().min(1).max(60),
});
export type LastMinute = z.infer<typeof lastMinute>;

/** A breaker of one resource as instances see it now. */
export const breakerNow = z.object({
  rule: ruleRef,
  /** How many instances are in which state; those that say nothing of it are closed. */
  states: z.partialRecord(z.enum(breakerStates), count),
  /** Instances where it is not closed, at most 100. */
  instances: z.array(z.object({ instanceId: z.string(), state: z.enum(breakerStates) })),
});
export type BreakerNow = z.infer<typeof breakerNow>;

/** A resource that calls come through, and how it does. */
export const resource = z.object({
  resource: z.string(),
  type,
  /** Since this server, or its rollups, know of it. */
  firstSeenAt: moment,
  lastSeenAt: moment,
  /** Absent when nobody told anything of that time. */
  minute: lastMinute.optional(),
  breakers: z.array(breakerNow),
});
export type Resource = z.infer<typeof resource>;

/** What one instance told of the last 60 seconds. */
const ofInstance = tally.extend({
  instanceId: z.string(),
  breakers: z.array(z.object({ rule: ruleRef, state: z.enum(breakerStates) })),
});

const resourceDetail = resource.extend({
  /** At most 500, those with the most calls. */
  instances: z.array(ofInstance),
  /** What single rules refused, or would have refused, in the last 60 seconds. */
  rules: z.array(z.object({ rule: ruleRef, blocked: count, wouldBlock: count })),
});
export type ResourceDetail = z.infer<typeof resourceDetail>;

/** One step of a chart. A step of which nothing is known is absent; one that is here with 0 calls had none. */
export const trafficPoint = tally.extend({
  /** Where the step begins. */
  at: moment,
  /** Instances that were heard of it. */
  instances: count,
  /** Instances of which a part of it is lost: the numbers are too low. 0: whole. */
  lost: count,
  /** Breakers that opened. */
  opened: count,
});
export type TrafficPoint = z.infer<typeof trafficPoint>;

/** What happened at a moment, to be seen on a chart. */
export const trafficMarker = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('push'),
    at: moment,
    namespace: name,
    revision,
    release: z.int().optional(),
    pushId: id.optional(),
    what: z.string(),
    by: z.string(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('breaker'),
    at: moment,
    rule: ruleRef,
    instanceId: z.string(),
    from: z.enum(breakerStates),
    to: z.enum(breakerStates),
    reason: z.string(),
  }),
  z.object({
    kind: z.literal('kill'),
    at: moment,
    /** Absent: the whole environment. */
    app: name.optional(),
    freezePublishes: z.boolean(),
    monitorOnly: z.boolean(),
    endFaults: z.boolean(),
    by: z.string(),
    reason: z.string(),
  }),
  z.object({
    kind: z.literal('drill'),
    at: moment,
    drillId: id,
    title: z.string(),
    what: z.enum(['started', 'ended', 'aborted', 'interrupted']),
    by: z.string(),
  }),
]);
export type TrafficMarker = z.infer<typeof trafficMarker>;

/**
 * Servers that did not answer in time when they were asked what their instances tell: it is missing from the answer.
 * Absent: nothing is missing.
 */
export const silentNodes = count.optional();

/** A name that comes out of paths of applications; `.` and `..` would change the path of the URL. */
export const resourceName = text(256)
  .min(1)
  .refine((value) => value !== '.' && value !== '..', {
    message: 'must not be "." or ".."',
    params: { problem: 'name', zh: '不能是“.”或“..”' },
  });

const base = '/api/v1/environments/:env/apps/:app';
const resourceParams = appParams.extend({ resource: resourceName });

export const listResources = contract({
  id: 'listResources',
  summary: 'Resources of an app that calls came through, and how they did in the last minute',
  method: 'GET',
  path: `${base}/resources`,
  access: 'config:read',
  params: appParams,
  query: z.strictObject({ type: type.optional() }),
  body: none,
  status: 200,
  response: z.object({
    /** Most calls first; at most 2,000. */
    items: z.array(resource),
    /** Calls of resources that were one too many are counted under `__other__`. */
    overflowed: z.boolean(),
    at: moment,
    silentNodes,
  }),
});

export const getResource = contract({
  id: 'getResource',
  summary: 'One resource: the last minute by instance and by rule, and its breakers now',
  method: 'GET',
  path: `${base}/resources/:resource`,
  access: 'config:read',
  params: resourceParams,
  /** Without `type` the first of that name, in the order of the types. */
  query: z.strictObject({ type: type.optional() }),
  body: none,
  status: 200,
  response: resourceDetail.extend({ silentNodes }),
});

export const getTraffic = contract({
  id: 'getTraffic',
  summary: 'What calls of a resource came to over time, with what happened meanwhile',
  method: 'GET',
  path: `${base}/resources/:resource/traffic`,
  access: 'config:read',
  params: resourceParams,
  query: z.strictObject({
    type: type.optional(),
    /** Default: 5 minutes before `to`. */
    from: moment.optional(),
    /** Default: now. */
    to: moment.optional(),
    /** At least this long a step; the answer says what it became. At most 2,000 points come back. */
    stepMs: queryInt(1000, 86_400_000).optional(),
  }),
  body: none,
  status: 200,
  response: z.object({
    resource: z.string(),
    type,
    from: moment,
    to: moment,
    stepMs: z.int(),
    points: z.array(trafficPoint),
    /** At most 500, the newest. */
    markers: z.array(trafficMarker),
    silentNodes,
  }),
});

/** A refusal as the instance remembers it. */
const refusedCall = z.object({
  code: z.enum(blockCodes),
  resource: z.string(),
  type,
  rule: z.string(),
  kind: z.enum(ruleKinds),
  revision: z.int(),
  /** What the rule measured at that moment, and against what. */
  value: z.number().optional(),
  threshold: z.number().optional(),
  /** The key that it was counted under. */
  key: z.string().optional(),
  state: z.enum(breakerStates).optional(),
  /** What the script says that refused it. */
  reason: z.string().max(200).optional(),
  retryAfterMs: z.number().optional(),
});
export type RefusedCall = z.infer<typeof refusedCall>;

export const getDecision = contract({
  id: 'getDecision',
  summary:
    'Why a call was refused, by the id that its caller was told; asks the instances, which remember 1,000',
  method: 'GET',
  path: `${base}/decisions/:decision`,
  access: 'config:read',
  params: appParams.extend({ decision: instanceId }),
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ decisionId: z.string(), instanceId: z.string(), call: refusedCall }),
});
