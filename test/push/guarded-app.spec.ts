import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BlockedError, createSluice, type Sluice } from '@sluice/client';
import type { Rule } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'orders' };
const rule = (mode: 'monitor' | 'intercept'): Rule => ({
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 3,
  intervalMs: 3_600_000,
  resource: { match: 'exact', value: 'pay' },
  mode,
});

/** A real client under a real server: what its calls come to is seen there, and what is thrown there holds here. */
describe('a guarded application', () => {
  let server: BootedApp;
  let sluice: Sluice;
  let pay: () => Promise<string>;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    await desk.release('guard', { kind: 'rules', items: { few: rule('intercept') } as never });
    sluice = createSluice({ server: server.url, token: secret, instanceId: 'a', cacheDir: false });
    pay = sluice.protect('pay', async () => 'paid');
    await sluice.ready({ timeoutMs: 10_000 });
  });
  afterAll(async () => {
    await sluice?.close();
    await server?.close();
  });

  it('is seen by resource, explains a refusal, and obeys the kill switch', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => pay()));
    const refused = outcomes.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as BlockedError] : [],
    );
    expect(refused).toHaveLength(7);
    const detail = await until('the calls are told', async () => {
      const answer = await server.admin.attempt(contracts.getResource, {
        params: { ...params, resource: 'pay' },
      });
      const { minute } = answer.body as { minute?: { passed: number } };
      return minute?.passed === 3 && contracts.getResource.response.parse(answer.body);
    });
    expect(detail.minute).toMatchObject({ passed: 3, blocked: { limited: 7 }, success: 3 });
    expect(detail.rules).toEqual([{ rule: 'guard/few', blocked: 7, wouldBlock: 0 }]);
    expect(detail.instances).toMatchObject([{ instanceId: 'a', passed: 3 }]);
    const decision = refused[0]!.decisionId;
    const { call } = await server.admin.call(contracts.getDecision, { params: { ...params, decision } });
    expect(call).toMatchObject({ rule: 'guard/few', code: 'limited', threshold: 3 });
    const replayed = await server.admin.call(contracts.replayRules, { params, body: {} });
    expect(replayed).toMatchObject({
      passed: 3,
      blocked: 7,
      differing: 0,
      recording: { calls: 10, sampledBy: 1 },
    });
    await server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { monitorOnly: true, reason: 'nobody can pay' },
    });
    await until('the instance obeys', async () => {
      const { items } = await server.admin.call(contracts.getKill, { params: { env: 'prod' } });
      return items[0]!.acked === 1;
    });
    await expect(pay()).resolves.toBe('paid');
  });
});
