import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningDemo } from './running-demo.ts';
import { unusedPort } from './unused-port.ts';

describe('a demo whose own file', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
  const stateFile = join(dataDir, 'demo.json');
  let demo: RunningDemo | undefined;

  beforeAll(async () => {
    await start();
    await demo?.stop('SIGTERM');
  }, 120_000);
  afterEach(async () => {
    await demo?.stop('SIGTERM');
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  async function start() {
    demo = new RunningDemo(dataDir, '--instances', '1', '--port', String(await unusedPort()));
    return demo.ready();
  }

  async function releasesOfShop(url: string, token: string, environment: string): Promise<number[]> {
    const response = await fetch(
      `${url}/api/v1/environments/${environment}/apps/storefront/namespaces/shop/history`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const { items } = (await response.json()) as { items: { number: number }[] };
    return items.map(({ number }) => number);
  }

  it('says that the first start was interrupted fills in what is missing, and nothing twice', async () => {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as object;
    writeFileSync(stateFile, JSON.stringify({ ...state, clientTokens: {}, seeded: false }));
    const { url, token } = await start();
    expect(await releasesOfShop(url, token, 'prod')).toEqual([4, 3, 2, 1]);
    expect(await releasesOfShop(url, token, 'staging')).toEqual([1]);
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ seeded: true });
  }, 120_000);

  it('got lost finds its way in again, with a new password, and leaves what is there as it is', async () => {
    rmSync(stateFile);
    const { url, token } = await start();
    expect(await releasesOfShop(url, token, 'prod')).toEqual([4, 3, 2, 1]);
    const { adminPassword } = JSON.parse(readFileSync(stateFile, 'utf8')) as { adminPassword: string };
    const signIn = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sluice': '1', origin: url },
      body: JSON.stringify({ userName: 'admin', password: adminPassword }),
    });
    expect(signIn.status).toBe(201);
  }, 120_000);
});
