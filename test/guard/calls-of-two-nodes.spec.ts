import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BlockedError, createSluice, type Sluice } from '@sluice/client';
import { contracts, type TrafficPoint } from '@sluice/protocol';
import { NodeLease } from '../../apps/server/src/fleet/node-lease.ts';
import { Traffic } from '../../apps/server/src/traffic/traffic.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { readRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
const resource = 'pay.charge';
const params = { ...place, resource };
const limit = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 10,
  intervalMs: 86_400_000,
  resource: { match: 'exact', value: resource },
  mode: 'intercept',
};

/** Leaves each call to chance. */
const lottery = {
  kind: 'degrade',
  share: 0.5,
  onBlock: { answer: 'empty' },
  resource: { match: 'exact', value: 'lottery' },
  mode: 'intercept',
};
const tickets = 40;

/** Opens with the first call that fails. */
const fuse = {
  kind: 'breaker',
  strategy: 'consecutiveErrors',
  threshold: 1,
  minCalls: 1,
  windowMs: 60_000,
  openMs: 60_000,
  resource: { match: 'exact', value: 'stock.take' },
  mode: 'intercept',
};

/** One instance on each of two nodes; everything is asked of both. */
describe('calls of instances of two nodes', () => {
  let postgres: Postgres;
  const nodes: BootedApp[] = [];
  const clients: Sluice[] = [];
  const [here, there] = [() => nodes[0]!, () => nodes[1]!];

  const client = async (server: BootedApp, token: string, instanceId: string): Promise<Sluice> => {
    const made = createSluice({
      server: server.url,
      token,
      environment: 'prod',
      app: 'shop',
      instanceId,
      cacheDir: false,
      logger: false,
      allowMultiple: true,
    });
    clients.push(made);
    expect(await made.ready({ timeoutMs: 15_000 })).toBe('live');
    return made;
  };
  const callsOf = (points: readonly TrafficPoint[]): number =>
    points.reduce((sum, { passed, blocked }) => sum + passed + (blocked.limited ?? 0), 0);
  const sees = (node: BootedApp, calls: number): Promise<TrafficPoint[]> =>
    until(`${calls} calls are seen`, async () => {
      const answer = await node.admin.attempt(contracts.getTraffic, { params });
      if (answer.status !== 200) return false;
      const { points, silentNodes } = answer.body as { points: TrafficPoint[]; silentNodes?: number };
      expect(silentNodes).toBeUndefined();
      return callsOf(points) === calls && points;
    });
  const refusalOf = (sluice: Sluice): BlockedError => {
    try {
      sluice.entry(resource);
    } catch (error) {
      if (error instanceof BlockedError) return error;
    }
    throw new Error('it was not refused');
  };

  beforeAll(async () => {
    postgres = await startPostgres();
    const databaseUrl = await postgres.createDatabase();
    for (let i = 0; i < 2; i++) nodes.push(await bootApp({ databaseUrl }));
    await here().admin.call(contracts.createApp, { body: { name: 'shop' } });
    const desk = new ConfigDesk(here().admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    await desk.release('guard', { kind: 'rules', items: { pay: limit, lottery, fuse } as never });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'shop' } as const;
    const { secret } = await here().admin.call(contracts.createToken, { body });
    for (const node of nodes) await node.app.get(NodeLease, { strict: false }).countAlive();
    await client(here(), secret, 'one');
    await client(there(), secret, 'other');
    for (const [n, sluice] of clients.entries())
      for (let i = 0; i < 8 + n; i++) sluice.entry(resource).exit();
  }, 90_000);
  afterAll(async () => {
    for (const sluice of clients) await sluice.close();
    for (const node of nodes) await node.close();
    await postgres?.stop();
  });

  it('are in the chart, in the list and in the detail of either node', async () => {
    for (const node of nodes) {
      const points = await sees(node, 17);
      expect(points.some(({ p99Ms }) => p99Ms !== undefined)).toBe(true);
      // Answers of other nodes may be a second old.
      const detail = await until('the detail has them', async () => {
        const answer = await node.admin.call(contracts.getResource, { params });
        return answer.minute?.passed === 17 && answer;
      });
      expect(detail.minute).toMatchObject({ instances: 2, blocked: {} });
      expect(detail.instances.map(({ instanceId, passed }) => [instanceId, passed])).toEqual([
        ['other', 9],
        ['one', 8],
      ]);
      const whole = await node.admin.call(contracts.environmentTraffic, { params: { env: 'prod' } });
      expect(whole.apps.map(({ app, minute }) => [app, minute?.passed, minute?.instances])).toEqual([
        ['shop', 17, 2],
      ]);
      expect(whole.worst.map((item) => [item.resource, item.minute?.passed])).toEqual([[resource, 17]]);
      const { items } = await node.admin.call(contracts.listResources, { params: place });
      expect(items.map((item) => [item.resource, item.minute?.passed])).toEqual([[resource, 17]]);
    }
  }, 60_000);

  it('are in charts of minutes before a node has written them, and not twice when it has', async () => {
    const query = { stepMs: '60000', from: new Date(Date.now() - 3_600_000 * 5).toISOString() };
    const minutes = async () =>
      callsOf((await here().admin.call(contracts.getTraffic, { params, query })).points);
    expect(await minutes()).toBe(17);
    await there().app.get(Traffic, { strict: false }).write(true);
    expect(await minutes()).toBe(17);
  }, 60_000);

  it('are explained on whichever node somebody asks', async () => {
    for (let i = 0; i < 2; i++) clients[0]!.entry(resource).exit();
    clients[1]!.entry(resource).exit();
    for (const [n, instanceId] of ['one', 'other'].entries()) {
      const { decisionId } = refusalOf(clients[n]!);
      for (const node of nodes)
        expect(
          await node.admin.call(contracts.getDecision, { params: { ...place, decision: decisionId } }),
        ).toMatchObject({ instanceId, call: { rule: 'guard/pay' } });
    }
    const unknown = { params: { ...place, decision: 'nobody-1' } };
    expect((await here().admin.attempt(contracts.getDecision, unknown)).status).toBe(404);
  }, 60_000);

  it('are recorded on all nodes for who predicts and replays, with the chance of each process', async () => {
    await sees(here(), 22);
    for (const node of nodes) {
      const replayed = await until('all calls are recorded', async () => {
        const answer = await node.admin.call(contracts.replayRules, { params: place, body: {} });
        return answer.recording.calls === 22 && answer;
      });
      expect(replayed).toMatchObject({ recording: { instances: 2 }, blocked: 2, differing: 0 });
      const predicted = await node.admin.call(contracts.predictRule, {
        params: place,
        body: { rule: { ...limit, mode: 'monitor', limit: 5 } as never },
      });
      expect(predicted.byInstance.map(({ value, calls }) => [value, calls]).sort()).toEqual([
        ['one', 10],
        ['other', 10],
      ]);
    }
    for (const sluice of clients)
      for (let i = 0; i < tickets; i++)
        try {
          sluice.entry('lottery').exit();
        } catch {
          // Chance was against it.
        }
    const drawn = await until('all tickets are recorded', async () => {
      const answer = await here().admin.call(contracts.replayRules, { params: place, body: {} });
      return answer.recording.calls === 22 + 2 * tickets && answer;
    });
    expect(drawn).toMatchObject({ differing: 0, differences: [] });
    const otherwise = await here().admin.call(contracts.replayRules, { params: place, body: { seed: 1 } });
    expect(otherwise.differing).toBeGreaterThan(0);
    await until('every question is gone', async () => {
      const rows = await readRows(here(), 'SELECT id FROM node_question');
      return rows.length === 0;
    });
  }, 60_000);

  it('are on the page of an incident with the breakers of all nodes, one that turned together as one', async () => {
    for (const sluice of clients) {
      const failing = sluice.protect('stock.take', () => {
        throw new Error('the stock is away');
      });
      expect(() => failing()).toThrow('the stock is away');
    }
    for (const node of nodes) {
      const incident = await until('both breakers are told', async () => {
        const answer = await node.admin.call(contracts.getIncident, { params: { env: 'prod' } });
        return answer.items.some(({ instances }) => instances === 2) && answer;
      });
      expect(incident.silentNodes).toBeUndefined();
      const turned = incident.items.filter(({ marker }) => marker.kind === 'breaker');
      expect(turned.map(({ app, resource: of, marker }) => [app, of, marker.kind])).toEqual([
        ['shop', 'stock.take', 'breaker'],
      ]);
      const { calls } = incident;
      const sum = (of: (step: (typeof calls)[number]) => number): number =>
        calls.reduce((total, step) => total + of(step), 0);
      expect(sum(({ passed, blocked }) => passed + blocked)).toBe(22 + 2 * tickets + 2);
      expect([sum(({ errors }) => errors), sum(({ opened }) => opened)]).toEqual([2, 2]);
    }
  }, 60_000);

  it('are told as missing when a node does not answer', async () => {
    const lease = here().app.get(NodeLease, { strict: false });
    // The node looks for others itself every three seconds.
    const amongStrangers = async <T>(ask: () => Promise<T>): Promise<T> => {
      lease.others = ['nobody'];
      return ask();
    };
    const chart = await until('a chart without the other node', async () => {
      const answer = await amongStrangers(() => here().admin.call(contracts.getTraffic, { params }));
      return answer.silentNodes === 1 && answer;
    });
    expect(callsOf(chart.points)).toBe(11);
    await until('an overview without the other node', async () => {
      const { apps, silentNodes } = await amongStrangers(() =>
        here().admin.call(contracts.environmentTraffic, { params: { env: 'prod' } }),
      );
      return apps.length > 0 && silentNodes === 1;
    });
    await until('a replay without the other node', async () => {
      const { warnings } = await amongStrangers(() =>
        here().admin.call(contracts.replayRules, { params: place, body: {} }),
      );
      return warnings.some(({ en }) => en.includes('one other server did not answer'));
    });
    await lease.countAlive();
  }, 60_000);
});
