import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { PushDesk } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
const ids = Array.from({ length: 20 }, (_, n) => `shop-${String(n).padStart(2, '0')}`);

/** One server, twenty instances, ten of them in zone a: pushes to some of them, and what each of them holds then. */
describe('pushes to some instances', () => {
  let server: BootedApp;
  let desk: PushDesk;
  let config: ConfigDesk;
  let token: string;
  const clients = new Map<string, LeanClient>();

  const connect = async (id: string, bootId?: string): Promise<LeanClient> => {
    const labels = { zone: Number(id.slice(-2)) % 2 === 0 ? 'a' : 'b' };
    const client = new LeanClient(server.url, token, id, { labels, ...(bootId && { bootId }) });
    clients.set(id, client);
    await client.connect();
    return client;
  };
  const holdersOf = (key: string, value: number): string[] =>
    [...clients.values()]
      .filter((client) => client.value('order', key) === value)
      .map((client) => client.instanceId)
      .sort();
  const allHold = (key: string, value: number): Promise<boolean> =>
    until(`everybody has ${key}=${value}`, async () => holdersOf(key, value).length === clients.size);
  /** What the server says of every instance agrees with what it holds. */
  const allInSync = (): Promise<boolean> =>
    until('everybody holds what he must', async () => {
      const { items } = await server.admin.call(contracts.listInstances, {
        params: place,
        query: { online: 'true' },
      });
      return items.length === clients.size && items.every((instance) => instance.inSync);
    });

  beforeAll(async () => {
    server = await bootApp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    token = (await server.admin.call(contracts.createToken, { body })).secret;
    config = new ConfigDesk(server.admin, 'prod', 'shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await config.create('order');
    await config.create('limits');
    await config.release('order', map({ timeoutMs: 800, retries: 1 }));
    await config.release('limits', map({ max: 10 }));
    await Promise.all(ids.map((id) => connect(id)));
  }, 60_000);

  afterAll(async () => {
    for (const client of clients.values()) client.close();
    await server?.close();
  });

  it('reach a single instance and nobody else, and leave it when they are abandoned', async () => {
    const before = new Map([...clients].map(([id, client]) => [id, client.received.length]));
    const push = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-03' }, { timeoutMs: 50 }),
      'converged',
    );
    expect(push.verdict).toMatchObject({ holding: 1, targets: 1 });
    expect(holdersOf('timeoutMs', 50)).toEqual(['shop-03']);
    for (const [id, client] of clients)
      expect(client.received.length - before.get(id)!).toBe(id === 'shop-03' ? 1 : 0);
    await allInSync();

    await desk.act(push, 'abandon');
    const over = await desk.until(push, 'the proof of the end', (now) => now.verdict.holding === 1);
    expect(over.state).toBe('abandoned');
    await allHold('timeoutMs', 800);
    await allInSync();
  }, 60_000);

  it('reach a group, and those who join it later', async () => {
    await server.admin.call(contracts.createGroup, {
      params: place,
      body: { name: 'zone-a', selector: 'zone=a' },
    });
    const push = await desk.settled(
      await desk.start({ mode: 'group', group: 'zone-a' }, { retries: 3 }),
      'converged',
      10,
    );
    expect(await desk.targets(push)).toEqual(ids.filter((_, n) => n % 2 === 0));
    const late = await connect('shop-90');
    expect(late.value('order', 'retries')).toBe(3);
    expect((await desk.settled(push, 'converged', 11)).verdict.targets).toBe(11);
    await desk.act(push, 'abandon');
    await allHold('retries', 1);
    late.close();
    clients.delete('shop-90');
  }, 60_000);

  it('grow in gray from step to step, and become everybody’s without a change for the cohort', async () => {
    const push = await desk.start(
      { mode: 'gray', audience: { by: 'percent', steps: [10, 50, 100] }, gate: { health: false } },
      { timeoutMs: 300 },
    );
    await until('two hold it', async () => holdersOf('timeoutMs', 300).length === 2);
    const first = holdersOf('timeoutMs', 300);
    await desk.until(
      push,
      'it waits for a click',
      (now) => now.step?.waits.length === 1 && now.verdict.holding === 2,
    );

    await desk.advance(push, 0);
    await until('ten hold it', async () => holdersOf('timeoutMs', 300).length === 10);
    const half = holdersOf('timeoutMs', 300);
    expect(half).toEqual(expect.arrayContaining(first));
    await desk.until(push, 'ten are proven', (now) => now.verdict.holding === 10 && now.step?.index === 1);
    await allInSync();

    const digests = new Map(half.map((id) => [id, clients.get(id)!.holds.get('order')]));
    const seen = new Map(half.map((id) => [id, clients.get(id)!.received.length]));
    await desk.act(push, 'promote');
    const done = await desk.settled(push, 'promoted', 20);
    expect(done.verdict.counts).toMatchObject({ applied: 20, pending: 0, timeout: 0 });
    await allHold('timeoutMs', 300);
    for (const id of half) {
      const client = clients.get(id)!;
      expect(client.holds.get('order')).toBe(digests.get(id));
      for (const frame of client.received.slice(seen.get(id)))
        expect(frame.changed.map((entry) => entry.digest)).toEqual([digests.get(id)]);
      expect(client.layers('order').map((layer) => layer.kind)).toEqual(['global']);
    }
    await allInSync();
  }, 60_000);

  it('change several namespaces at once', async () => {
    const push = await desk.startIn(
      { order: { timeoutMs: 20 }, limits: { max: 99 } },
      { mode: 'gray', audience: { by: 'count', count: 2 } },
    );
    await desk.until(push, 'two are proven', (now) => now.verdict.holding === 2);
    const members = await desk.targets(push);
    for (const id of members) {
      const frames = clients.get(id)!.received.filter((frame) => frame.revision === push.revision);
      expect(frames.map((frame) => frame.changed.map((entry) => [entry.name, entry.pushId]))).toEqual([
        [
          ['limits', push.id],
          ['order', push.id],
        ],
      ]);
    }
    const over = await desk.act(push, 'abandon');
    await desk.until(
      push,
      'the end is proven',
      (now) => now.state === 'abandoned' && now.verdict.holding === 2,
    );
    // Taken away together too: by the name of one push, an instance takes all of it or nothing.
    for (const id of members)
      expect(clients.get(id)!.received.at(-1)).toMatchObject({
        revision: over.revision,
        changed: [
          { name: 'limits', pushId: push.id },
          { name: 'order', pushId: push.id },
        ],
      });
    expect(holdersOf('timeoutMs', 20)).toEqual([]);
    await allInSync();
  }, 60_000);

  it('explain themselves', async () => {
    const push = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-05' }, { timeoutMs: 77 }),
      'converged',
    );
    const why = await server.admin.call(contracts.explainInstance, {
      params: { ...place, instance: 'shop-05' },
      query: { namespace: 'order', key: 'timeoutMs' },
    });
    expect(why).toMatchObject({ live: 77, liveKnown: true, target: 77 });
    expect(why.ladder.map((rung) => [rung.layer, rung.matched, rung.wins, rung.value, rung.pushId])).toEqual([
      ['instance', true, true, 77, push.id],
      ['gray', false, false, undefined, undefined],
      ['group', false, false, undefined, undefined],
      ['global', true, false, 300, expect.any(String)],
      ['default', true, false, undefined, undefined],
    ]);
    const spread = await server.admin.call(contracts.getKeySpread, {
      params: { ...place, ns: 'order', key: 'timeoutMs' },
    });
    expect(spread).toMatchObject({ target: 300, online: 20 });
    expect(spread.values.map(({ value, instanceCount }) => [value, instanceCount])).toEqual([
      [300, 19],
      [77, 1],
    ]);
    await desk.act(push, 'abandon');
    await allHold('timeoutMs', 300);
  }, 60_000);

  it('end at their time, whoever is first to notice', async () => {
    const push: Push = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-07' }, { timeoutMs: 5 }, { expiresInMs: 600_000 }),
      'converged',
    );
    const client = clients.get('shop-07')!;
    const [layer] = client.layers('order').filter((each) => each.kind === 'instance');
    expect(layer!.expiresInMs).toBeGreaterThan(500_000);
    server.advance(599_000);
    client.endLayers();
    server.advance(1500);
    const over = await desk.until(
      push,
      'its end',
      (now) => now.state === 'abandoned' && now.verdict.holding === 1,
    );
    expect(over.ended).toMatchObject({ reason: 'expired' });
    expect((await desk.instances(push)).map((target) => target.state)).toEqual(['applied']);
    expect(client.value('order', 'timeoutMs')).toBe(300);
    await allInSync();

    const other = await desk.settled(
      await desk.start({ mode: 'single', instanceId: 'shop-08' }, { timeoutMs: 6 }, { expiresInMs: 600_000 }),
      'converged',
    );
    server.advance(600_500);
    await desk.until(other, 'its end', (now) => now.state === 'abandoned' && now.verdict.holding === 1);
    await allHold('timeoutMs', 300);
  }, 60_000);

  it('are not begun when one instance objects in the first phase', async () => {
    clients.get('shop-11')!.vetoes.set('order', 'too low for this pool');
    const refused = await desk.tryStart({ mode: 'global' }, { timeoutMs: 1 }, { twoPhase: true });
    expect(refused).toMatchObject({ status: 409, body: { code: 'vetoed' } });
    expect(JSON.stringify(refused.body)).toContain('too low for this pool');
    expect(holdersOf('timeoutMs', 300)).toHaveLength(20);
    clients.get('shop-11')!.vetoes.clear();
    const push = await desk.start({ mode: 'global' }, { timeoutMs: 1 }, { twoPhase: true });
    await desk.settled(push, 'converged', 20);
    expect(holdersOf('timeoutMs', 1)).toHaveLength(20);
  }, 60_000);

  it('wait for an instance that nobody has seen yet', async () => {
    const push = await desk.start({ mode: 'single', instanceId: 'shop-77' }, { timeoutMs: 2 });
    await desk.settled(push, 'converged', 0);
    const late = await connect('shop-77');
    expect(late.value('order', 'timeoutMs')).toBe(2);
    expect((await desk.settled(push, 'converged', 1)).verdict.targets).toBe(1);
    await desk.act(push, 'abandon');
    await until('it has let go', async () => late.value('order', 'timeoutMs') === 1);
    late.close();
    clients.delete('shop-77');
  }, 60_000);

  it('are told over HTTP as over the link, with the labels that are asked with', async () => {
    const push = await desk.settled(
      await desk.start({ mode: 'group', group: 'zone-a' }, { retries: 8 }, { expiresInMs: 600_000 }),
      'converged',
    );
    const link = server.bearer(token);
    const ask = (query: { instanceId: string; labels?: string }) =>
      link.call(contracts.getSnapshot, { query });
    const digestFor = async (query: Parameters<typeof ask>[0]) =>
      (await ask(query)).namespaces.find((entry) => entry.name === 'order')?.digest;
    const [a, b] = [clients.get('shop-00')!.holds.get('order'), clients.get('shop-01')!.holds.get('order')];
    expect(a).not.toBe(b);
    expect(await digestFor({ instanceId: 'shop-00' })).toBe(a);
    expect(await digestFor({ instanceId: 'shop-01' })).toBe(b);
    expect(await digestFor({ instanceId: 'new', labels: '{"zone":"a"}' })).toBe(a);
    expect(await digestFor({ instanceId: 'new' })).toBe(b);
    const boxed = (await ask({ instanceId: 'shop-00' })).namespaces.flatMap((entry) => entry.layers);
    expect(boxed.find((layer) => layer.kind === 'group')).toMatchObject({ pushId: push.id, group: 'zone-a' });
    expect(boxed.find((layer) => layer.kind === 'group')!.expiresInMs).toBeLessThanOrEqual(600_000);
    const bad = await link.attempt(contracts.getSnapshot, { query: { instanceId: 'new', labels: '[1]' } });
    expect(bad).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    await desk.act(push, 'abandon');
    await allInSync();
  }, 60_000);

  it('bring bodies that are too large for a frame by their digest', async () => {
    await config.create('page', { kind: 'document', format: 'text' });
    await config.release('page', { kind: 'document', format: 'text', text: 'small' });
    const text = 'long '.repeat(20_000);
    const { revision } = await config.get('page');
    const content = { kind: 'document' as const, format: 'text' as const, text };
    const push = await server.admin.call(contracts.startPush, {
      params: place,
      body: {
        changes: [{ namespace: 'page', base: revision, content }],
        target: { mode: 'single', instanceId: 'shop-12' },
      },
    });
    await desk.settled(push, 'converged', 1);
    const client = clients.get('shop-12')!;
    const sent = client.received.at(-1)!.changed.find((entry) => entry.name === 'page')!;
    expect(sent.layers.map((layer) => layer.body === undefined)).toEqual([false, true]);
    expect(client.value('page', '')).toBe(text);
    expect(clients.get('shop-13')!.value('page', '')).toBe('small');
  }, 60_000);
});
