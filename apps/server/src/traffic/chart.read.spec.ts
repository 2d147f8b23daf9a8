import { expect, it } from '@jest/globals';
import type { TrafficPoint } from '@sluice/protocol';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import type { NodeLease } from '../fleet/node-lease.ts';
import type { OtherNodes } from '../fleet/other-nodes.ts';
import { AppTraffic } from './app-traffic.ts';
import { ChartRead } from './chart.read.ts';
import { heardColumns } from './heard.ts';
import type { Markers } from './markers.ts';
import type { RollupEntity } from './rollup.entity.ts';
import type { RollupStore } from './rollup.store.ts';
import { hourMs, minuteMs, type Series } from './series.ts';
import { fieldCount } from './tally-fields.ts';
import type { Traffic } from './traffic.ts';

const place = { environment: 'prod', app: 'orders' };
const beginMs = Date.parse('2026-01-01T00:00:00Z');
const callsOf = ({ passed }: { readonly passed: number }): number => passed;

const second = (passed: number): ResourceSecond => ({
  resource: 'pay',
  type: 'rpc',
  passed,
  blocked: {},
  wouldBlock: 0,
  success: passed,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 1,
  latency: [[40, passed]],
  rules: [],
});
const reportOf = (sequence: number, passed: number): Report => ({
  sequence,
  seconds: [{ agoMs: 0, resources: [second(passed)] }],
  breakers: [],
  open: [],
  calls: [],
  leases: [],
  scripts: [],
});

/** A node alone. */
class Desk {
  /** What the database has of every resource. */
  rows: RollupEntity[] = [];
  readonly app = new AppTraffic(place, () => true);
  nowMs = beginMs;
  readonly #chart = new ChartRead(
    { of: () => Promise.resolve(this.app) } as unknown as Traffic,
    { read: () => Promise.resolve(this.rows) } as unknown as RollupStore,
    { of: () => Promise.resolve([]) } as unknown as Markers,
    { id: 'here' } as unknown as NodeLease,
    { answers: () => {}, ask: () => Promise.resolve({ answers: [], silent: 0 }) } as unknown as OtherNodes,
    { now: () => this.nowMs } as unknown as Clock,
  );

  /** One instance, with so many calls in each second, tells of them at this part of the second. */
  tell(forMs: number, calls: number, atMs: number): void {
    const connection = { place, instanceId: 'a', bootId: 'boot' } as unknown as Connection;
    for (let sequence = 1; sequence * 1000 <= forMs; sequence++) {
      this.nowMs = beginMs + (sequence - 1) * 1000 + atMs;
      this.app.take(connection, reportOf(sequence, calls), this.nowMs);
    }
  }

  get series(): Series {
    return this.app.series('pay', 'rpc')!;
  }

  async points(asked: { from?: string; stepMs?: number } = {}): Promise<TrafficPoint[]> {
    return (await this.#chart.chart(this.app, this.series, asked)).points;
  }
}

it('shows the calls of every step of a time that it has in memory, the oldest too', async () => {
  const desk = new Desk();
  desk.tell(70 * minuteMs, 10, 700);
  const seconds = await desk.points();
  expect(seconds.length).toBe(301);
  expect(new Set(seconds.map(callsOf))).toEqual(new Set([10]));
  const tens = await desk.points({ from: new Date(desk.nowMs - hourMs).toISOString(), stepMs: 10_000 });
  expect(tens.length).toBe(361);
  expect(new Set(tens.map(callsOf))).toEqual(new Set([100]));
  expect(tens.every(({ instances }) => instances === 1)).toBe(true);
});

it('has no point of a step whose place a newer one has taken', async () => {
  const desk = new Desk();
  desk.tell(10 * minuteMs, 10, 700);
  // Told by an instance whose clock is ahead, while somebody asks by the clock of before.
  desk.nowMs -= 30_000;
  const seconds = await desk.points();
  expect(seconds.length).toBeLessThan(301);
  expect(new Set(seconds.map(callsOf))).toEqual(new Set([10]));
});

it('counts an instance once in the minute and the hour in which its server started anew', async () => {
  const desk = new Desk();
  const from = new Date(beginMs).toISOString();
  const before = { instances: 1, lost: 0, seconds: 20, fromSecond: 0, toSecond: 20 };
  const row = {
    resource: 'pay',
    at: beginMs,
    nodeId: 'before',
    counts: [...new Array<number>(fieldCount).fill(0), ...heardColumns(before)],
    latency: [],
  };
  desk.rows = [row as unknown as RollupEntity];
  desk.tell(30_000, 10, 25_000);
  for (const stepMs of [minuteMs, hourMs])
    expect(await desk.points({ from, stepMs })).toMatchObject([{ instances: 1, passed: 300 }]);
});
