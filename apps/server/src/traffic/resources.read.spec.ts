import { expect, it } from '@jest/globals';
import type { Report } from '@sluice/protocol/client';
import type { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import type { OtherNodes } from '../fleet/other-nodes.ts';
import { AppTraffic } from './app-traffic.ts';
import { ResourcesRead } from './resources.read.ts';
import type { Traffic } from './traffic.ts';

const place = { environment: 'prod', app: 'orders' };
const beginMs = Date.parse('2026-01-01T00:00:00Z');

/** A second with ten calls, of which a rule refused two. */
const report = (sequence: number): Report => ({
  sequence,
  seconds: [
    {
      agoMs: 0,
      resources: [
        {
          resource: 'pay',
          type: 'rpc',
          passed: 8,
          blocked: { limited: 2 },
          wouldBlock: 1,
          success: 8,
          errors: 0,
          degraded: 0,
          injected: 0,
          active: sequence % 5,
          latency: [],
          rules: [{ rule: 'guard/pay', blocked: 2, wouldBlock: 1 }],
        },
      ],
    },
  ],
  breakers: [],
  open: [],
  calls: [],
  leases: [],
  scripts: [],
});

it('tells of a resource, of its instances and of its rules what the same minute came to', async () => {
  let nowMs = beginMs;
  const app = new AppTraffic(place, () => true);
  const resources = new ResourcesRead(
    { of: () => Promise.resolve(app) } as unknown as Traffic,
    { answers: () => {}, ask: () => Promise.resolve({ answers: [], silent: 0 }) } as unknown as OtherNodes,
    { now: () => nowMs } as unknown as Clock,
  );
  const connection = { place, instanceId: 'a', bootId: 'boot' } as unknown as Connection;
  for (let sequence = 1; sequence <= 140; sequence++) {
    nowMs = beginMs + sequence * 1000 + 100;
    app.take(connection, report(sequence), nowMs);
    const { minute, instances, rules } = await resources.get(place, 'pay', undefined);
    const seconds = Math.min(sequence, 59);
    expect(minute).toMatchObject({ passed: 8 * seconds, blocked: { limited: 2 * seconds } });
    // By the second it is the same from the first report on: of what is not known yet nothing is counted.
    expect(Math.abs(minute!.passed / minute!.seconds - 8)).toBeLessThan(0.2);
    expect(instances).toMatchObject([
      { passed: 8 * seconds, blocked: { limited: 2 * seconds }, active: minute!.active },
    ]);
    expect(rules).toEqual([{ rule: 'guard/pay', blocked: 2 * seconds, wouldBlock: seconds }]);
  }
  nowMs += 61_000;
  const { minute, instances, rules } = await resources.get(place, 'pay', undefined);
  expect({ minute, instances, rules }).toEqual({ minute: undefined, instances: [], rules: [] });
});
