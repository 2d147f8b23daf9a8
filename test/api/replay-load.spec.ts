import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Rule } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';

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
    let isOver = false;
    const replayed = server.admin
      .call(contracts.replayRules, { params, body: { namespace, calls } })
      .finally(() => {
        isOver = true;
      });
    let served = 0;
    while (!isOver) {
      await server.admin.call(contracts.health);
      served += 1;
    }
    expect(await replayed).toMatchObject({ recording: { calls: 3000 }, passed: 3000, blocked: 0 });
    expect(served).toBeGreaterThan(10);
  });

  it('of many instances keeps no more in memory than one of them counts', async () => {
    const calls = callsOf(2000, (i) => ({ instanceId: `i${i}` }));
    const body = { rules: rulesOf(500), calls };
    expect(await server.admin.call(contracts.replayRules, { params, body })).toMatchObject({
      recording: { instances: 2000 },
      passed: 2000,
    });
  });

  it('of more than fits into memory is refused, in both languages', async () => {
    const calls = callsOf(2000, (i) => ({ resource: `r${i}` }));
    const body = { rules: rulesOf(500), calls };
    const refused = await server.admin.attempt(contracts.replayRules, { params, body });
    expect([refused.status, refused.body]).toEqual([
      413,
      expect.objectContaining({ code: 'too_large', message: expect.stringContaining('200000 counts') }),
    ]);
  });
});
