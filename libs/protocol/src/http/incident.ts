import { resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { moment, name } from '../model/name.ts';
import { contract } from './contract.ts';
import { count, push } from './push.ts';
import { environmentParams, none, noQuery } from './request-parts.ts';
import { lastMinute, resource, silentNodes, trafficMarker } from './traffic.ts';

export const environmentTraffic = contract({
  id: 'environmentTraffic',
  summary: 'Calls of every app in the last minute, and the resources that are in most trouble',
  method: 'GET',
  path: '/api/v1/environments/:env/traffic',
  access: 'config:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    apps: z.array(
      z.object({
        app: name,
        /** Without quantiles: those of several resources don't add up. Absent when nobody told anything of that time. */
        minute: lastMinute.optional(),
        /** Breakers that are not closed on some instance. */
        breakersOpen: count,
        /** When somebody last told anything since this server began. */
        heardAt: moment.optional(),
      }),
    ),
    /** Open breakers first, then the most errors, then the most refusals, then the most calls; at most 12. */
    worst: z.array(resource.extend({ app: name })),
    at: moment,
    silentNodes,
  }),
});

/** Something that happened, on some app or, without one, on the whole environment. */
const incidentEntry = z.object({
  app: name.optional(),
  /** Of a breaker: whose. */
  resource: z.string().optional(),
  type: z.enum(resourceTypes).optional(),
  /** Of a breaker: how many instances turned it the same way within 10 s. The marker is the first of them. */
  instances: count.optional(),
  /** Of a push: it is about rules. */
  rules: z.boolean().optional(),
  marker: trafficMarker,
});
export type IncidentEntry = z.infer<typeof incidentEntry>;

export const getIncident = contract({
  id: 'getIncident',
  summary: 'What changed in a stretch of time over all apps that the caller may see, beside how calls did',
  method: 'GET',
  path: '/api/v1/environments/:env/incident',
  access: 'config:read',
  params: environmentParams,
  query: z.strictObject({
    app: name.optional(),
    /** Default: an hour before `to`. At most 24 hours before it. */
    from: moment.optional(),
    /** Default: now. */
    to: moment.optional(),
  }),
  body: none,
  status: 200,
  response: z.object({
    from: moment,
    to: moment,
    /** Newest first; of too many the newest 500. */
    items: z.array(incidentEntry),
    cut: z.boolean(),
    /** The pushes of those entries as they are now: what was done, to how many, and what can be undone. */
    pushes: z.array(push),
    /** Steps of all calls of these apps; one of which nothing is known is absent. Of the last hour only. */
    calls: z.array(
      z.object({
        at: moment,
        passed: count,
        blocked: count,
        wouldBlock: count,
        errors: count,
        opened: count,
      }),
    ),
    /** Of `calls`. */
    stepMs: z.int(),
    at: moment,
    /** Of them `calls` and breakers are missing. */
    silentNodes,
  }),
});
