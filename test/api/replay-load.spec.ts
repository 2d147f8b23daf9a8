import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Rule } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { ConfigDesk } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'orders' };
const rulesOf = (count: number, more: object = {}): Record<string, Rule> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `r${i}`,
      {
        kind: 'limit',
        algorithm: 'slidingWindow',
        limit: 5 + i,
        windowMs: 1000,
        resource: { match: 'prefix', value: 'r' },
        mode: 'monitor',
        ...more,
      } as Rule,
    ]),
  );
const callsOf = (count: number, more: (i: number) => { instanceId?: string; resource?: string }) =>
  Array.from({ length: count }, (_, i) => ({
    atMs: i,
    resource: 'r',
    type: 'rpc' as const,
    inputs: {},
    verdict: 'pass' as const,
    rules: [],
    ...more(i),
  }));

/** How many requests of others are answered meanwhile. */
async function servedDuring(server: ServerProcess, work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  work.then(over, over);
  for (let served = 0; ; served++) {
    if (isOver) return served;
    await server.admin.call(contracts.health);
  }
}

describe('a replay that asks much of the server', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start({ NODE_OPTIONS: '--max-old-space-size=400' });
    await server.setUp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  });
  afterAll(() => server?.remove());

  it.each([
    ['limits', {}],
    ['limits of the cluster', { scope: 'cluster' }],
  ])('under many %s lets all others have their turn', async (name, more) => {
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    const namespace = name.replaceAll(' ', '-');
    await desk.create(namespace, { kind: 'rules' });
    await desk.release(namespace, { kind: 'rules', items: rulesOf(2000, more) as never });
    const calls = callsOf(3000, (i) => ({ resource: `r${i % 10}` }));
    const replayed = server.admin.call(contracts.replayRules, { params, body: { namespace, calls } });
    const served = await servedDuring(server, replayed);
    expect(await replayed).toMatchObject({ recording: { calls: 3000 }, passed: 3000, blocked: 0 });
    expect(served).toBeGreaterThan(10);
  });

  it('has a look for mistakes beside it, under many stars and names, that lets others have their turn too', async () => {
    const client = new LeanClient(server.url, await server.clientToken('orders'), 'a');
    await client.connect();
    const resources = Array.from({ length: 2000 }, (_, i) => ({
      resource: `GET /api/orders/items/${i}/detail`,
      type: 'web' as const,
      passed: 1,
      blocked: {},
      wouldBlock: 0,
      success: 1,
      errors: 0,
      degraded: 0,
      injected: 0,
      active: 0,
      latency: [],
      rules: [],
    }));
    for (let from = 0; from < resources.length; from += 200)
      client.report({ seconds: [{ agoMs: 0, resources: resources.slice(from, from + 200) }] });
    await until('the names are known', async () => {
      const { items } = await server.admin.call(contracts.listResources, { params });
      return items.length >= 1000;
    });
    const rules = rulesOf(8, { resource: { match: 'glob', value: '**e'.repeat(80) } });
    const linted = server.admin.call(contracts.lintRules, { params, body: { rules } });
    const served = await servedDuring(server, linted);
    expect((await linted).items.filter(({ code }) => code === 'noResource')).toHaveLength(8);
    expect(served).toBeGreaterThan(10);
    client.close();
  });

  it('of many instances keeps no more in memory than one of them counts', async () => {
    const calls = callsOf(800, (i) => ({ instanceId: `i${i}` }));
    const body = { rules: rulesOf(500), calls };
    expect(await server.admin.call(contracts.replayRules, { params, body })).toMatchObject({
      recording: { instances: 800 },
      passed: 800,
    });
  });

  it('of more than fits into memory is refused', async () => {
    const calls = callsOf(2000, (i) => ({ resource: `r${i}` }));
    const body = { rules: rulesOf(500), calls };
    const refused = await server.admin.attempt(contracts.replayRules, { params, body });
    expect([refused.status, refused.body]).toEqual([
      413,
      expect.objectContaining({ code: 'too_large', message: expect.stringContaining('200000 counts') }),
    ]);
  });
});
