import type { ApplyState, Content } from '@sluice/core';
import type {
  Group,
  Instance,
  Namespace,
  Push,
  PushPlanBody,
  Released,
  ReleaseSummary,
} from '@sluice/protocol';
import { type FakeServer, Refused } from './fake-server.ts';

const at = '2026-01-02T03:04:05.000Z';
const digest = 'a'.repeat(64);

export const releaseOf = (number: number, more: Partial<ReleaseSummary> = {}): ReleaseSummary => ({
  number,
  revision: 40 + number,
  kind: 'publish',
  digest,
  sizeBytes: 100,
  message: 'tuning',
  author: 'li',
  createdAt: at,
  ...more,
});

const counts = (some: Partial<Record<ApplyState, number>>) => ({
  pending: 0,
  applied: 0,
  rejected: 0,
  failed: 0,
  timeout: 0,
  offline: 0,
  drifted: 0,
  repaired: 0,
  superseded: 0,
  ...some,
});

export const pushOf = (
  state: Push['state'],
  some: Partial<Record<ApplyState, number>>,
  more: Partial<Push> = {},
): Push => {
  const all = counts(some);
  return {
    id: 'p-1',
    environment: 'prod',
    app: 'order-api',
    mode: 'global',
    state,
    namespaces: [{ name: 'order', release: 8, digest, keys: ['timeoutMs'] }],
    target: { mode: 'global' },
    revision: 48,
    twoPhase: false,
    createdBy: 'li',
    createdAt: at,
    message: '',
    verdict: {
      holding: all.applied + all.repaired,
      targets: Object.values(all).reduce((a, b) => a + b, 0),
      counts: all,
      ...(state === 'running' ? {} : { lastAppliedMs: 118 }),
      at,
    },
    ...more,
  };
};

export const instanceOf = (instanceId: string, more: Partial<Instance> = {}): Instance => ({
  instanceId,
  app: 'order-api',
  environment: 'prod',
  online: true,
  labels: { zone: 'a' },
  sdk: 'client 0.1.0',
  inSync: true,
  conflict: false,
  cache: 'ok',
  revision: 47,
  startedAt: at,
  lastSeenAt: at,
  ...more,
});

export const groupOf = (name: string, more: Partial<Group> = {}): Group => ({
  name,
  selector: 'zone in (a)',
  description: '',
  order: 0,
  online: 2,
  namespaces: [],
  createdBy: 'li',
  createdAt: at,
  ...more,
});

/** A plan that changes `order.timeoutMs` from 800 to 500 for these instances. */
export const planOf = (ids: readonly string[], more: Partial<PushPlanBody> = {}): PushPlanBody => ({
  hash: (ids.length % 10).toString().repeat(64),
  revision: 47,
  targets: ids.map((instanceId) => ({
    instanceId,
    online: true,
    labels: { zone: 'a' },
    reasons: [
      {
        namespace: 'order',
        kind: 'gray',
        effect: 'gains',
        why: { en: 'zone=a, and among the first 5 %', zh: 'zone=a，且属于前 5%' },
      },
    ],
    holding: 'before',
    variant: 0,
  })),
  variants: [
    {
      targets: ids.length,
      payloadBytes: 120,
      namespaces: [
        {
          namespace: 'order',
          before: 'a'.repeat(64),
          after: 'b'.repeat(64),
          changes: [
            {
              key: 'timeoutMs',
              change: 'changed',
              before: { type: 'number', value: 800 },
              after: { type: 'number', value: 500 },
            },
          ],
        },
      ],
    },
  ],
  unmoved: [],
  unknown: [],
  counts: { targets: ids.length, online: ids.length, offline: 0 },
  payload: { totalBytes: 120 * ids.length, largestBytes: 120, encodedBytes: 120 },
  warnings: [],
  ...more,
});

function kindOf(wait: string): 'acks' | 'bake' | 'health' | 'click' {
  if (wait.includes('confirm')) return 'click';
  if (wait.includes('applied')) return 'acks';
  return wait.includes('bake') ? 'bake' : 'health';
}

/** A gray in its first step of three, by `waits` in words. */
export const grayOf = (
  state: Push['state'],
  some: Partial<Record<ApplyState, number>>,
  more: Partial<Push> & { waits?: string[]; index?: number } = {},
): Push => {
  const { waits = [], index = 0, ...rest } = more;
  return pushOf(state, some, {
    id: 'g-1',
    mode: 'gray',
    namespaces: [{ name: 'order', digest, keys: ['timeoutMs'] }],
    target: {
      mode: 'gray',
      audience: { by: 'percent', steps: [5, 25, 100] },
      gate: { bakeMs: 0, health: false, click: true },
    },
    step: {
      index,
      of: 3,
      percent: [5, 25, 100][index]!,
      since: at,
      waits: waits.map((wait) => ({ for: kindOf(wait), en: wait, zh: wait })),
    },
    ...rest,
  });
};

