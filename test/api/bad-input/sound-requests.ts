import type { Content, Rule } from '@sluice/core';
import type { CallInput, Contracts } from '@sluice/protocol';
import { adminPassword } from '../../support/boot-app.ts';
import type { KnownIds } from './known-ids.ts';
import { soundAccess } from './sound-access.ts';
import { soundDrills } from './sound-drills.ts';

type Sound = { readonly [Id in keyof Contracts]: CallInput<Contracts[Id]> };

const env = 'prod';
const app = 'orders';
const place = { env, app };
const at = { ...place, ns: 'limits' };
const item = { type: 'number', value: 2, min: 0, max: 10, description: 'seconds' } as const;
const content: Content = { kind: 'map', items: { timeout: item } };
const page = { limit: '5', before: '100' };
const stretch = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
const rule: Rule = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 10,
  intervalMs: 1000,
  burst: 5,
  per: { by: 'header', name: 'x-tier', overrides: { gold: 20 }, maxKeys: 100 },
  scope: 'instance',
  resource: { match: 'exact', value: 'pay', type: 'rpc' },
  mode: 'monitor',
  priority: 1,
  description: 'payments',
  when: { on: 'origin', op: 'equals', value: 'shop' },
  effective: { from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' },
  onBlock: { answer: 'value', value: 1 },
};
const schema = { type: 'object', properties: { timeout: { type: 'number' } } };

/** An address of this machine with which no connection is made, so that nothing leaves it. */
export const nobodyListens = 'http://127.0.0.1:1/sluice';

const said = { message: 'because' };
const gray = {
  changes: [{ namespace: 'limits', base: 1, changes: { set: { timeout: item }, remove: [] } }],
  target: {
    mode: 'gray' as const,
    audience: { by: 'percent' as const, steps: [5, 100], among: 'zone=near' },
    gate: { bakeMs: 1000, health: true, click: true },
  },
  expiresInMs: 60_000,
  twoPhase: true,
  message: 'careful',
};

/**
 * One request per contract that the server carries out, with every optional field filled, so that each of them can be
 * spoilt. A contract without one doesn't compile.
 */
