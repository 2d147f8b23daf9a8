import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import type { Content } from '@sluice/core';
import { contracts, type Push, type PushPlanBody } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import type { HttpCaller } from '../support/http-caller.ts';
import { numbers } from '../support/push-desk.ts';
import { until } from '../support/until.ts';

const spec = { timeoutMs: num(-1), retries: num(-1), size: num(-1) };
type Key = keyof typeof spec;
const link = { app: 'platform', namespace: 'common' };
const over = (items: Record<string, unknown>): Content => ({ kind: 'map', items }) as Content;
const away = { removed: true };
const value = (number: number) => ({ type: 'number', value: number });

/** Real processes of the app that has a public namespace, of one that links it, and of one that links that. */
describe('a public namespace and the apps that link it', () => {
  let server: BootedApp;
  let platform: ConfigDesk;
  let orders: ConfigDesk;
  let shop: ConfigDesk;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-linked-'));
  const fleet = new Map<string, { sluice: Sluice; app: string; read: () => Record<Key, number> }>();

  const join_ = async (app: string, id: string, namespace: string): Promise<void> => {
    const body = { kind: 'client', name: `${app}-${id}`, environment: 'prod', app } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const sluice = createSluice({
      server: server.url,
      token: secret,
      environment: 'prod',
      app,
      instanceId: id,
      cacheDir: join(folder, app, id),
      allowMultiple: true,
      logger: false,
    });
    const config = sluice.config(namespace, spec);
    fleet.set(`${app} ${id}`, {
      sluice,
      app,
      read: () => ({ timeoutMs: config.timeoutMs, retries: config.retries, size: config.size }),
    });
    expect(await sluice.ready({ timeoutMs: 20_000 })).toBe('live');
  };
  const held = (): Record<string, string | undefined> =>
    Object.fromEntries(
      [...fleet].map(([id, { sluice }]) => [id, sluice.digests().namespaces[0]?.digest] as const),
    );
  const read = (id: string) => fleet.get(id)!.read();
  const settled = (app: string, push: string, caller: HttpCaller = server.admin): Promise<Push> =>
    until('the push and all that it reached have their verdicts', async () => {
      const now = await caller.call(contracts.getPush, { params: { env: 'prod', app, push } });
      return now.state === 'converged' && (now.linked?.open ?? 0) === 0 && now;
    });
  const changing = async (desk: ConfigDesk, namespace: string, patch: object) => ({
    changes: [{ namespace, base: (await desk.get(namespace)).revision, changes: patch as never }],
    target: { mode: 'global' as const },
  });
  const preview = async (desk: ConfigDesk, namespace: string, patch: object): Promise<PushPlanBody> =>
    desk.caller.call(contracts.previewPush, {
      params: { env: 'prod', app: desk.app },
      body: await changing(desk, namespace, patch),
    });
  const names = ({ targets }: PushPlanBody, home: string): string[] =>
    targets.map(({ app = home, instanceId }) => `${app} ${instanceId}`).sort();
  /** Whose digest another one is, once all have their verdicts. */
  const changedBy = async (app: string, work: () => Promise<string>): Promise<[string[], Push]> => {
    const before = held();
    const push = await settled(app, await work());
    const after = held();
    return [[...fleet.keys()].filter((id) => before[id] !== after[id]).sort(), push];
  };

  beforeAll(async () => {
    server = await bootApp();
    for (const name of ['platform', 'orders', 'shop'])
      await server.admin.call(contracts.createApp, { body: { name } });
    [platform, orders, shop] = ['platform', 'orders', 'shop'].map(
      (app) => new ConfigDesk(server.admin, 'prod', app),
    ) as [ConfigDesk, ConfigDesk, ConfigDesk];
    await platform.create('common', { public: true });
    await platform.release('common', map({ timeoutMs: 100, retries: 1, size: 10 }));
    await orders.create('net', { link, public: true });
    await shop.create('web', { link: { app: 'orders', namespace: 'net' } });
    await join_('platform', 'p1', 'common');
    await join_('orders', 'o1', 'net');
    await join_('orders', 'o2', 'net');
    await join_('shop', 's1', 'web');
  }, 60_000);
  afterAll(async () => {
    for (const { sluice } of fleet.values()) await sluice.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings nothing before the first release of the one that links it, then all but what that overrides', async () => {
    expect(read('orders o1')).toEqual({ timeoutMs: -1, retries: -1, size: -1 });
    const plan = await preview(orders, 'net', { set: numbers({ timeoutMs: 250 }).set });
    expect(names(plan, 'orders')).toEqual(['orders o1', 'orders o2']);
    const released = await orders.release('net', over({ timeoutMs: value(250) }));
    await settled('orders', released.push.id);
    expect(read('orders o1')).toEqual({ timeoutMs: 250, retries: 1, size: 10 });
    expect(read('orders o2')).toEqual({ timeoutMs: 250, retries: 1, size: 10 });
    const [ofPlan] = plan.variants;
    expect(ofPlan!.namespaces[0]!.after).toBe(held()['orders o1']);
    const through = await shop.release('web', over({ size: away }));
    await settled('shop', through.push.id);
    expect(read('shop s1')).toEqual({ timeoutMs: 250, retries: 1, size: -1 });
  });

  it('changes exactly the instances of all apps that the preview names, and proves it', async () => {
    const patch = { set: numbers({ retries: 2 }).set };
    const plan = await preview(platform, 'common', patch);
    const [changed, push] = await changedBy('platform', async () => {
      const body = { ...(await changing(platform, 'common', patch)), plan: plan.hash };
      return (
        await server.admin.call(contracts.startPush, { params: { env: 'prod', app: 'platform' }, body })
      ).id;
    });
    expect(changed).toEqual(['orders o1', 'orders o2', 'platform p1', 'shop s1']);
    expect(names(plan, 'platform')).toEqual(changed);
    const after = held();
    for (const { app = 'platform', instanceId, variant } of plan.targets)
      expect(plan.variants[variant]!.namespaces[0]!.after).toBe(after[`${app} ${instanceId}`]);
    expect(push.verdict).toMatchObject({ holding: 1, targets: 1 });
    expect(push.linked).toMatchObject({
      apps: 2,
      holding: 3,
      targets: 3,
      open: 0,
      converged: 2,
      diverged: 0,
    });
    expect(push.linked!.pushes!.map(({ app, namespaces }) => [app, namespaces])).toEqual([
      ['orders', ['net']],
      ['shop', ['web']],
    ]);
    expect(read('shop s1')).toEqual({ timeoutMs: 250, retries: 2, size: -1 });
    const listed = await server.admin.call(contracts.listPushes, {
      params: { env: 'prod', app: 'platform' },
    });
    expect(listed.items.find(({ id }) => id === push.id)!.linked).toEqual({
      apps: 2,
      open: 0,
      converged: 2,
      diverged: 0,
    });
  });

  it('leaves alone who overrides or takes away what is released', async () => {
    const plan = await preview(platform, 'common', { set: numbers({ timeoutMs: 111, size: 11 }).set });
    expect(names(plan, 'platform')).toEqual(['orders o1', 'orders o2', 'platform p1']);
    const [changed] = await changedBy('platform', async () => {
      const released = await platform.release('common', map({ timeoutMs: 111, retries: 2, size: 11 }));
      return released.push.id;
    });
    expect(changed).toEqual(names(plan, 'platform'));
    expect(read('orders o1')).toEqual({ timeoutMs: 250, retries: 2, size: 11 });
  });

  it('is on the page of the app that it came to, in its change log, and in the audit', async () => {
    const params = { env: 'prod', app: 'orders' };
    const { items } = await server.admin.call(contracts.listPushes, { params });
    expect(items[0]).toMatchObject({
      mode: 'global',
      state: 'converged',
      through: { app: 'platform', namespaces: ['common'] },
      namespaces: [{ name: 'net', keys: ['size', 'timeoutMs'] }],
    });
    const changes = await server.admin.call(contracts.listChanges, {
      params: { env: 'prod' },
      query: { app: 'orders' },
    });
    expect(changes.items[0]).toMatchObject({ kind: 'linked', namespace: 'net', pushId: items[0]!.id });
    const rolledBack = await server.admin.attempt(contracts.rollbackPush, {
      params: { ...params, push: items[0]!.id },
      body: { message: '' },
    });
    expect([rolledBack.status, JSON.stringify(rolledBack.body)]).toEqual([
      409,
      expect.stringContaining('roll that back where it is at home'),
    ]);
    const audit = await server.admin.call(contracts.listAudit, { query: { action: 'push.start' } });
    expect(audit.items[0]!.detail).toMatchObject({ linkedApps: ['orders', 'shop'] });
    const published = await server.admin.call(contracts.listAudit, {
      query: { action: 'release.publish', app: 'platform' },
    });
    expect(published.items[0]!.detail).toMatchObject({ linkedApps: ['orders', 'shop'] });
  });

  it('is named as a rung of its own, by the server and in the process', async () => {
    const explained = await server.admin.call(contracts.explainInstance, {
      params: { env: 'prod', app: 'orders', instance: 'o1' },
      query: { namespace: 'net', key: 'timeoutMs' },
    });
    const globals = explained.ladder.filter(({ layer }) => layer === 'global');
    expect(globals).toMatchObject([
      { wins: true, value: 250 },
      { wins: false, value: 111, from: link, release: 3 },
    ]);
    expect(globals[1]!.reason).toContain('public namespace common of app platform, release 3');
    const { sluice } = fleet.get('shop s1')!;
    expect(sluice.explain('web.retries')).toMatchObject({
      value: 2,
      layer: 'global',
      from: link,
      release: 3,
    });
    expect(sluice.explain('web.size').ladder).toMatchObject([
      { layer: 'global', wins: false },
      { layer: 'global', wins: false, value: 11, from: link },
      { layer: 'default', wins: true, value: -1 },
    ]);
  });

  it('keeps its grays at home until they are everyone’s, and then reaches all', async () => {
    const params = { env: 'prod', app: 'platform' };
    const asked = await changing(platform, 'common', { set: numbers({ retries: 9 }).set });
    const target = { mode: 'gray' as const, audience: { by: 'instances' as const, ids: ['p1'] } };
    const before = held();
    const gray = await server.admin.call(contracts.startPush, { params, body: { ...asked, target } });
    await until('the gray is there', async () => read('platform p1').retries === 9);
    expect({ ...held(), 'platform p1': '' }).toEqual({ ...before, 'platform p1': '' });
    const at = { params: { ...params, push: gray.id } };
    const plan = await server.admin.call(contracts.previewPushAct, {
      ...at,
      body: { act: 'promote' } as never,
    });
    expect(names(plan, 'platform')).toEqual(['orders o1', 'orders o2', 'shop s1']);
    await server.admin.call(contracts.promotePush, {
      ...at,
      body: { message: '', plan: plan.hash } as never,
    });
    const promoted = await until('all hold it', async () => {
      const now = await server.admin.call(contracts.getPush, at);
      return now.state === 'promoted' && now.linked?.holding === 3 && now;
    });
    expect(promoted.linked).toMatchObject({ apps: 2, targets: 3 });
    expect(read('shop s1').retries).toBe(9);
  });

  it('goes back for all of them with a rollback, and an own gray of who links it stays his', async () => {
    const params = { env: 'prod', app: 'orders' };
    const asked = await changing(orders, 'net', { set: {}, remove: ['retries'] });
    const target = { mode: 'single', instanceId: 'o2' } as const;
    await server.admin.call(contracts.startPush, { params, body: { ...asked, target } });
    await until('the layer is there', async () => read('orders o2').retries === -1);
    expect(read('orders o1').retries).toBe(9);
    const [changed] = await changedBy('platform', async () => {
      const { etag } = await platform.get('common');
      const answer = await platform.rollback('common', etag);
      return answer.body.push.id;
    });
    expect(changed).toEqual(['orders o1', 'platform p1', 'shop s1']);
    expect(read('orders o2').retries).toBe(-1);
    expect(read('orders o1').retries).toBe(2);
  });

  it('takes back an override for everyone', async () => {
    const released = await orders.release('net', over({}));
    await settled('orders', released.push.id);
    expect(read('orders o1')).toEqual({ timeoutMs: 111, retries: 2, size: 11 });
    const push = await server.admin.call(contracts.getPush, {
      params: { env: 'prod', app: 'orders', push: released.push.id },
    });
    expect(push.linked).toMatchObject({ apps: 1 });
    expect(read('shop s1').timeoutMs).toBe(111);
  });
});
