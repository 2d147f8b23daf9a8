import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { FleetProcess } from '../support/fleet-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
/** How long they wait for a server that does not come. */
const readyMs = 1500;
const ids = ['shop-0', 'shop-1', 'shop-2', 'shop-3'];

describe('instances whose server is gone', () => {
  let server: ServerProcess;
  let cacheDir: string;
  let token: string;
  let fleet: FleetProcess;
  const start = (more: { readonly readyMs?: number } = {}): Promise<FleetProcess> =>
    FleetProcess.start({ server: server.url, token, cacheDir, ids, documents: ['banner'], ...more });
  const publish = async (value: number): Promise<void> => {
    const params = { ...place, ns: 'order' };
    const { etag } = await server.admin.call(contracts.getNamespace, { params });
    const changes = { set: { timeoutMs: { type: 'number' as const, value } }, remove: [] };
    await server.admin.call(contracts.publish, { params, ifMatch: etag, body: { changes, message: '' } });
  };

  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'sluice-gone-'));
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'order', kind: 'map' },
    });
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'banner', kind: 'document', format: 'text' },
    });
    await publish(800);
    const content = { kind: 'document', format: 'text', text: 'Welcome\r\n' } as const;
    await server.admin.call(contracts.publish, {
      params: { ...place, ns: 'banner' },
      ifMatch: '"0"',
      body: { content, message: '' },
    });
    fleet = await start();
  }, 60_000);

  afterAll(async () => {
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('serve on what they hold', async () => {
    expect(fleet.states).toEqual(['live', 'live', 'live', 'live']);
    const before = await fleet.reports();
    await server.down('SIGKILL');
    const after = await fleet.reports();
    expect(after.map((r) => [r.instanceId, r.timeoutMs, r.documents.banner, r.digests])).toEqual(
      before.map((r) => [r.instanceId, 800, 'Welcome\r\n', r.digests]),
    );
  }, 60_000);

  it('start from their disk', async () => {
    await fleet.kill();
    fleet = await start({ readyMs });
    expect(fleet.states).toEqual(['snapshot', 'snapshot', 'snapshot', 'snapshot']);
    for (const report of await fleet.reports())
      expect(report).toMatchObject({ timeoutMs: 800, documents: { banner: 'Welcome\r\n' } });
  }, 60_000);

  it('take up what was published as soon as the server is back', async () => {
    await server.up();
    await publish(900);
    await until(
      'everybody holds 900',
      async () => (await fleet.reports()).every((r) => r.timeoutMs === 900 && r.state === 'live'),
      60_000,
    );
  }, 90_000);

  it('answer the code defaults when there has never been a server', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-never-'));
    const lonely = await FleetProcess.start({
      server: 'http://127.0.0.1:9',
      token,
      cacheDir: elsewhere,
      ids: ['shop-9'],
      readyMs,
    });
    expect(lonely.states).toEqual(['defaults']);
    expect(await lonely.reports()).toMatchObject([{ timeoutMs: -1, digests: {} }]);
    await lonely.kill();
    rmSync(elsewhere, { recursive: true, force: true });
  }, 60_000);
});
