import { expect, it } from '@jest/globals';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { Logger } from 'pino';
import { LinkFrames } from '../delivery/link-frames.ts';
import type { Clock } from '../env/clock.ts';
import { Metrics } from '../env/metrics.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { ringPoints } from './chart.read.ts';
import type { RollupStore } from './rollup.store.ts';
import { Traffic } from './traffic.ts';

const place = { environment: 'prod', app: 'orders' };
const beginMs = Date.parse('2026-01-01T08:00:00Z');
const second: ResourceSecond = {
  resource: 'pay',
  type: 'rpc',
  passed: 10,
  blocked: {},
  wouldBlock: 0,
  success: 10,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 1,
  latency: [[40, 10]],
  rules: [],
};

it('tells of calls as before when the clock of the server was set back by hours', async () => {
  let nowMs = beginMs;
  const frames = new LinkFrames();
  const traffic = new Traffic(
    frames,
    new Fleet(new Metrics()),
    { seen: () => Promise.resolve([]) } as unknown as RollupStore,
    { now: () => nowMs } as unknown as Clock,
    new Metrics(),
    {} as Logger,
  );
  const connection = { place, instanceId: 'a', bootId: 'boot' } as unknown as Connection;
  let sequence = 0;
  const tellFor = (seconds: number): void => {
    for (let n = 0; n < seconds; n++) {
      nowMs += 1000;
      sequence += 1;
      const report = { sequence, seconds: [{ agoMs: 0, resources: [second] }], breakers: [], open: [] };
      frames.emit('report', connection, { ...report, calls: [], leases: [], scripts: [] } as Report);
    }
  };
  tellFor(600);
  nowMs -= 8 * 3_600_000;
  tellFor(120);
  const app = await traffic.of(place);
  const series = app.series('pay', 'rpc')!;
  const points = ringPoints(app, series.seconds, nowMs - 300_000, nowMs, nowMs);
  expect(points.reduce((sum, { passed }) => sum + passed, 0)).toBe(1200);
  expect(points.every(({ instances }) => instances === 1)).toBe(true);
  expect(series.instances(nowMs).get('a')?.[0]).toBeGreaterThanOrEqual(590);
  expect(series.lastSeenAt).toBeLessThanOrEqual(nowMs);
});
