import { pushModes } from '@sluice/core';
import { z } from 'zod';
import { moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { page, pageOf, queryInt } from './page.ts';
import { pushStates } from './push.ts';
import { environmentParams, none, noParams, noQuery } from './request-parts.ts';

export const auditEntry = z.object({
  sequence: z.int(),
  at: moment,
  actor: z.string(),
  actorId: z.string(),
  actorKind: z.enum(['user', 'token', 'system', 'insecureDev']),
  /** Where it came from. */
  remoteAddress: z.string(),
  via: z.enum(['console', 'cli', 'api', 'server']),
  action: z.string(),
  environment: z.string().optional(),
  app: z.string().optional(),
  target: z.string(),
  revision: z.int().optional(),
  detail: z.record(z.string(), z.unknown()),
  /** Of the row before, and over that and this row: see `ChainCheck`. */
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const listAudit = contract({
  id: 'listAudit',
  summary: 'Who changed what, newest first; from `after` on, oldest first, as the chain is walked',
  method: 'GET',
  path: '/api/v1/audit',
  access: 'audit:read',
  params: noParams,
  query: z.strictObject({
    limit: queryInt(1, 1000).default(50),
    before: queryInt(0, Number.MAX_SAFE_INTEGER).optional(),
    /** Rows behind this one, oldest first; 0 begins with the first. */
    after: queryInt(0, Number.MAX_SAFE_INTEGER).optional(),
    environment: name.optional(),
    app: name.optional(),
    actor: text(64).optional(),
    action: text(64).optional(),
    since: moment.optional(),
    until: moment.optional(),
  }),
  body: none,
  status: 200,
  response: pageOf(auditEntry).extend({
    /** The newest row of the whole audit: for those who may read all of it. `sequence` 0 is an empty one. */
    head: z.object({ sequence: z.int(), hash: z.string() }).optional(),
  }),
});

export const changeKinds = [
  'publish',
  'rollback',
  'import',
  'delete',
  'promote',
  'layer',
  'step',
  'abandon',
  'expire',
  'cohort',
  'linked',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** A change of what instances see, for people who may read configs: the audit without administration. */
export const listChanges = contract({
  id: 'listChanges',
  summary: 'Everything that changed what some instance sees in an environment, newest first',
  method: 'GET',
  path: '/api/v1/environments/:env/changes',
  access: 'config:read',
  params: environmentParams,
  query: z.strictObject({
    ...page,
    app: name.optional(),
    kind: z.enum(changeKinds).optional(),
    /** Whoever made it, by the whole name. */
    actor: text(64).optional(),
  }),
  body: none,
  status: 200,
  response: pageOf(
    z.object({
      revision: z.int(),
      at: moment,
      actor: z.string(),
      kind: z.enum(changeKinds),
      app: name,
      namespace: name,
      release: z.int().optional(),
      message: z.string(),
      pushId: z.string().optional(),
    }),
  ),
});

export const overview = contract({
  id: 'overview',
  summary: 'An environment at a glance',
  method: 'GET',
  path: '/api/v1/environments/:env/overview',
  access: 'config:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    apps: z.int(),
    namespaces: z.int(),
    instancesOnline: z.int(),
    instancesOffline: z.int(),
    instancesDiffering: z.int(),
    /** Pushes that are on their way, and grays that wait for somebody; newest first, at most 50. */
    activePushes: z.array(
      z.object({
        id: z.string(),
        app: name,
        namespace: name,
        mode: z.enum(pushModes),
        state: z.enum(pushStates),
        holding: z.int(),
        targets: z.int(),
        createdBy: z.string(),
        createdAt: moment,
        message: z.string(),
        /** Of a layer that ends by itself. */
        expiresAt: moment.optional(),
      }),
    ),
    /** What was ever done here, over the apps that the caller may see. */
    firstSteps: z.object({
      /** An app exists. */
      app: z.boolean(),
      /** An instance has connected. */
      instance: z.boolean(),
      /** Some instance has proved that it holds a value. */
      value: z.boolean(),
      /** Something was pushed to some instances only. */
      gray: z.boolean(),
      /** A namespace of rules has a release. */
      rule: z.boolean(),
    }),
    revision: z.int(),
    nodes: z.array(z.object({ id: z.string(), startedAt: moment, instances: z.int(), isThis: z.boolean() })),
    at: moment,
  }),
});
