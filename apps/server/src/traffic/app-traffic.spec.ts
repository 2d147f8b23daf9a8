import { describe, expect, it } from '@jest/globals';
import type { Report, ResourceSecond } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import { AppTraffic } from './app-traffic.ts';

const place = { environment: 'prod', app: 'orders' };
const beginMs = Date.parse('2026-01-01T00:00:00Z');

const connectionOf = (instanceId: string): Connection =>
  ({ place, instanceId, bootId: 'boot' }) as unknown as Connection;

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

const reportOf = (sequence: number, resources: readonly string[]): Report => ({
  sequence,
  seconds: [{ agoMs: 0, resources: resources.map(second) }],
  breakers: [],
  open: [],
  calls: [],
  leases: [],
  scripts: [],
});

describe('what a node knows of the calls of an app', () => {
  it('tells the same instances apart from minute to minute, where there are more than it has room for', () => {
    const app = new AppTraffic(place, () => true);
    const resources = Array.from({ length: 200 }, (_, i) => `r${i}`);
    const fleet = Array.from({ length: 110 }, (_, i) => connectionOf(`i${i}`));
    const tell = (nowMs: number, sequence: number): void => {
      for (const connection of fleet) app.take(connection, reportOf(sequence, resources), nowMs);
    };
    const passed = (nowMs: number, instanceId: string) =>
      app.series('r0', 'rpc')!.instances(nowMs).get(instanceId)?.[0];
    for (let n = 0; n < 4; n++) tell(beginMs + n * 15_000 + 600, n + 1);
    // 110 instances at 200 resources are 22,000 pairs, of which 20,000 are kept.
    expect([passed(beginMs + 46_000, 'i0'), passed(beginMs + 46_000, 'i109')]).toEqual([4, undefined]);
    app.sweep(beginMs + 60_000);
    for (let n = 4; n < 8; n++) tell(beginMs + n * 15_000 + 600, n + 1);
    expect([passed(beginMs + 106_000, 'i0'), passed(beginMs + 106_000, 'i109')]).toEqual([4, undefined]);
  });

  it('counts reports as lost over a short break of the link, and not what another node was told meanwhile', () => {
    const app = new AppTraffic(place, () => true);
    const take = (connection: Connection, sequence: number, atMs: number) =>
      app.take(connection, reportOf(sequence, ['pay']), beginMs + atMs);
    const first = connectionOf('a');
    expect(take(first, 1, 0)).toBe(0);
    expect(take(first, 2, 1000)).toBe(0);
    app.left(first, beginMs + 2000);
    const second = connectionOf('a');
    // Two of them were sent while the link broke.
    expect(take(second, 5, 9000)).toBe(2);
    app.left(second, beginMs + 10_000);
    const third = connectionOf('a');
    expect(take(third, 18_000, 18_000_000)).toBe(0);
    expect(app.coverage.of(beginMs + 17_000_000, beginMs + 18_000_000).lost).toBe(0);
    // Over one connection it is lost, however long ago the last one came.
    expect(take(third, 18_003, 19_000_000)).toBe(2);
  });

  it('has room for new names, whatever names calls came through before', () => {
    const app = new AppTraffic(place, () => true);
    const dayMs = 86_400_000;
    for (let n = 0; n < 2000; n++)
      app.remember(`GET /books/${n}`, 'rpc', beginMs - 20 * dayMs, beginMs - 10 * dayMs);
    const connection = connectionOf('a');
    const isKnown = (name: string): boolean => app.series(name, 'rpc') !== undefined;
    app.take(connection, reportOf(1, ['GET /books/:id']), beginMs);
    expect(isKnown('GET /books/:id')).toBe(true);
    const flood = Array.from({ length: 2000 }, (_, n) => `GET /authors/${n}`);
    app.take(connection, reportOf(2, flood), beginMs);
    expect([app.size, app.overflowed, isKnown('__other__')]).toEqual([2001, true, true]);
    // Those that nobody calls any more go, and only as many as it takes.
    app.sweep(beginMs + 60_000);
    app.take(connection, reportOf(3, ['GET /late']), beginMs + 61_000);
    expect([isKnown('GET /late'), isKnown('GET /books/:id'), app.size]).toEqual([true, true, 1801]);
  });

  it('keeps names with calls that are not written yet', () => {
    const app = new AppTraffic(place, () => true);
    const connection = connectionOf('a');
    const flood = Array.from({ length: 2000 }, (_, n) => `GET /authors/${n}`);
    app.take(connection, reportOf(1, flood), beginMs);
    app.sweep(beginMs + 10_000_000);
    expect(app.size).toBe(2000);
    for (const series of app.all())
      for (const sum of [...series.sums(60_000), ...series.sums(3_600_000)]) sum.isUnwritten = false;
    app.sweep(beginMs + 10_060_000);
    expect(app.size).toBe(1800);
    // Where all apps together have too many, those of this one make room too.
    app.sweep(beginMs + 10_120_000, true);
    expect(app.size).toBe(900);
  });
});
