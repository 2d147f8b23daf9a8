import { afterEach, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { DrillInstance } from '../support/drill-instance.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const hourMs = 3_600_000;
const ids = ['shop-1', 'shop-2', 'shop-3', 'shop-4'];

/** The wall clock of the machine was ahead, and is set right while pushes are under way. */
describe('a server whose clock is set back', () => {
  let server: BootedApp;
  let desk: PushDesk;
  let calling: NodeJS.Timeout | undefined;
  const instances = new Map<string, DrillInstance>();

  const begin = async (): Promise<void> => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.release('order', map({ timeoutMs: 100, retries: 1 }));
    for (const id of ids) instances.set(id, await new DrillInstance(server.url, secret, id).connect());
  };
  afterEach(async () => {
    clearInterval(calling);
    for (const instance of instances.values()) instance.close();
    instances.clear();
    await server?.close();
  });

  it('gives up on silent instances in their time, and writes what they say later', async () => {
    await begin();
    const { link } = instances.get('shop-1')!;
    link.muted = true;
    const push = await desk.start({ mode: 'global' }, { timeoutMs: 200 });
    await desk.until(push, 'the others hold it', ({ verdict }) => verdict.holding === 3);
    server.setWall(-hourMs);
    server.advance(12_000);
    const settled = await desk.settled(push, 'diverged');
    expect(settled.verdict.counts).toMatchObject({ applied: 3, timeout: 1, pending: 0 });
    link.muted = false;
    link.close();
    await link.connect();
    await desk.settled(push, 'converged', 4);
  });

  it('takes layers with a time for over when the instances do', async () => {
    await begin();
    const push = await desk.start(
      { mode: 'single', instanceId: 'shop-1' },
      { timeoutMs: 200 },
      { expiresInMs: 6000 },
    );
    await desk.settled(push, 'converged', 1);
    server.setWall(-hourMs);
    const seen = new Set<string>();
    const over = await desk.until(push, 'it is over', ({ state, verdict }) => {
      seen.add(`${state} ${verdict.counts.drifted}`);
      return state === 'abandoned';
    });
    expect(over.ended).toEqual({ reason: 'expired' });
    expect([...seen].filter((each) => each.startsWith('diverged') || !each.endsWith(' 0'))).toEqual([]);
    const { items } = await server.admin.call(contracts.listInstances, { params: desk.place });
    expect(items.every(({ inSync }) => inSync)).toBe(true);
  });

  it('lets a step bake for as long as was said', async () => {
    await begin();
    const push = await desk.start(
      {
        mode: 'gray',
        audience: { by: 'percent', steps: [25, 100] },
        gate: { bakeMs: 8000, health: false, click: false },
      },
      { timeoutMs: 200 },
    );
    server.setWall(-hourMs);
    await desk.until(push, 'all hold it', ({ verdict }) => verdict.holding === 4);
  });

  it('goes on watching a gray, and takes back what makes calls fail', async () => {
    await begin();
    let bad: readonly string[] = [];
    calling = setInterval(() => {
      for (const [id, instance] of instances)
        instance.calls(bad.includes(id) ? { success: 10, errors: 40 } : { success: 50 });
    }, 500);
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'percent', steps: [50, 100] }, gate: { click: true } },
      { timeoutMs: 10 },
    );
    await desk.until(push, 'it is healthy', ({ health }) => health?.is === 'healthy');
    server.setWall(-hourMs);
    // What was known before says nothing of what comes.
    await desk.until(push, 'it is not known any more', ({ health }) => health?.is === 'unknown');
    bad = await desk.targets(push);
    const { ended } = await until('it is taken back', async () => {
      const now = await desk.get(push);
      return now.state === 'abandoned' && now;
    });
    expect(ended).toMatchObject({ reason: 'guardrail' });
  }, 60_000);
});
