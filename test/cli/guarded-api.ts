import type { Content } from '@sluice/core';
import type { KillSwitchState, Resource, ResourceDetail, TrafficTally } from '@sluice/protocol';
import { type FakeServer, Refused } from './fake-server.ts';
import { contents, namespaceOf, releaseOf } from './order-api.ts';

const at = '2026-01-02T03:04:05.000Z';

const rules = {
  pay: {
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 50,
    intervalMs: 1000,
    per: { by: 'user' },
    resource: { match: 'exact', value: 'POST /pay' },
    mode: 'monitor',
  },
  stock: {
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 5000,
    resource: { match: 'prefix', value: 'rpc:stock.' },
    mode: 'intercept',
  },
} as const;
const guardContent: Content = { kind: 'rules', items: rules };

const tallyOf = (more: Partial<TrafficTally> = {}): TrafficTally => ({
  passed: 0,
  blocked: {},
  wouldBlock: 0,
  success: 0,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 0,
  ...more,
});

export const resourceOf = (name: string, more: Partial<Resource> = {}): Resource => ({
  resource: name,
  type: 'web',
  firstSeenAt: at,
  lastSeenAt: at,
  breakers: [],
  ...more,
});

const resources: Resource[] = [
  resourceOf('POST /pay', {
    minute: {
      ...tallyOf({
        passed: 5880,
        blocked: { limited: 100, breakerOpen: 20 },
        wouldBlock: 7,
        errors: 3,
        active: 4,
      }),
      p50Ms: 4.25,
      p99Ms: 120.4,
      instances: 2,
      seconds: 60,
    },
    breakers: [
      {
        rule: 'guard/stock',
        states: { open: 1, closed: 1 },
        instances: [{ instanceId: 'i-2', state: 'open' }],
      },
    ],
  }),
  resourceOf('GET /quiet'),
];

export const killOf = (more: Partial<KillSwitchState> = {}): KillSwitchState => ({
  freezePublishes: false,
  monitorOnly: true,
  endFaults: false,
  reason: 'INC-12',
  by: 'li',
  at,
  version: 3,
  instances: 2,
  acked: 2,
  ...more,
});

/** Why a payment was refused, as decision `d-1` tells it. */
export const refusedPay = {
  decisionId: 'd-1',
  instanceId: 'i-2',
  call: {
    code: 'limited',
    resource: 'POST /pay',
    type: 'web',
    rule: 'guard/pay',
    kind: 'limit',
    revision: 47,
    value: 50,
    threshold: 50,
    key: 'li',
    retryAfterMs: 20,
  },
} as const;

/** Lets the order app hold rules in a namespace `guard`, and calls come through two resources. */
export function beGuarded(fake: FakeServer): FakeServer {
  const guard = {
    ...namespaceOf('order'),
    name: 'guard',
    kind: 'rules' as const,
    etag: '"guard-47"',
    live: releaseOf(7),
  };
  const detail: ResourceDetail = {
    ...resources[0]!,
    instances: [
      { instanceId: 'i-1', ...tallyOf({ passed: 5000 }), breakers: [] },
      { instanceId: 'i-2', ...tallyOf({ passed: 880 }), breakers: [{ rule: 'guard/stock', state: 'open' }] },
    ],
    rules: [{ rule: 'guard/pay', blocked: 0, wouldBlock: 7 }],
  };
  return fake
    .on('listNamespaces', ({ params }) => {
      if (params.app !== 'order-api' || params.env !== 'prod')
        throw new Refused({ status: 404, code: 'not_found', message: 'There is no app here.' });
      return { items: [...Object.keys(contents).map(namespaceOf), guard] };
    })
    .on('getNamespace', ({ params }) =>
      params.ns === 'guard'
        ? { ...guard, schema: null, linkers: 0, target: guardContent }
        : { ...namespaceOf(params.ns!), schema: null, linkers: 0, target: contents[params.ns!]! },
    )
    .on('listResources', ({ params }) => {
      if (params.app === 'order-api') return { items: resources, overflowed: false, at };
      throw new Refused({ status: 404, code: 'not_found', message: 'There is no app here.' });
    })
    .on('getResource', ({ params }) => {
      if (params.resource === 'POST /pay') return detail;
      throw new Refused({ status: 404, code: 'not_found', message: 'There is no resource here.' });
    })
    .on('getDecision', ({ params }) => {
      if (params.decision !== 'd-1')
        throw new Refused({ status: 404, code: 'not_found', message: 'There is no decision here.' });
      return refusedPay;
    })
    .on('lintRules', () => ({
      checked: 2,
      resourcesKnown: true,
      items: [
        {
          code: 'noResource',
          severity: 'warning',
          rule: 'guard/pay',
          field: 'resource.value',
          text: { en: 'no resource "POST /pai" has been seen', zh: '没有见过资源“POST /pai”' },
        },
      ],
    }))
    .on('predictRule', () => ({
      recording: { calls: 1000, instances: 2, sampledBy: 10, from: at, to: at },
      calls: 800,
      wouldBlock: 40,
      share: 0.05,
      shareError: 0.002,
      healthy: 39,
      byMinute: [{ at, calls: 800, wouldBlock: 40 }],
      byOrigin: [{ value: '', calls: 800, wouldBlock: 40, healthy: 39 }],
      byKey: [
        { value: 'li', calls: 100, wouldBlock: 40, healthy: 39 },
        { value: 'wang', calls: 700, wouldBlock: 0, healthy: 0 },
      ],
      byInstance: [{ value: 'i-1', calls: 800, wouldBlock: 40, healthy: 39 }],
      smallestLimit: { field: 'limit', value: 75, share: 0.01 },
      enough: false,
      warnings: [{ en: 'The rule was off.', zh: '规则已停用。' }],
    }))
    .on('replayRules', () => ({
      recording: { calls: 10, instances: 1, sampledBy: 1 },
      passed: 8,
      blocked: 2,
      wouldBlock: 1,
      estimated: 0,
      rules: [{ rule: 'pay', blocked: 2, wouldBlock: 1 }],
      differing: 1,
      differences: [
        {
          atMs: 5,
          resource: 'POST /pay',
          type: 'web',
          was: 'pass',
          is: 'block',
          rules: ['pay'],
          instanceId: 'i-1',
        },
      ],
      warnings: [],
      ms: 3,
    }))
    .on('listScripts', () => ({
      items: [
        {
          rule: 'guard/pay',
          role: 'decide',
          mode: 'intercept',
          running: 10,
          failing: 0,
          quarantined: 2,
          unavailable: 0,
          troubles: [
            { instanceId: 'i-1', state: 'quarantined', error: '3 kills in a minute', since: at },
            { instanceId: 'i-2', state: 'quarantined', error: '3 kills in a minute', since: at },
          ],
        },
      ],
      at,
      silentNodes: 1,
    }))
    .on('checkScript', () => ({ sizeBytes: 40, limitBytes: 65_536, unusedInputs: ['header:x-tier'] }))
    .on('tryScript', () => ({
      items: [
        { result: { block: false }, ms: 0.1, values: { user: 'x' }, now: at, random: 0.5 },
        { result: { block: true }, ms: 0.2, values: { user: 'y' }, now: at, random: 0.5 },
      ],
      differing: 0,
      leftOut: 0,
    }))
    .on('setKill', ({ body }) => killOf(body))
    .on('getKill', () => ({ items: [killOf()], at }));
}
