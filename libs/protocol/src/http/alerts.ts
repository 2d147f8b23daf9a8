import { alertConditions, alertSeverities, resourceTypes } from '@sluice/core';
import { z } from 'zod';
import { id, moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { page, pageOf } from './page.ts';
import { environmentParams, none, noQuery, nothing } from './request-parts.ts';

const condition = z.enum(alertConditions);
const severity = z.enum(alertSeverities);
const inBoth = z.object({ en: z.string(), zh: z.string() });

/** Something that goes wrong now, or went wrong: one condition about one subject, from its beginning to its end. */
const alert = z.object({
  id,
  /** Absent: of the whole environment. */
  app: name.optional(),
  condition,
  severity,
  /** What it is about, as people know it: an instance, a push, a resource. */
  subject: z.string(),
  /** Where to look. */
  link: z.discriminatedUnion('to', [
    z.object({ to: z.literal('app') }),
    z.object({ to: z.literal('push'), pushId: id }),
    z.object({ to: z.literal('instance'), instanceId: z.string() }),
    z.object({ to: z.literal('resource'), resource: z.string(), type: z.enum(resourceTypes) }),
    z.object({ to: z.literal('rule'), rule: z.string() }),
    z.object({ to: z.literal('kill') }),
  ]),
  /** What is seen, with figures; of a firing alert as it was seen last. */
  text: inBoth,
  state: z.enum(['firing', 'resolved']),
  /** When it was told. It had held for a while then. */
  firedAt: moment,
  resolvedAt: moment.optional(),
  acknowledged: z.object({ by: z.string(), at: moment, note: z.string() }).optional(),
  /** A silence keeps it from the webhooks. */
  isSilenced: z.boolean(),
});
export type Alert = z.infer<typeof alert>;

export const listAlerts = contract({
  id: 'listAlerts',
  summary: 'Alerts of an environment, newest first, of the apps that the caller may see',
  method: 'GET',
  path: '/api/v1/environments/:env/alerts',
  access: 'instance:read',
  params: environmentParams,
  query: z.strictObject({
    ...page,
    state: z.enum(['firing', 'resolved']).optional(),
    app: name.optional(),
    condition: condition.optional(),
  }),
  body: none,
  status: 200,
  response: pageOf(alert).extend({
    /** Of all pages. */
    firing: z.int(),
    at: moment,
  }),
});

export const acknowledgeAlert = contract({
  id: 'acknowledgeAlert',
  summary: 'Say that somebody looks after a firing alert; it goes on until what it tells is over',
  method: 'POST',
  path: '/api/v1/environments/:env/alerts/:alert/acknowledge',
  access: 'alert:use',
  params: environmentParams.extend({ alert: id }),
  query: noQuery,
  body: z.strictObject({ note: text(2000).default('') }),
  status: 200,
  response: alert,
  errors: ['wrong_state'],
});

const share = z.number().min(0.001).max(1);
const alertSetting = z.object({
  condition,
  title: inBoth,
  enabled: z.boolean(),
  severity,
  forSec: z.int(),
  threshold: z.number().optional(),
  minCalls: z.int().optional(),
  /** Whose word counts. */
  from: z.enum(['default', 'environment', 'app']),
});
export type AlertSettingNow = z.infer<typeof alertSetting>;

export const listAlertSettings = contract({
  id: 'listAlertSettings',
  summary: 'When each condition raises an alert, in an environment or for one app in it',
  method: 'GET',
  path: '/api/v1/environments/:env/alerts/settings',
  access: 'instance:read',
  params: environmentParams,
  query: z.strictObject({ app: name.optional() }),
  body: none,
  status: 200,
  response: z.object({ items: z.array(alertSetting) }),
});

export const changeAlertSetting = contract({
  id: 'changeAlertSetting',
  summary: 'Say when a condition raises an alert; null goes back to what would hold without it',
  method: 'PATCH',
  path: '/api/v1/environments/:env/alerts/settings/:condition',
  access: 'alert:manage',
  params: environmentParams.extend({ condition }),
  query: noQuery,
  body: z.strictObject({
    /** Absent: for every app of the environment. */
    app: name.optional(),
    enabled: z.boolean().nullable().optional(),
    severity: severity.nullable().optional(),
    forSec: z.int().min(0).max(86_400).nullable().optional(),
    threshold: share.nullable().optional(),
    minCalls: z.int().min(1).max(1_000_000).nullable().optional(),
  }),
  status: 200,
  response: alertSetting,
});

const silence = z.object({
  id,
  app: name.optional(),
  condition: condition.optional(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: moment,
  until: moment,
});
export type AlertSilence = z.infer<typeof silence>;

export const listAlertSilences = contract({
  id: 'listAlertSilences',
  summary: 'Silences in force',
  method: 'GET',
  path: '/api/v1/environments/:env/alerts/silences',
  access: 'instance:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(silence) }),
});

export const createAlertSilence = contract({
  id: 'createAlertSilence',
  summary: 'Send nothing of an app, or of a condition, to webhooks for a while; the alerts are still listed',
  method: 'POST',
  path: '/api/v1/environments/:env/alerts/silences',
  access: 'alert:use',
  params: environmentParams,
  query: noQuery,
  body: z.strictObject({
    app: name.optional(),
    condition: condition.optional(),
    minutes: z.int().min(1).max(10_080),
    reason: text(2000).min(1),
  }),
  status: 201,
  response: silence,
});

export const endAlertSilence = contract({
  id: 'endAlertSilence',
  summary: 'End a silence now',
  method: 'DELETE',
  path: '/api/v1/environments/:env/alerts/silences/:silence',
  access: 'alert:use',
  params: environmentParams.extend({ silence: id }),
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});
