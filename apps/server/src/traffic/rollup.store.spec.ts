import { expect, it } from '@jest/globals';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { Database } from '../database/database.ts';
import type { Connection } from '../fleet/connection.ts';
import type { NodeLease } from '../fleet/node-lease.ts';
import { AppTraffic } from './app-traffic.ts';
import { RollupStore } from './rollup.store.ts';
import { hourMs, minuteMs } from './series.ts';

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

it.each([
  ['back by hours', 0],
  ['back by hours, and right again', 1],
])('writes minutes and hours also when the clock of the server was set %s', async (_, isRightAgain) => {
  const app = new AppTraffic({ environment: 'prod', app: 'orders' }, () => true);
  const connection = { instanceId: 'a', bootId: 'boot' } as unknown as Connection;
  const rows = new Map<string, number>();
  const query = async (sql: string, values: readonly unknown[]): Promise<void> => {
    if (!sql.includes('traffic_rollup')) return;
    const keys = new Set<string>();
    for (let i = 0; i < values.length; i += 9) {
      if (values[i + 2] !== 'pay') continue;
      const key = `${values[i + 4]} ${values[i + 5]}`;
      // PostgreSQL refuses to write a row twice at once.
      expect(keys).not.toContain(key);
      keys.add(key);
      rows.set(key, JSON.parse(values[i + 7] as string)[0]);
    }
  };
  const database = { dialect: 'sqlite', write: (run: (tx: unknown) => Promise<void>) => run({ query }) };
  const store = new RollupStore(database as unknown as Database, { id: 'here' } as NodeLease);
  let [nowMs, sequence] = [beginMs + 4 * hourMs, 0];
  const passFor = async (minutes: number): Promise<void> => {
    for (let n = 0; n < minutes * 60; n++) {
      nowMs += 1000;
      sequence += 1;
      const seconds = [{ agoMs: 0, resources: [second('pay')] }];
      app.take(connection, { ...reportOf(sequence, 0), seconds }, nowMs);
      if (n % 15 === 0) await store.write([app], nowMs);
    }
  };
  await passFor(5);
  nowMs -= 2 * hourMs + 30_000;
  app.startAnew(nowMs);
  if (isRightAgain) nowMs += 2 * hourMs + 30_000;
  await passFor(5);
  await store.write([app], nowMs + hourMs);
  const passed = (stepMs: number, fromMs: number, toMs: number): number => {
    let sum = 0;
    for (const [key, count] of rows) {
      const [step, at] = key.split(' ').map(Number);
      if (step === stepMs && at! >= fromMs && at! < toMs) sum += count;
    }
    return sum;
  };
  const [before, after] = [beginMs + 4 * hourMs, beginMs + 2 * hourMs];
  for (const stepMs of [minuteMs, hourMs]) {
    expect(passed(stepMs, before, before + hourMs)).toBe(isRightAgain ? 600 : 300);
    expect(passed(stepMs, after, after + hourMs)).toBe(isRightAgain ? 0 : 300);
  }
});
