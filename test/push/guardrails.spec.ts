import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const ids = Array.from({ length: 8 }, (_, n) => `shop-${n + 1}`);
type GrayTarget = { mode: 'gray'; audience: { by: 'percent'; steps: number[] } };
const quarter = { mode: 'gray', audience: { by: 'percent', steps: [25, 100] } } satisfies GrayTarget;

/** Real processes whose calls obey a pushed value, under a real server: a bad value is taken back by itself. */
describe('a gray with guardrails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-guardrails-'));
  let server: BootedApp;
  let desk: PushDesk;
  let fleet: GuardedFleet;
  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'c', environment: 'prod', app: 'shop' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    await config.create('order', { kind: 'map' });
    const items = { timeoutMs: { type: 'number', value: 800 }, retries: { type: 'number', value: 3 } };
    await config.release('order', { kind: 'map', items } as never);
    desk = new PushDesk(server.admin, 'prod', 'shop');
    fleet = await GuardedFleet.start({
      server: server.url,
      token: secret,
      cacheDir: folder,
      ids,
      resources: { browse: 40, pay: 12 },
      failsBelow: { resource: 'pay', namespace: 'order', key: 'timeoutMs', least: 50 },
    });
  }, 150_000);
  afterAll(async () => {
    await fleet?.kill();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const guardrailOf = ({ id }: Push) =>
    server.admin.call(contracts.getPushGuardrail, { params: { ...desk.place, push: id } });
  const previewOf = ({ id }: Push) =>
    server.admin.call(contracts.previewPushAct, {
      params: { ...desk.place, push: id },
      body: { act: 'promote' },
    });
  const auditOf = async ({ id }: Push) =>
    (await server.admin.call(contracts.listAudit, { query: { app: 'shop' } })).items.filter(
      ({ target }) => target === id,
    );

  it('holds a step until it is known to be healthy, and goes on by itself', async () => {
    const push = await desk.start({ ...quarter, gate: { click: false } }, { retries: 4 });
    const first = await desk.get(push);
    expect(first.step?.waits.find((wait) => wait.for === 'health')?.en).toContain('first window is not over');
    expect(first.health?.is).toBe('unknown');
    const healthy = await desk.until(push, 'it is healthy', (now) => now.health?.is === 'healthy');
    expect(healthy.state).toBe('running');
    expect((await previewOf(push)).health).toMatchObject({ health: 'healthy', isWorse: false });
    const all = await desk.until(push, 'the next step', (now) => now.step?.index !== 0);
    expect(all.verdict.targets).toBe(8);
    // Nobody is left to compare with: it is what the fleet was before the step.
    const converged = await desk.until(
      push,
      'all hold it and are well',
      ({ state }) => state === 'converged',
    );
    expect(converged.health?.is).toMatch(/healthy|unknown/);
    const judged = (await guardrailOf(push)).log.find(
      ({ step, health }) => step === 1 && health === 'healthy',
    );
    expect(judged).toMatchObject({ instances: { cohort: 8 } });
    expect(judged!.calls.rest).toBeGreaterThan(1000);
    await desk.act(all, 'abandon');
  }, 60_000);

  it('takes a value back that makes calls of one resource fail, within 15 s', async () => {
    const begunMs = Date.now();
    // On a busy machine fewer calls than meant come through.
    const push = await desk.start({ ...quarter, guardrails: { minCalls: 40 } }, { timeoutMs: 10 });
    const cohort = await desk.targets(push);
    expect(cohort).toHaveLength(2);
    const ended = await desk.until(push, 'it is taken back', (now) => now.state === 'abandoned');
    expect(Date.now() - begunMs).toBeLessThan(15_000);
    expect(ended.ended).toMatchObject({ reason: 'guardrail' });
    expect(ended.ended!.because!.en).toMatch(/^errors of pay: 100 % in the gray, \d\.?\d* % in the rest$/);
    const proven = await desk.until(
      push,
      'its cohort holds what was before',
      (now) => now.verdict.holding === 2,
    );
    expect(proven.verdict).toMatchObject({ holding: 2, targets: 2 });
    const { items } = await server.admin.call(contracts.listInstances, { params: desk.place });
    expect(items.filter(({ inSync }) => inSync)).toHaveLength(8);
    const halts = (await auditOf(push)).filter(
      ({ action }) => action === 'push.halt' || action === 'push.abandon',
    );
    expect(halts.map(({ action, actor }) => [action, actor])).toHaveLength(2);
    const { rule, log } = await guardrailOf(push);
    expect(rule).toMatchObject({ onBreach: 'abandon', minCalls: 40, windowMs: 5000 });
    expect(log[0]).toMatchObject({ health: 'breached', instances: { cohort: 2, rest: 6 } });
    const pay = log[0]!.readings.find((each) => each.scope === 'pay' && each.measure === 'errorRatio');
    expect(pay).toMatchObject({ cohort: 1, isOver: true, windows: 2 });
    const whole = log[0]!.readings.find((each) => each.scope === '' && each.measure === 'errorRatio');
    expect(whole!.cohort).toBeLessThan(0.3);
    // Its callers are well again.
    await fleet.forget('pay');
    await until('calls succeed again', async () => (await fleet.report('pay')).ok > 50);
    expect((await fleet.report('pay')).failed).toBe(0);
  }, 60_000);

  it('is promoted while its members do worse for a reason only, which the audit keeps', async () => {
    // One bad window is no breach yet, so that there is a moment in which somebody could promote it.
    const push = await desk.start(
      { ...quarter, guardrails: { minCalls: 40, windows: 10 } },
      { timeoutMs: 20 },
    );
    const begun = await previewOf(push);
    expect(begun.health).toMatchObject({
      health: 'unknown',
      isWorse: false,
      why: { en: expect.stringContaining('first window') },
    });
    const { health } = await until('a window is bad', async () => {
      const plan = await previewOf(push);
      return plan.health?.isWorse && plan;
    });
    expect(health).toMatchObject({
      health: 'unknown',
      why: { en: expect.stringContaining('errors of pay') },
    });
    const params = { ...desk.place, push: push.id };
    const refused = await server.admin.attempt(contracts.promotePush, { params, body: {} });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'wrong_state',
        message: expect.stringMatching(/do worse than the rest \(.*errors of pay.*--despite-health/),
        details: { reason: 'does_worse' },
      },
    });
    expect((await desk.get(push)).state).toBe('running');
    const body = { message: 'all the same', despiteHealth: 'the shops are closed' };
    await server.admin.call(contracts.promotePush, { params, body });
    const [row] = (await auditOf(push)).filter(({ action }) => action === 'push.promote');
    expect(row!.detail).toMatchObject({
      health: 'unknown',
      healthWhy: expect.stringContaining('errors of pay'),
      despiteHealth: 'the shops are closed',
    });
  }, 60_000);
});
