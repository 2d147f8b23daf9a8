import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import type { OtherNodes } from '../fleet/other-nodes.ts';
import type { Caller } from '../http/caller.ts';
import { AppTraffic } from './app-traffic.ts';
import { EnvironmentTrafficRead } from './environment-traffic.read.ts';
import { stepsOf } from './incident-calls.ts';
import { Latency } from './latency.ts';
import { ResourcesRead } from './resources.read.ts';
import { Ring } from './ring.ts';
import type { Traffic } from './traffic.ts';

const place = { environment: 'prod', app: 'orders' };
const nowMs = Date.parse('2026-01-01T12:00:00Z');
const resourceCount = 500;

const second = (resource: string, errors: number): ResourceSecond => ({
  resource,
  type: 'rpc',
  passed: 4,
  blocked: { limited: 1 },
  wouldBlock: 2,
  success: 4 - errors,
  errors,
  degraded: 0,
  injected: 0,
  active: 1,
  latency: [[40, 4]],
  rules: [],
});
const openAt = (resource: string) => ({
  rule: 'guard/pay',
  resource,
  type: 'rpc' as const,
  state: 'open' as const,
});

function told(): AppTraffic {
  const app = new AppTraffic(place, () => true);
  const resources = Array.from({ length: resourceCount }, (_, i) => second(`r${i}`, i === 7 ? 3 : 0));
  const rest = { breakers: [], calls: [], leases: [], scripts: [] };
  for (const instanceId of ['a', 'b']) {
    const connection = { place, instanceId, bootId: 'boot' } as unknown as Connection;
    const report: Report = {
      sequence: 1,
      seconds: [{ agoMs: 0, resources }],
      open: [openAt('r1'), openAt('r2')],
      ...rest,
    };
    app.take(connection, report, nowMs - 30_000);
  }
  return app;
}

/** What is shown where another node tells `elsewhere` besides. */
async function read(app: AppTraffic, elsewhere: readonly object[] = []) {
  const traffic = { peek: () => app } as unknown as Traffic;
  const answers = elsewhere.length > 0 ? [{ apps: elsewhere, worst: [] }] : [];
  const nodes = { answers: () => undefined, ask: async () => ({ answers, silent: 0 }) };
  const catalog = { requireEnvironment: async () => undefined, apps: async () => [{ name: 'orders' }] };
  const clock = new Clock();
  clock.now = () => nowMs;
  const others = nodes as unknown as OtherNodes;
  const caller = {
    principal: { kind: 'user', grants: [{ environment: '*', app: '*', role: 'admin' }] },
  } as unknown as Caller;
  return new EnvironmentTrafficRead(
    traffic,
    new ResourcesRead(traffic, others, clock),
    catalog as unknown as CatalogRead,
    others,
    clock,
  ).read('prod', caller);
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('an environment at a glance', () => {
  it('counts a breaker once, on however many instances and nodes it is open', async () => {
    const breakers = ['guard/pay rpc r2', 'guard/pay rpc r3'];
    expect((await read(told())).apps[0]!.breakersOpen).toBe(2);
    const heard = { instances: 0, lost: 0, seconds: 0, fromSecond: 0, toSecond: 0 };
    expect((await read(told(), [{ app: 'orders', breakers, heard }])).apps[0]!.breakersOpen).toBe(3);
  });

  it('counts instances once that went to another node within the minute', async () => {
    const app = new AppTraffic(place, () => true);
    const connection = { place, instanceId: 'a', bootId: 'boot' } as unknown as Connection;
    const report = { breakers: [], open: [], calls: [], leases: [], scripts: [] };
    for (let n = 0; n < 30; n++)
      app.take(
        connection,
        { ...report, sequence: n + 1, seconds: [{ agoMs: 0, resources: [second('r', 0)] }] },
        nowMs - 60_000 + n * 1000 + 900,
      );
    const { minute } = (await read(app)).apps[0]!;
    expect(minute!.instances).toBe(1);
    // The other node has heard of it since, and tells as many calls.
    const heard = { instances: 1, lost: 0, seconds: 29, fromSecond: 30, toSecond: 59 };
    const both = await read(app, [{ app: 'orders', breakers: [], heard, minute }]);
    expect(both.apps[0]!.minute).toMatchObject({ passed: 2 * minute!.passed, instances: 1 });
    expect(both.worst[0]!.minute!.instances).toBe(1);
  });

  it('works out all of the worst resources only, however many there are', async () => {
    const app = told();
    const merged = jest.spyOn(Latency.prototype, 'merge');
    const { worst, apps } = await read(app);
    expect(worst.slice(0, 3).map(({ resource }) => resource)).toEqual(['r1', 'r2', 'r7']);
    expect(worst[2]!.minute).toMatchObject({ errors: 6, p50Ms: expect.any(Number) });
    expect(merged.mock.calls.length).toBeLessThan(resourceCount);
    expect(apps[0]!.minute).toMatchObject({ passed: 8 * resourceCount, errors: 6 });
  });
});

it('adds up the calls of an incident by app, not by resource', () => {
  const app = told();
  const looked = jest.spyOn(Ring.prototype, 'eachRow');
  const steps = stepsOf([app], 60_000, nowMs - 3_600_000, nowMs);
  expect(looked.mock.calls.length).toBeLessThanOrEqual(60);
  expect(steps).toHaveLength(1);
  expect(steps[0]).toMatchObject({
    passed: 8 * resourceCount,
    blocked: 2 * resourceCount,
    wouldBlock: 4 * resourceCount,
    errors: 6,
  });
});

it('begins anew with its resources when the clock was set back', () => {
  const app = told();
  app.startAnew(nowMs - 3_600_000);
  expect(stepsOf([app], 60_000, nowMs - 3_600_000, nowMs)).toEqual([]);
});
