import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { GuardrailRetention } from '../../apps/server/src/guardrails/guardrail-retention.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { PushDesk } from '../support/push-desk.ts';
import { RealFleet } from '../support/real-fleet.ts';
import { readRows, writeRows } from '../support/rows.ts';

const half = { mode: 'gray' as const, audience: { by: 'percent' as const, steps: [50, 100] } };

/** Instances that make no guarded call: nobody knows how they do, and a step waits. */
describe('guardrails without traffic', () => {
  let server: BootedApp;
  let fleet: RealFleet;
  let desk: PushDesk;
  beforeAll(async () => {
    server = await bootApp();
    fleet = await RealFleet.of(server.url, server.admin);
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    await config.create('order', { kind: 'map' });
    const items = { timeoutMs: { type: 'number', value: 1 }, retries: { type: 'number', value: 1 } };
    await config.release('order', { kind: 'map', items } as never);
    for (const id of ['a', 'b', 'c', 'd']) await fleet.start(id);
    desk = new PushDesk(server.admin, 'prod', 'shop');
  }, 150_000);
  afterAll(async () => {
    await fleet?.close();
    await server?.close();
  });

  it('holds a step, says since when, why and what to do, and goes on by hand with a reason', async () => {
    const push = await desk.start({ ...half, gate: { click: false } }, { timeoutMs: 2 });
    await desk.until(push, 'both have it', ({ verdict }) => verdict.holding === 2);
    const held = await desk.until(push, 'a window is judged', ({ health }) => /calls/.test(health!.why!.en));
    expect(held.state).toBe('running');
    const { en, zh } = held.step!.waits.find((wait) => wait.for === 'health')!;
    expect(en).toMatch(
      /^health has not been known to hold for .*: .* calls in the gray\. .*by hand and says why$/,
    );
    expect(zh).toContain('灰度调用量 0/100');
    for (const act of [{ act: 'advance' as const, step: 0 }, { act: 'promote' as const }]) {
      const plan = await server.admin.call(contracts.previewPushAct, {
        params: { ...desk.place, push: push.id },
        body: act,
      });
      expect(plan.health).toMatchObject({
        ...{ health: 'unknown', isWorse: false },
        why: { en: expect.stringContaining('calls in the gray') },
      });
    }
    // A click says that somebody looked, and not that it is well.
    const clicked = await desk.advance(push, 0);
    expect(clicked.step?.index).toBe(0);
    const params = { ...desk.place, push: push.id };
    const body = { step: 0, despiteHealth: 'nobody calls these at night' };
    await server.admin.call(contracts.advancePush, { params, body });
    await desk.until(push, 'the next step', (now) => now.step?.index === 1);
    const { items } = await server.admin.call(contracts.listAudit, { query: { app: 'shop' } });
    expect(JSON.stringify(items)).toContain('nobody calls these at night');
    // Nobody judged it: whoever promotes it then is not kept from it, and the audit says what he knew.
    await server.admin.call(contracts.promotePush, { params, body: {} });
    const promoted = (await server.admin.call(contracts.listAudit, { query: { action: 'push.promote' } }))
      .items[0];
    expect(promoted!.detail).toMatchObject({ health: 'unknown' });
    expect(promoted!.detail).not.toHaveProperty('despiteHealth');
  });

  it('lets a gray go without, for a reason that is kept', async () => {
    const off = 'a key that no call reads';
    const push = await desk.start({ ...half, gate: { click: false }, guardrails: { off } }, { retries: 2 });
    await desk.until(push, 'it converged', ({ state }) => state === 'converged');
    const answer = await server.admin.call(contracts.getPushGuardrail, {
      params: { ...desk.place, push: push.id },
    });
    expect(answer).toEqual({ off, log: [] });
    await desk.act(push, 'abandon');
  });

  it.each<[string, object, string]>([
    [
      'a ratio below 1',
      { margins: { errorRatio: { ratio: 0.5 } } },
      'target.guardrails.margins.errorRatio.ratio',
    ],
    [
      'a share above 1',
      { margins: { blockShare: { floor: 5 } } },
      'target.guardrails.margins.blockShare.floor',
    ],
    ['an unknown measure', { measures: ['luck'] }, 'target.guardrails.measures.0'],
    ['no measure', { measures: [] }, 'target.guardrails.measures'],
    ['no windows', { windows: 0 }, 'target.guardrails.windows'],
    ['half a call', { minCalls: 10.5 }, 'target.guardrails.minCalls'],
    ['no reason', { off: '' }, 'target.guardrails.off'],
    ['off and something', { off: 'why not', minCalls: 50 }, 'target.guardrails.off'],
    ['an unknown policy', { onBreach: 'pray' }, 'target.guardrails.onBreach'],
  ])('refuses %s', async (_, guardrails, path) => {
    const answer = await desk.tryStart({ ...half, guardrails: guardrails as never }, { retries: 3 });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(`"path":"${path}"`);
  });

  it('refuses to wait for health where nobody judges it', async () => {
    const answer = await desk.tryStart(
      { ...half, gate: { health: true }, guardrails: { off: 'no calls' } },
      { retries: 3 },
    );
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('"path":"target.gate.health"');
  });

  it('removes quiet windows after an hour, and those of note when they are too old', async () => {
    const count = async (): Promise<number[]> =>
      (
        await readRows<{ notable: unknown }>(server, 'SELECT is_notable AS notable FROM guardrail_judgement')
      ).map(({ notable }) => Number(notable));
    expect(await count()).toContain(0);
    await writeRows(
      server,
      'UPDATE guardrail_judgement SET is_notable = true WHERE until_at IN (SELECT MAX(until_at) FROM guardrail_judgement)',
    );
    const retention = server.app.get(GuardrailRetention, { strict: false });
    await retention.sweep();
    expect(await count()).toContain(1);
    server.advance(2 * 3_600_000);
    await retention.sweep();
    expect(await count()).toEqual([1]);
    server.advance(40 * 86_400_000);
    await retention.sweep();
    expect(await count()).toEqual([]);
  });
});