export const soundRequests = (known: KnownIds): Sound => ({
  setupState: {},
  setup: {
    body: { setupToken: 'x', userName: 'eve', password: 'a long enough secret', environments: ['e'] },
  },
  signIn: { body: { userName: 'admin', password: adminPassword } },
  signOut: {},
  ...soundAccess(known),
  listEnvironments: {},
  createEnvironment: { body: { name: 'qa', protected: true } },
  changeEnvironment: { params: { env }, body: { protected: true, approvals: 0 } },
  listApps: {},
  createApp: { body: { name: 'stock', title: 'Stock', owner: 'team-a' } },
  changeApp: { params: { app }, body: { title: 'Orders', owner: 'team-b' } },
  listAppsOf: { params: { env } },
  overview: { params: { env } },
  listChanges: { params: { env }, query: { ...page, app, kind: 'publish', actor: 'root' } },
  environmentTraffic: { params: { env } },
  getIncident: { params: { env }, query: { app } },
  listNamespaces: { params: place },
  createNamespace: {
    params: place,
    body: { name: 'fresh', kind: 'document', format: 'json', description: 'new', schema },
  },
  getNamespace: { params: at },
  changeNamespace: { params: at, body: { description: 'what is allowed', schema }, ifMatch: '"1"' },
  deleteNamespace: { params: at, query: { message: 'no longer used' }, ifMatch: '"1"' },
  listPublicNamespaces: { params: { env: place.env } },
  listLinkers: { params: at },
  getLiveValues: { params: at },
  getKeySpread: { params: { ...at, key: 'timeout' } },
  getDraft: { params: at },
  saveDraft: { params: at, body: { content }, ifMatch: '"1"' },
  discardDraft: { params: at, query: { stash: 'true' } },
  publish: { params: at, body: { content, message: 'slower' }, ifMatch: '"1"', idempotencyKey: 'once' },
  previewRollback: { params: at, body: { to: 1 } },
  rollback: {
    params: at,
    body: { to: 1, message: 'back', emergency: 'INC-7' },
    ifMatch: '"1"',
    idempotencyKey: 'once-back',
  },
  listHistory: { params: at, query: page },
  getRelease: { params: { ...at, number: '1' } },
  diff: { params: at, query: { from: 'empty', to: 'live' } },
  revealItem: { params: { ...at, key: 'password' }, body: { of: 'live' } },
  exportApp: { params: place, query: { secrets: 'masked' } },
  importApp: {
    params: place,
    body: {
      namespaces: [{ name: 'limits', kind: 'map', description: 'd', schema, content }],
      bases: { limits: 1 },
      message: 'moved',
      dryRun: false,
    },
    idempotencyKey: 'once-import',
  },
  listPushes: { params: place, query: { ...page, namespace: 'limits', id: '0c1f52', state: 'open' } },
  previewPush: { params: place, body: gray },
  startPush: {
    params: place,
    body: { ...gray, plan: known.digest, emergency: 'the shop is down' },
    idempotencyKey: 'once-push',
  },
  proposePush: { params: place, body: gray, idempotencyKey: 'once-proposed' },
  changeProposal: { params: { ...place, push: known.push }, body: gray },
  approvePush: { params: { ...place, push: known.push }, body: { plan: known.digest, message: 'go' } },
  startProposedPush: {
    params: { ...place, push: known.push },
    body: { plan: known.digest, emergency: 'the shop is down' },
  },
  getPushPlan: { params: { ...place, push: known.push } },
  previewPushAct: { params: { ...place, push: known.push }, body: { act: 'advance', step: 0 } },
  advancePush: { params: { ...place, push: known.push }, body: { step: 0, message: 'on' } },
  pausePush: { params: { ...place, push: known.push }, body: said },
  resumePush: { params: { ...place, push: known.push }, body: said },
  promotePush: {
    params: { ...place, push: known.push },
    body: {
      choices: { limits: { timeout: 'gray' } },
      groupsWin: true,
      despiteHealth: 'we need it',
      message: 'all',
    },
  },
  abandonPush: { params: { ...place, push: known.push }, body: said },
  rollbackPush: { params: { ...place, push: known.push }, body: { ...said, emergency: 'INC-7' } },
  repushPush: { params: { ...place, push: known.push }, body: said },
  listGroups: { params: place },
  createGroup: {
    params: place,
    body: { name: 'near', selector: 'zone=near', description: 'close by', order: 5 },
  },
  changeGroup: {
    params: { ...place, group: 'near' },
    body: { selector: 'zone=near', description: 'close by', order: 5 },
  },
  deleteGroup: { params: { ...place, group: 'near' } },
  getPush: { params: { ...place, push: known.push } },
  listPushInstances: { params: { ...place, push: known.push } },
  getPushGuardrail: { params: { ...place, push: known.push } },
  listInstances: { params: place, query: { online: 'true' } },
  getInstance: { params: { ...place, instance: 'orders-1' } },
  explainInstance: {
    params: { ...place, instance: 'orders-1' },
    query: { namespace: 'limits', key: 'timeout' },
  },
  probeInstance: { params: { ...place, instance: 'orders-1' } },
  instanceTimeline: {
    params: { ...place, instance: 'orders-1' },
    query: { at: '2026-01-02T14:03:00.000Z', from: '2026-01-01T00:00:00.000Z', namespace: 'limits' },
  },
  survivability: { params: place },
  listScripts: { params: place },
  checkScript: {
    params: place,
    body: {
      role: 'decide',
      source: 'function decide(call) { return "pass" }',
      inputs: ['user', 'args[0].id'],
    },
  },
  tryScript: {
    params: place,
    body: {
      role: 'fallback',
      source: 'function fallback(call, error) { return [call.user, error] }',
      inputs: ['user'],
      timeoutMs: 100,
      compareWith: 'function fallback(call) { return [] }',
      cases: [{ values: { user: 'ann' }, now: '2026-01-01T00:00:00Z', random: 0.5, error: 'down' }],
      recorded: { resource: 'GET /orders', type: 'web', last: 10 },
    },
  },
  listResources: { params: place, query: { type: 'rpc' } },
  getResource: { params: { ...place, resource: 'pay' }, query: { type: 'rpc' } },
  getTraffic: {
    params: { ...place, resource: 'pay' },
    query: { type: 'rpc', from: '2026-01-01T00:00:00Z', stepMs: '60000' },
  },
  getDecision: { params: { ...place, decision: 'orders-1-decision' } },
  lintRules: { params: place, body: { namespace: 'guard', rules: { pay: rule } } },
  predictRule: {
    params: place,
    body: { ref: 'guard/pay', rule, ...stretch, targetShare: 0.01, seed: 1 },
  },
  replayRules: {
    params: place,
    body: {
      rules: { pay: rule },
      namespace: 'guard',
      calls: [
        {
          atMs: 5,
          mayWait: true,
          resource: 'pay',
          type: 'rpc',
          inputs: { origin: 'shop' },
          verdict: 'pass',
          outcome: 'success',
          durationMs: 3,
          rules: ['guard/pay'],
          instanceId: 'orders-1',
        },
      ],
      ...stretch,
      seed: 1,
    },
  },
  getKill: { params: { env } },
  setKill: {
    params: { env },
    body: { app, freezePublishes: true, monitorOnly: true, endFaults: true, reason: 'too much' },
  },
  ...soundDrills(known),
  listAlerts: { params: { env }, query: { ...page, state: 'firing', app, condition: 'errors' } },
  acknowledgeAlert: { params: { env, alert: known.alert }, body: { note: 'on it' } },
  listAlertSettings: { params: { env }, query: { app } },
  changeAlertSetting: {
    params: { env, condition: 'errors' },
    body: { app, enabled: true, severity: 'warning', forSec: 30, threshold: 0.1, minCalls: 50 },
  },
  listAlertSilences: { params: { env } },
  createAlertSilence: {
    params: { env },
    body: { app, condition: 'errors', minutes: 10, reason: 'a load test' },
  },
  endAlertSilence: { params: { env, silence: known.silence } },
  listWebhooks: { params: { env } },
  createWebhook: {
    params: { env },
    body: {
      name: 'on call',
      kind: 'generic',
      url: nobodyListens,
      secret: 'a shared secret',
      language: 'en',
      app,
      conditions: ['errors'],
      severity: 'info',
    },
  },
  changeWebhook: {
    params: { env, webhook: known.webhook },
    body: {
      name: 'on call',
      url: nobodyListens,
      secret: 'another secret',
      language: 'zh',
      conditions: ['errors'],
      severity: 'critical',
      enabled: false,
    },
  },
  deleteWebhook: { params: { env, webhook: known.webhook } },
  testWebhook: { params: { env, webhook: known.webhook } },
  listAudit: {
    query: {
      ...page,
      after: '1',
      environment: env,
      app,
      actor: 'admin',
      action: 'app.create',
      since: stretch.from,
      until: stretch.to,
    },
  },
  getSnapshot: { query: { instanceId: 'orders-1', labels: '{}' } },
  getBody: { params: { digest: known.digest } },
  health: {},
  readiness: {},
  metrics: {},
});
