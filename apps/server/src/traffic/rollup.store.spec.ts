import { expect, it } from '@jest/globals';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { Database } from '../database/database.ts';
import type { Connection } from '../fleet/connection.ts';
import type { NodeLease } from '../fleet/node-lease.ts';
import { AppTraffic } from './app-traffic.ts';
import { RollupStore } from './rollup.store.ts';
import { minuteMs } from './series.ts';

const beginMs = Date.parse('2026-01-01T00:00:00Z');
const resources = Array.from({ length: 1200 }, (_, i) => `r${i}`);

const second = (resource: string): ResourceSecond => ({
  resource,
  type: 'rpc',
  passed: 1,
  blocked: {},
  wouldBlock: 0,
  success: 1,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 1,
  latency: [[40, 1]],
  rules: [],
});
const reportOf = (sequence: number, agoMs: number): Report => ({
  sequence,
  seconds: [{ agoMs, resources: resources.map(second) }],
  breakers: [],
  open: [],
  calls: [],
  leases: [],
  scripts: [],
});

it('writes all that is told of a minute, also what is told late while other minutes are being written', async () => {
  const app = new AppTraffic({ environment: 'prod', app: 'orders' }, () => true);
  const connection = { instanceId: 'a', bootId: 'boot' } as unknown as Connection;
  const nowMs = beginMs + 75_000;
  app.take(connection, reportOf(1, 0), beginMs + 30_000);
  const passed = new Map<string, number>();
  let statements = 0;
  const query = async (sql: string, values: readonly unknown[]): Promise<void> => {
    if (!sql.includes('traffic_rollup')) return;
    statements += 1;
    // The first is of who was heard; the second is the first of many for what their calls came to.
    if (statements === 2) app.take(connection, reportOf(2, 40_000), nowMs);
    for (let i = 0; i < values.length; i += 9) {
      const [resource, stepMs, at] = [values[i + 2], values[i + 4], values[i + 5]];
      if (stepMs === minuteMs && at === beginMs) {
        const counts = JSON.parse(values[i + 7] as string) as number[];
        passed.set(resource as string, counts[0]!);
      }
    }
  };
  const database = {
    dialect: 'sqlite',
    write: (run: (tx: unknown) => Promise<void>) => run({ query }),
  } as unknown as Database;
  const store = new RollupStore(database, { id: 'here' } as NodeLease);
  await store.write([app], nowMs);
  expect(statements).toBeGreaterThan(2);
  await store.write([app], nowMs + 15_000);
  expect(resources.filter((resource) => passed.get(resource) !== 2)).toEqual([]);
});