/** What the order app holds: a map `order`, a document `gateway`, and a map `order.eu` whose name has a dot. */
export const contents: Readonly<Record<string, Content>> = {
  order: {
    kind: 'map',
    items: {
      timeoutMs: { type: 'number', value: 800, min: 50, max: 5000 },
      greeting: { type: 'string', value: 'hello' },
      vip: { type: 'json', value: ['a'] },
    },
  },
  'order.eu': { kind: 'map', items: { rate: { type: 'number', value: 0.19 } } },
  gateway: { kind: 'document', format: 'yaml', text: '\ufeffserver:\r\n  port: 1\r\n' },
};

export function namespaceOf(name: string): Namespace {
  const content = contents[name]!;
  return {
    app: 'order-api',
    name,
    kind: content.kind,
    ...(content.kind === 'document' && { format: content.format }),
    description: '',
    revision: 47,
    etag: `"${name}-47"`,
    live: releaseOf(7),
    itemCount: content.kind === 'document' ? 0 : Object.keys(content.items).length,
    hasDraft: false,
    public: false,
    createdAt: at,
  };
}

export const released = (push: Push = pushOf('running', { pending: 2 })): Released => ({
  release: releaseOf(8),
  push,
  etag: '"48"',
});

/** Lets a fake server be the order app in prod with two instances. */
export function beOrderApi(fake: FakeServer): FakeServer {
  const only = (name: string | undefined): string => {
    if (name !== undefined && Object.hasOwn(contents, name)) return name;
    throw new Refused({ status: 404, code: 'not_found', message: 'There is no namespace here.' });
  };
  const missingApp = new Refused({ status: 404, code: 'not_found', message: 'There is no app here.' });
  return fake
    .on('listEnvironments', () => ({
      items: [{ name: 'prod', revision: 47, protected: true, approvals: 0, createdAt: at }],
    }))
    .on('listApps', () => ({ items: [{ name: 'order-api', title: '', owner: '', createdAt: at }] }))
    .on('listNamespaces', ({ params }) => {
      if (params.app !== 'order-api' || params.env !== 'prod') throw missingApp;
      return { items: Object.keys(contents).map(namespaceOf) };
    })
    .on('getNamespace', ({ params }) => {
      const name = only(params.ns);
      return { ...namespaceOf(name), schema: null, linkers: 0, target: contents[name]! };
    })
    .on('listInstances', () => ({ items: [instanceOf('i-1'), instanceOf('i-2')] }))
    .on('publish', () => released())
    .on('getPush', () => pushOf('converged', { applied: 2 }))
    .on('getPushGuardrail', () => ({ log: [] }))
    .on('listPushInstances', () => ({
      items: [
        { instanceId: 'i-1', state: 'applied', ms: 12, digest, at },
        { instanceId: 'i-2', state: 'applied', ms: 15, digest, at },
      ],
    }))
    .on('listHistory', () => ({ items: [7, 6, 5].map((n) => releaseOf(n)) }))
    .on('getRelease', ({ params }) => {
      const number = Number(params.number);
      if (number > 7) throw new Refused({ status: 404, code: 'not_found', message: 'There is no release.' });
      const items = { timeoutMs: { type: 'number', value: 100 * number, min: 50, max: 5000 } } as const;
      return { ...releaseOf(number), content: { kind: 'map', items } };
    })
    .on('previewRollback', () => ({ to: 6, plan: planOf(['i-1', 'i-2']) }))
    .on('rollback', () => released())
    .on('listGroups', () => ({ items: [groupOf('eu')] }))
    .on('previewPush', () => planOf(['i-1', 'i-2']))
    .on('previewPushAct', () => planOf(['i-3', 'i-4']))
    .on('startPush', () => grayOf('running', { pending: 2 }))
    .on('proposePush', () => grayOf('planned', {}))
    .on('getPushPlan', () => planOf(['i-1', 'i-2']))
    .on('whoAmI', () => ({
      id: 'u1',
      name: 'li',
      kind: 'user',
      grants: [{ role: 'admin', environment: '*', app: '*' }],
    }));
}
