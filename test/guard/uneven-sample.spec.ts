import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Guard, type Rule, seededDraw } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import type { RecordedCall } from '@sluice/protocol/client';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'orders' };
const seconds = 60;
const rule: Rule = {
  kind: 'limit',
  algorithm: 'slidingWindow',
  limit: 300,
  windowMs: 1000,
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
};

/** The times of so many calls a second, at random. */
function traffic(perSec: number, seed: number): number[] {
  const draw = seededDraw(seed);
  return Array.from({ length: perSec * seconds }, () => draw() * seconds * 1000).sort((a, b) => a - b);
}

/** How many of them the rule refuses when it is enforced, each instance counting by itself. */
function refused(times: readonly number[]): number {
  const guard = new Guard({ name: 'live', nowMs: 0, wallOffsetMs: 0, seed: 1 });
  guard.load({ rule }, 1, 0);
  const gate = guard.gate('pay', 'rpc');
  return times.filter((atMs) => guard.enter(gate, {}, atMs).verdict === 'block').length;
}

const tally = (passed: number) => ({
  resource: 'pay',
  type: 'rpc' as const,
  passed,
  blocked: {},
  wouldBlock: 0,
  success: passed,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 0,
  latency: [[50, passed]] as [number, number][],
  rules: [],
});

describe('a fleet of which a busy instance records a part of its calls, and a calm one all', () => {
  let server: BootedApp;
  const clients: LeanClient[] = [];
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    for (const id of ['busy', 'calm']) {
      const client = new LeanClient(server.url, secret, id);
      await client.connect();
      clients.push(client);
    }
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await server?.close();
  });

  it('is predicted as each of them would be limited', async () => {
    const [busy, calm] = [traffic(600, 1), traffic(60, 2)];
    const draw = seededDraw(3);
    const kept = [busy.filter(() => draw() < 0.1), calm];
    for (const [n, times] of kept.entries()) {
      const all = [busy, calm][n]!;
      const calls = times.map(
        (atMs): RecordedCall => ({
          agoMs: seconds * 1000 - atMs,
          atMs,
          resource: 'pay',
          type: 'rpc',
          inputs: {},
          verdict: 'pass',
          outcome: 'success',
          durationMs: 0,
          rules: [],
        }),
      );
      // As many as a report may hold.
      for (let from = 0; from < calls.length; from += 500)
        clients[n]!.report({
          seconds: from === 0 ? [{ agoMs: 0, resources: [tally(all.length)] }] : [],
          calls: calls.slice(from, from + 500),
        });
    }
    const recorded = kept[0]!.length + kept[1]!.length;
    const said = await until('all is recorded', async () => {
      const answer = await server.admin.call(contracts.predictRule, { params, body: { rule } });
      return answer.recording.calls === recorded && answer;
    });
    const truth = (refused(busy) + refused(calm)) / (busy.length + calm.length);
    expect(truth).toBeGreaterThan(0.4);
    expect(Math.abs(said.share - truth)).toBeLessThanOrEqual(0.02);
    // Nobody would be refused at the calm one.
    expect(said.byInstance.find(({ value }) => value === 'calm')).toMatchObject({ wouldBlock: 0 });
    const replayed = await server.admin.call(contracts.replayRules, { params, body: { rules: { rule } } });
    expect(replayed.blocked).toBe(said.wouldBlock);
  });
});
