import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BlockedError, createSluice, type Sluice } from '@sluice/client';
import { type Rule, seededDraw } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { until } from '../support/until.ts';
import { isLong } from './long-tests.ts';
import { publishRules } from './pay-rules.ts';

const params = { env: 'prod', app: 'orders' };
const forMs = isLong ? 30_000 : 5000;
/** Of the share, in points of a hundred: the same calls at the same times, but for what a machine is late. */
const within = isLong ? 0.02 : 0.05;

const limits: Readonly<Record<string, object>> = {
  bucket: { algorithm: 'tokenBucket', limit: 6, intervalMs: 1000, burst: 3 },
  window: { algorithm: 'slidingWindow', limit: 5, windowMs: 1000 },
  keyed: { algorithm: 'tokenBucket', limit: 2, intervalMs: 1000, per: { by: 'user' } },
};
const names = Object.keys(limits);
const rules = (mode: 'monitor' | 'intercept'): Record<string, Rule> =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { kind: 'limit', ...limits[name], resource: { match: 'exact', value: name }, mode } as Rule,
    ]),
  );

interface Call {
  readonly atMs: number;
  readonly resource: string;
  readonly user: string;
}

/** Crowds and pauses, some twelve calls a second of each resource: few enough to be recorded whole. */
function traffic(): Call[] {
  const draw = seededDraw(11);
  const calls: Call[] = [];
  for (let atMs = 0; atMs < forMs; atMs += draw() < 0.3 ? 0 : -120 * Math.log(1 - draw()))
    for (const resource of names) calls.push({ atMs, resource, user: `u${Math.floor(draw() ** 2 * 6)}` });
  return calls;
}

/** What was refused and what would have been, by resource, of the same calls at the same times. */
async function drive(sluice: Sluice, calls: readonly Call[]) {
  const refused: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  const would = { ...refused };
  const off = sluice.on('wouldBlock', ({ resource }) => {
    would[resource]! += 1;
  });
  const startMs = performance.now();
  for (const { atMs, resource, user } of calls) {
    const leftMs = startMs + atMs - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    try {
      sluice.entry(resource, { user }).exit();
    } catch (error) {
      if (!(error instanceof BlockedError)) throw error;
      refused[resource]! += 1;
    }
  }
  off();
  return { refused, would };
}

describe('what is predicted of a rule that only watches', () => {
  let server: BootedApp;
  let desk: ConfigDesk;
  let sluice: Sluice;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, rules('monitor'));
    sluice = createSluice({ server: server.url, token: secret, instanceId: 'a', cacheDir: false });
    await sluice.ready({ timeoutMs: 10_000 });
  });
  afterAll(async () => {
    await sluice?.close();
    await server?.close();
  });

  it(
    'is what it does to the same traffic when it is enforced',
    async () => {
      const calls = traffic();
      const watched = await drive(sluice, calls);
      expect(watched.refused).toEqual(Object.fromEntries(names.map((name) => [name, 0])));
      const total = calls.length / names.length;
      const predicted: Record<string, number> = {};
      for (const name of names) {
        const said = await until('all calls are recorded', async () => {
          const body = { ref: `guard/${name}` };
          const answer = await server.admin.call(contracts.predictRule, { params, body });
          return answer.recording.calls >= calls.length && answer;
        });
        expect(said.calls).toBe(total);
        predicted[name] = said.share;
        // The engine that watched and the one that predicts are one, told the same times.
        expect(said.wouldBlock).toBe(watched.would[name]);
      }
      const { push } = await publishRules(desk, rules('intercept'));
      await until('the rules are enforced', async () => {
        const now = await server.admin.call(contracts.getPush, { params: { ...params, push: push.id } });
        return now.verdict.holding === 1;
      });
      // Whatever the watching rules had counted has come back by then.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      const enforced = await drive(sluice, calls);
      for (const name of names) {
        const share = enforced.refused[name]! / total;
        process.stderr.write(
          `${name}: ${total} calls, predicted ${(predicted[name]! * 100).toFixed(2)} %, enforced ${(share * 100).toFixed(2)} %\n`,
        );
        expect(predicted[name]).toBeGreaterThan(0.1);
        expect(Math.abs(share - predicted[name]!)).toBeLessThanOrEqual(within);
      }
    },
    isLong ? 180_000 : 60_000,
  );
});
