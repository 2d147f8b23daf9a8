import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import type { Leases } from '@sluice/protocol/client';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const limitOf = (limit: number, mode = 'intercept'): Json => ({
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit,
  intervalMs: 1000,
  scope: 'cluster',
  resource: { match: 'exact', value: 'pay' },
  mode,
});

/** A gray that changes limits of the cluster: its members are leased what their rules say, the others what theirs do. */
describe('cluster limits under a gray', () => {
  let booted: BootedApp;
  let clients: LeanClient[] = [];
  let asking: NodeJS.Timeout | undefined;
  /** The newest share of each, by instance and rule. */
  const shares = new Map<string, { readonly limit: number; readonly fair: number | undefined }>();
  const shareOf = (client: LeanClient, rule: string) => shares.get(`${client.instanceId} ${rule}`);
  beforeAll(async () => {
    booted = await bootApp();
  });
  afterAll(async () => {
    clearInterval(asking);
    for (const client of clients) client.close();
    await booted.close();
  });

  it('are leased to each instance as its own rules have them', async () => {
    const { admin, url } = booted;
    await admin.call(contracts.createApp, { body: { name: 'orders' } });
    const desk = new ConfigDesk(admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    await desk.release('guard', { kind: 'rules', items: { all: limitOf(100) } as never });
    const { secret } = await admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'c', environment: 'prod', app: 'orders' },
    });
    clients = ['member', 'other'].map((id) => new LeanClient(url, secret, id));
    const [member, other] = clients as [LeanClient, LeanClient];
    for (const client of clients) {
      client.on('leases', ({ leases }: Leases) => {
        for (const { rule, limit, fair } of leases)
          shares.set(`${client.instanceId} ${rule}`, { limit, fair });
      });
      await client.connect();
    }
    const wishes = ['guard/all', 'guard/new'].map((rule) => ({
      rule,
      resource: 'pay',
      type: 'rpc' as const,
      calls: 40,
    }));
    asking = setInterval(() => {
      for (const client of clients) client.report({ leases: wishes });
    }, 200);
    const isNear = (client: LeanClient, rule: string, limit: number) =>
      Math.abs((shareOf(client, rule)?.limit ?? 0) / limit - 1) < 0.1;
    await until('even shares', async () => isNear(member, 'guard/all', 50) && isNear(other, 'guard/all', 50));
    expect(shareOf(member, 'guard/new')).toBeUndefined();

    const push = await admin.call(contracts.startPush, {
      params: { env: 'prod', app: 'orders' },
      body: {
        changes: [
          {
            namespace: 'guard',
            base: (await desk.get('guard')).revision,
            changes: { set: { all: limitOf(10), new: limitOf(30) } as never, remove: [] },
          },
        ],
        target: { mode: 'gray', audience: { by: 'instances', ids: ['member'] } },
      },
    });
    await until('shares of the gray', async () => isNear(member, 'guard/all', 5));
    expect(shareOf(member, 'guard/all')!.fair).toBeCloseTo(5);
    await until('shares of a limit that only the gray has', async () => shareOf(member, 'guard/new'));
    expect(shareOf(member, 'guard/new')!.limit).toBeLessThanOrEqual(30);
    expect(isNear(other, 'guard/all', 50)).toBe(true);
    expect(shareOf(other, 'guard/new')).toBeUndefined();

    const params = { env: 'prod', app: 'orders', push: push.id };
    await admin.call(contracts.promotePush, { params, body: { message: '' } });
    await until(
      'shares of all',
      async () =>
        clients.every((client) => isNear(client, 'guard/all', 5)) &&
        shareOf(other, 'guard/new') !== undefined,
    );
  });
});
