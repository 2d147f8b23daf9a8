import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { fastClock } from './fast-clock.ts';

const params = { env: 'prod', app: 'order-api', ns: 'order' };
let server: BootedApp;
let token: string;
const clients: Sluice[] = [];

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'order-api' } });
  await server.admin.call(contracts.createNamespace, { params, body: { name: 'order', kind: 'map' } });
  token = (
    await server.admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'order', environment: 'prod', app: 'order-api' },
    })
  ).secret;
});
afterAll(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
});

function connect(more: Parameters<typeof createSluice>[0] = {}): Sluice {
  const client = createSluice({
    server: server.url,
    token,
    environment: 'prod',
    app: 'order-api',
    instanceId: `order-${clients.length}`,
    cacheDir: mkdtempSync(join(tmpdir(), 'sluice-real-')),
    logger: false,
    ...more,
  });
  clients.push(client);
  return client;
}

async function publish(timeoutMs: number, bounds: object = {}): Promise<string> {
  const { etag } = await server.admin.call(contracts.getNamespace, { params });
  const released = await server.admin.call(contracts.publish, {
    params,
    ifMatch: etag,
    body: { changes: { set: { timeoutMs: { type: 'number', value: timeoutMs, ...bounds } } } },
  });
  return released.push.id;
}

async function verdictOf(push: string): Promise<Record<string, string>> {
  for (;;) {
    const { items } = await server.admin.call(contracts.listPushInstances, { params: { ...params, push } });
    const states = Object.fromEntries(items.map((i) => [i.instanceId, i.state]));
    if (items.length > 0 && !items.some((i) => i.state === 'pending')) return states;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('against the server itself', () => {
  it('holds what was published, hears of changes, and is proven to', async () => {
    await publish(50);
    const client = connect();
    const order = client.config('order', { timeoutMs: num(800, { max: 5000 }) });
    expect(await client.ready()).toBe('live');
    expect(order.timeoutMs).toBe(50);
    const heard: number[] = [];
    order.on('timeoutMs', (value) => void heard.push(value));
    expect(await verdictOf(await publish(60))).toEqual({ 'order-0': 'applied' });
    expect(heard).toEqual([60]);
    expect(client.explain('order.timeoutMs')).toMatchObject({
      layer: 'global',
      release: 2,
      source: 'server',
    });
  });

  it('is seen to refuse what the code cannot take', async () => {
    const [first] = clients;
    expect(await verdictOf(await publish(9000))).toEqual({ 'order-0': 'rejected' });
    expect(first?.get('order.timeoutMs')).toBe(60);
    expect(await verdictOf(await publish(70))).toEqual({ 'order-0': 'applied' });
  });

  it('gets the same over HTTP, and no more when nothing changed', async () => {
    const snapshot = `${server.url}/client/v1/snapshot?instanceId=x`;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(snapshot, { headers });
    const { rootDigest } = (await answer.json()) as { rootDigest: string };
    expect(rootDigest).toBe(clients[0]?.digests().rootDigest);
    const again = await fetch(snapshot, { headers: { ...headers, 'if-none-match': `"${rootDigest}"` } });
    expect(again.status).toBe(304);
  });

  it('takes bodies that are too large for a frame', async () => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params });
    const value = 'x'.repeat(200_000);
    const { push } = await server.admin.call(contracts.publish, {
      params,
      ifMatch: etag,
      body: { changes: { set: { text: { type: 'string', value } } } },
    });
    expect(await verdictOf(push.id)).toEqual({ 'order-0': 'applied' });
    expect(clients[0]?.get('order.text')).toBe(value);
  });

  it('is told why a wrong token or place is refused', async () => {
    for (const [more, code] of [
      [{ token: 'sl_wrong' }, 'token_refused'],
      [{ app: 'pay-api' }, 'link_refused'],
    ] as const) {
      const client = connect({ ...more, clock: fastClock(10) });
      const refused = await new Promise<string>((resolve) => client.on('notice', (n) => resolve(n.code)));
      expect(refused).toBe(code);
      expect(await client.ready({ timeoutMs: 60_000 })).toBe('defaults');
    }
  });
});
