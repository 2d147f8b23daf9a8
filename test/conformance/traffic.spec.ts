import { expect, it } from '@jest/globals';
import { contracts, type TrafficPoint } from '@sluice/protocol';
import type { ResourceSecond } from '@sluice/protocol/client';
import { at, fieldCount } from '../../apps/server/src/traffic/tally-fields.ts';
import { Traffic } from '../../apps/server/src/traffic/traffic.ts';
import { TrafficRetention } from '../../apps/server/src/traffic/traffic-retention.ts';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { LeanClient } from '../support/lean-client.ts';
import { readRows, writeRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

const resource = 'GET /books/:id';
const params = { env: 'prod', app: 'orders', resource };
const place = { env: 'prod', app: 'orders' };

const second = (passed: number, more: Partial<ResourceSecond> = {}): ResourceSecond => ({
  resource,
  type: 'web',
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
  ...more,
});

/** A minute as a node wrote it. */
async function written(server: BootedApp, nodeId: string, atMs: number, counted: object): Promise<void> {
  const counts = new Array<number>(fieldCount + 2).fill(0);
  for (const [field, count] of Object.entries(counted)) counts[at[field as keyof typeof at]] = count;
  await writeRows(
    server,
    `INSERT INTO traffic_rollup (environment, app, resource, type, step_ms, at, node_id, counts, latency)
     VALUES ('prod', 'orders', '${resource}', 'web', 60000, ${atMs}, '${nodeId}', '${JSON.stringify(counts)}', '[]')`,
  );
}
const seen = (server: BootedApp, atMs: number): Promise<unknown> =>
  writeRows(
    server,
    `INSERT INTO resource_seen (environment, app, resource, type, first_seen_at, last_seen_at)
     VALUES ('prod', 'orders', '${resource}', 'web', ${atMs}, ${atMs})`,
  );

class Bench {
  readonly server: BootedApp;
  readonly #token: string;
  readonly clients: LeanClient[] = [];

  private constructor(server: BootedApp, token: string) {
    this.server = server;
    this.#token = token;
  }

  static async begin(server: BootedApp): Promise<Bench> {
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    return Bench.over(server);
  }

  static async over(server: BootedApp): Promise<Bench> {
    const body = { kind: 'client', name: `c${Date.now()}`, environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    return new Bench(server, secret);
  }

  async instance(id: string, bootId = `${id}-boot`): Promise<LeanClient> {
    const client = new LeanClient(this.server.url, this.#token, id, { bootId });
    await client.connect();
    this.clients.push(client);
    return client;
  }

  async points(query: object = {}): Promise<{ stepMs: number; points: TrafficPoint[] }> {
    return this.server.admin.call(contracts.getTraffic, { params, query });
  }

  /** Waits until so many calls were taken in. */
  passed(count: number): Promise<true> {
    return until(`${count} calls`, async () => {
      const answer = await this.server.admin.attempt(contracts.getTraffic, { params });
      if (answer.status !== 200) return false;
      const { points } = answer.body as { points: TrafficPoint[] };
      return points.reduce((sum, point) => sum + point.passed, 0) === count;
    });
  }

  end(): void {
    for (const client of this.clients) client.close();
  }
}

onEachDatabase('traffic', (boot) => {
  it('shows the pushes of a time long ago, however many came after it', async () => {
    const server = await boot();
    const bench = await Bench.begin(server);
    const agoMs = (days: number): number => Date.now() - days * 86_400_000;
    await seen(server, agoMs(20));
    await new ConfigDesk(server.admin, 'prod', 'orders').create('limits');
    const [{ id } = { id: '' }] = await readRows<{ id: string }>(server, 'SELECT id FROM namespace');
    const changes = Array.from({ length: 600 }, (_, n) => ({
      revision: 1000 + n,
      at: agoMs(n === 0 ? 10 : 1),
    }));
    await writeRows(
      server,
      `INSERT INTO change (environment, revision, namespace_id, kind, app, namespace, actor, message, at)
       VALUES ${changes.map(({ revision, at }) => `('prod', ${revision}, '${id}', 'publish', 'orders', 'limits', 'anna', '', ${at})`).join()}`,
    );
    const pushesOf = async (fromDays: number, toDays: number): Promise<number[]> => {
      const [from, to] = [fromDays, toDays].map((days) => new Date(agoMs(days)).toISOString());
      const { markers } = await server.admin.call(contracts.getTraffic, { params, query: { from, to } });
      return markers.flatMap((marker) => (marker.kind === 'push' ? [marker.revision] : []));
    };
    expect(await pushesOf(11, 9)).toEqual([1000]);
    expect(await pushesOf(11, 0)).toHaveLength(500);
    bench.end();
  });

  it('adds up what instances tell of each second, late ones too, with what single ones told', async () => {
    const bench = await Bench.begin(await boot());
    const [a, b] = [await bench.instance('a'), await bench.instance('b')];
    a.report({
      seconds: [{ agoMs: 3000, resources: [second(5, { blocked: { limited: 2 }, wouldBlock: 1 })] }],
    });
    b.report({ seconds: [{ agoMs: 3000, resources: [second(7, { errors: 1, success: 6 })] }] });
    await bench.passed(12);
    // Kept back while the link was down, and told later.
    b.report({ seconds: [{ agoMs: 60_000, resources: [second(3)] }] });
    await bench.passed(15);
    const { points, stepMs } = await bench.points();
    expect(stepMs).toBe(1000);
    const told = points.filter((point) => point.passed > 0);
    expect(told.length).toBeLessThanOrEqual(3);
    const sum = (of: (point: TrafficPoint) => number): number =>
      told.reduce((total, point) => total + of(point), 0);
    expect(sum((point) => point.blocked.limited ?? 0)).toBe(2);
    expect(sum((point) => point.wouldBlock)).toBe(1);
    expect(sum((point) => point.errors)).toBe(1);
    expect(told.every((point) => point.p50Ms! > 0 && point.p50Ms! <= point.p99Ms!)).toBe(true);
    const detail = await bench.server.admin.call(contracts.getResource, { params });
    expect(detail.instances.map(({ instanceId, passed }) => [instanceId, passed])).toEqual([
      ['b', 7],
      ['a', 5],
    ]);
    const { items } = await bench.server.admin.call(contracts.listResources, { params: place });
    expect(items).toHaveLength(1);
    expect(items[0]!.minute).toMatchObject({ passed: 12, blocked: { limited: 2 }, instances: 2 });
    bench.end();
  });

  it('tells a second without calls from one of which nothing is known', async () => {
    const bench = await Bench.begin(await boot());
    const a = await bench.instance('a');
    a.report({ seconds: [{ agoMs: 0, resources: [second(1)] }] });
    await bench.passed(1);
    const zero = await until('a second that is known to be silent', async () => {
      a.alive();
      return (await bench.points()).points.find((point) => point.passed === 0);
    });
    expect(zero).toMatchObject({ instances: 1, lost: 0, success: 0 });
    expect(zero.p99Ms).toBeUndefined();
    // Before it connected nobody was there: nothing is said of that time, not even 0.
    const { points } = await bench.points({ from: new Date(Date.now() - 250_000).toISOString() });
    expect(points.length).toBeLessThan(60);
    bench.end();
  });

  it('knows which reports are lost', async () => {
    const bench = await Bench.begin(await boot());
    const a = await bench.instance('a');
    a.report({ seconds: [{ agoMs: 0, resources: [second(1)] }] });
    await bench.passed(1);
    bench.server.advance(5000);
    a.report({ sequence: 4, seconds: [{ agoMs: 0, resources: [second(2)] }] });
    await bench.passed(3);
    const { points } = await bench.points({ stepMs: '10000' });
    expect(points.some((point) => point.lost === 1)).toBe(true);
    bench.end();
  });

  it('counts a report that comes again once, and all of a process that began anew', async () => {
    const bench = await Bench.begin(await boot());
    const a = await bench.instance('a');
    const report = { sequence: 1, seconds: [{ agoMs: 0, resources: [second(10)] }] };
    a.report(report);
    a.report(report);
    a.report({ sequence: 2, seconds: [{ agoMs: 0, resources: [second(3)] }] });
    await bench.passed(13);
    a.close();
    await a.connect();
    a.report(report);
    a.report({ sequence: 3, seconds: [{ agoMs: 0, resources: [second(5)] }] });
    await bench.passed(18);
    const { points } = await bench.points({ stepMs: '10000' });
    expect(points.every(({ lost }) => lost === 0)).toBe(true);
    a.close();
    const restarted = await bench.instance('a', 'another');
    restarted.report(report);
    await bench.passed(28);
    bench.end();
  });

  it('shows breakers as they are now and when they turned, and forgets them with their instance', async () => {
    const bench = await Bench.begin(await boot());
    const a = await bench.instance('a');
    const breaker = { rule: 'guard/cut', resource, type: 'web' } as const;
    a.report({
      seconds: [{ agoMs: 0, resources: [second(1)] }],
      breakers: [{ ...breaker, from: 'closed', to: 'open', reason: 'threshold', agoMs: 200 }],
      open: [{ ...breaker, state: 'open' }],
    });
    await bench.passed(1);
    const detail = await bench.server.admin.call(contracts.getResource, { params });
    expect(detail.breakers).toEqual([
      { rule: 'guard/cut', states: { open: 1 }, instances: [{ instanceId: 'a', state: 'open' }] },
    ]);
    const chart = await bench.server.admin.call(contracts.getTraffic, { params });
    expect(chart.markers).toContainEqual(
      expect.objectContaining({ kind: 'breaker', instanceId: 'a', from: 'closed', to: 'open' }),
    );
    expect(chart.points.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
    a.close();
    await until('no breaker is open', async () => {
      const { breakers } = await bench.server.admin.call(contracts.getResource, { params });
      return breakers.length === 0;
    });
  });

  it('keeps minutes in the database, for charts after a restart, until they are too old', async () => {
    const server = await boot();
    const bench = await Bench.begin(server);
    const a = await bench.instance('a');
    a.report({ seconds: [{ agoMs: 0, resources: [second(20, { errors: 4, success: 16 })] }] });
    await bench.passed(20);
    server.advance(180_000);
    await server.app.get(Traffic, { strict: false }).write();
    const rows = await readRows<{ resource: string; step_ms: number }>(
      server,
      `SELECT resource, step_ms FROM traffic_rollup WHERE resource <> '' ORDER BY step_ms`,
    );
    expect(rows.map(({ resource: name, step_ms }) => [name, Number(step_ms)])).toContainEqual([
      resource,
      60_000,
    ]);
    const query = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 300_000).toISOString(),
      stepMs: '60000',
    };
    const { points, stepMs } = await bench.points(query);
    expect(stepMs).toBe(60_000);
    const [minute] = points.filter((point) => point.passed > 0);
    expect(minute).toMatchObject({ passed: 20, errors: 4, success: 16, instances: 1, lost: 0 });
    expect(minute!.p90Ms).toBeGreaterThan(0);
    bench.end();
    server.advance(31 * 24 * 3_600_000);
    await server.app.get(TrafficRetention, { strict: false }).sweep();
    expect(await readRows(server, 'SELECT resource FROM traffic_rollup')).toEqual([]);
  });

  it('ends a chart of minutes before the minute that begins at its end', async () => {
    const server = await boot();
    const bench = await Bench.begin(server);
    const fromMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
    await seen(server, fromMs);
    for (let minute = 0; minute < 30; minute++)
      await written(server, 'n1', fromMs + minute * 60_000, { passed: 100, told: 60 });
    const between = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + 600_000).toISOString() };
    const passed = async (stepMs: string) =>
      (await bench.points({ ...between, stepMs })).points.map((point) => point.passed);
    expect(await passed('60000')).toEqual(new Array<number>(10).fill(100));
    expect(await passed('300000')).toEqual([500, 500]);
    bench.end();
  });

  it('adds calls under way over nodes, and of several minutes shows the most', async () => {
    const server = await boot();
    const bench = await Bench.begin(server);
    const fromMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
    await seen(server, fromMs);
    const active = { n1: [5, 2], n2: [7, 11] };
    for (const [node, minutes] of Object.entries(active))
      for (const [minute, count] of minutes.entries())
        await written(server, node, fromMs + minute * 60_000, { passed: 1, active: count, told: 60 });
    const between = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + 600_000).toISOString() };
    const shown = async (stepMs: string) =>
      (await bench.points({ ...between, stepMs })).points.map((point) => point.active);
    expect(await shown('60000')).toEqual([12, 13]);
    expect(await shown('600000')).toEqual([13]);
    bench.end();
  });

  it('refuses what makes no sense', async () => {
    const bench = await Bench.begin(await boot());
    const { admin } = bench.server;
    expect((await admin.attempt(contracts.getTraffic, { params })).status).toBe(404);
    const a = await bench.instance('a');
    a.report({ seconds: [{ agoMs: 0, resources: [second(1)] }] });
    await bench.passed(1);
    const from = '2026-01-02T00:00:00Z';
    const to = '2026-01-01T00:00:00Z';
    expect((await admin.attempt(contracts.getTraffic, { params, query: { from, to } })).status).toBe(422);
    const long = { from: '1970-01-01T00:00:00Z', to: '9999-01-01T00:00:00Z' };
    const chart = await admin.call(contracts.getTraffic, { params, query: long });
    expect(chart.points.length).toBeLessThanOrEqual(2000);
    const nobody = { ...place, resource: 'nothing' };
    expect((await admin.attempt(contracts.getResource, { params: nobody })).status).toBe(404);
    bench.end();
  });
});
