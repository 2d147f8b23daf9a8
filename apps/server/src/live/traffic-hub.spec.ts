import { afterEach, expect, it } from '@jest/globals';
import type { Report } from '@sluice/protocol/client';
import type { LiveUpdate } from '@sluice/protocol/console';
import type { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import type { OtherNodes } from '../fleet/other-nodes.ts';
import { AppTraffic } from '../traffic/app-traffic.ts';
import type { Traffic } from '../traffic/traffic.ts';
import type { LiveHub } from './live-hub.ts';
import { TrafficHub } from './traffic-hub.ts';

const place = { environment: 'prod', app: 'orders' };
const topic = { of: 'traffic', ...place } as const;
const beginMs = Date.parse('2026-01-01T00:00:00Z');
const pay = { resource: 'pay', type: 'rpc' as const };
const counts = { passed: 1, blocked: {}, wouldBlock: 0, success: 1, errors: 0, degraded: 0, injected: 0 };
const open = [{ ...pay, rule: 'guard/pay', state: 'open' as const }];

const reportOf = (breakers: Report['open']): Report => ({
  sequence: 1,
  seconds: [{ agoMs: 0, resources: [{ ...pay, ...counts, active: 0, latency: [], rules: [] }] }],
  breakers: [],
  open: breakers,
  calls: [],
  leases: [],
  scripts: [],
});

let hubs: TrafficHub[] = [];
afterEach(() => {
  for (const hub of hubs) hub.onApplicationShutdown();
  hubs = [];
});

it('tells a page of all resources of a breaker that is open where no calls come', async () => {
  const nowMs = beginMs + 60_000;
  type Answer = (topic: object) => object;
  const answers: Answer[] = [];
  const nodeOf = (
    app: AppTraffic,
    others: () => object[],
    tell: (update: LiveUpdate) => void,
  ): TrafficHub => {
    const hub = new TrafficHub(
      {
        watchedTopics: () => [['all', topic]],
        tell: (_: string, update: LiveUpdate) => tell(update),
      } as unknown as LiveHub,
      { peek: () => app } as unknown as Traffic,
      {
        answers: (_: string, answer: Answer) => answers.push(answer),
        ask: async () => ({ answers: others(), silent: 0 }),
      } as unknown as OtherNodes,
      { now: () => nowMs } as unknown as Clock,
    );
    hubs.push(hub);
    return hub;
  };
  const [busy, calm] = [new AppTraffic(place, () => true), new AppTraffic(place, () => true)];
  const connectionOf = (instanceId: string) => ({ place, instanceId, bootId: 'b' }) as unknown as Connection;
  busy.take(connectionOf('a'), reportOf([]), nowMs - 1000);
  calm.take(connectionOf('b'), reportOf(open), nowMs - 30_000);
  nodeOf(
    calm,
    () => [],
    () => undefined,
  );
  const update = await new Promise<LiveUpdate>((resolve) => {
    nodeOf(busy, () => [answers[0]!(topic)], resolve).onApplicationBootstrap();
  });
  expect(update.traffic).toHaveLength(1);
  expect(update.traffic![0]).toMatchObject({
    ...pay,
    breakers: [{ rule: 'guard/pay', states: { open: 1 }, instances: [{ instanceId: 'b', state: 'open' }] }],
  });
});
