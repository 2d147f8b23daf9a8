import { alertConditions, alertSeverities } from '@sluice/core';
import { z } from 'zod';
import { id, moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { environmentParams, none, noQuery, nothing } from './request-parts.ts';

export const webhookKinds = ['generic', 'dingtalk', 'feishu', 'wecom', 'slack'] as const;
export type WebhookKind = (typeof webhookKinds)[number];

const condition = z.enum(alertConditions);

/** What a delivery came to. */
const outcome = z.object({
  at: moment,
  ok: z.boolean(),
  /** Of the answer; absent: there was none. */
  status: z.int().optional(),
  /** The beginning of the answer, or why there was none. */
  reply: z.string(),
  tookMs: z.int(),
});
export type WebhookOutcome = z.infer<typeof outcome>;

const webhook = z.object({
  id,
  name: z.string(),
  kind: z.enum(webhookKinds),
  /** Its address without path and query, for those hold keys. */
  origin: z.string(),
  hasSecret: z.boolean(),
  language: z.enum(['en', 'zh']),
  /** Of one app only. */
  app: name.optional(),
  /** Of these only; absent: all. */
  conditions: z.array(condition).optional(),
  /** Of this severity or a worse one. */
  severity: z.enum(alertSeverities),
  enabled: z.boolean(),
  createdBy: z.string(),
  createdAt: moment,
  /** Messages that wait to be sent, or to be sent again. */
  waiting: z.int(),
  last: outcome.optional(),
});
export type Webhook = z.infer<typeof webhook>;

const url = text(2000).refine(isWebAddress, {
  message: 'must be an address like https://host/path, without a name or password in it',
  params: { problem: 'value', zh: '必须是形如 https://host/path 的地址，且不含用户名或密码' },
});

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

const fields = {
  name: text(128).min(1),
  kind: z.enum(webhookKinds),
  /** Its path and query are never shown again. */
  url,
  /** Signs what is sent: generic, DingTalk and Feishu. Never shown again. */
  secret: text(256).min(1).nullable().optional(),
  language: z.enum(['en', 'zh']).default('en'),
  app: name.optional(),
  conditions: z.array(condition).min(1).max(alertConditions.length).optional(),
  severity: z.enum(alertSeverities).default('warning'),
};

const webhookParams = environmentParams.extend({ webhook: id });

export const listWebhooks = contract({
  id: 'listWebhooks',
  summary: 'Webhooks that are told of alerts; never their whole address',
  method: 'GET',
  path: '/api/v1/environments/:env/webhooks',
  access: 'alert:manage',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(webhook) }),
});

export const createWebhook = contract({
  id: 'createWebhook',
  summary:
    'Tell an address of alerts. Private addresses are refused, unless the server was started with them allowed',
  method: 'POST',
  path: '/api/v1/environments/:env/webhooks',
  access: 'alert:manage',
  params: environmentParams,
  query: noQuery,
  body: z.strictObject(fields),
  status: 201,
  response: webhook,
});

export const changeWebhook = contract({
  id: 'changeWebhook',
  summary: 'Change a webhook; what is absent stays, a secret that is null is taken away',
  method: 'PATCH',
  path: '/api/v1/environments/:env/webhooks/:webhook',
  access: 'alert:manage',
  params: webhookParams,
  query: noQuery,
  body: z.strictObject({
    name: fields.name.optional(),
    url: url.optional(),
    secret: fields.secret,
    language: z.enum(['en', 'zh']).optional(),
    conditions: z.array(condition).min(1).max(alertConditions.length).nullable().optional(),
    severity: z.enum(alertSeverities).optional(),
    enabled: z.boolean().optional(),
  }),
  status: 200,
  response: webhook,
});

export const deleteWebhook = contract({
  id: 'deleteWebhook',
  summary: 'Tell it nothing any more; what waits is not sent',
  method: 'DELETE',
  path: '/api/v1/environments/:env/webhooks/:webhook',
  access: 'alert:manage',
  params: webhookParams,
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});

export const testWebhook = contract({
  id: 'testWebhook',
  summary: 'Send a message that says that it is a test, now, and say what came of it',
  method: 'POST',
  path: '/api/v1/environments/:env/webhooks/:webhook/test',
  access: 'alert:manage',
  params: webhookParams,
  query: noQuery,
  body: none,
  status: 200,
  response: outcome,
});
