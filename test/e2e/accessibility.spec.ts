import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { seriousFaults } from './axe.ts';
import { browserOrNotice, contextFor, launch, signIn } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';

const looks = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'zh', theme: 'light' },
  { language: 'zh', theme: 'dark' },
] as const;

(chromium ? describe : describe.skip)('every page of the console', () => {
  let server: ServerProcess;
  let fleet: FleetProcess;
  let browser: Browser;
  let pages: readonly string[];
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-axe-'));

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const { admin } = server;
    const token = await server.clientToken('shop');
    const params = { env: 'prod', app: 'shop' };
    await admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const made = await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'order', kind: 'map' },
    });
    await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'menu', kind: 'document', format: 'json' },
    });
    await admin.call(contracts.createNamespace, { params, body: { name: 'guards', kind: 'rules' } });
    fleet = await FleetProcess.start({ server: server.url, token, cacheDir, ids: ['shop-1', 'shop-2'] });
    let ifMatch = made.etag;
    let push = '';
    for (const value of [800, 900]) {
      const released = await admin.call(contracts.publish, {
        params: { ...params, ns: 'order' },
        body: { changes: { set: { timeoutMs: { type: 'number', value } } }, message: `Now ${value}` },
        ifMatch,
      });
      ifMatch = released.etag;
      push = released.push.id;
    }
    await admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { protected: true } });
    browser = await launch(chromium!);
    const app = '/environments/prod/apps/shop';
    pages = [
      '/login',
      '/setup',
      '/environments/prod',
      '/environments/prod/apps',
      '/environments/prod/changes',
      app,
      `${app}/instances`,
      `${app}/instances/shop-1`,
      `${app}/pushes`,
      `${app}/pushes/${push}`,
      `${app}/connect`,
      `${app}/namespaces/order`,
      `${app}/namespaces/order/history?release=1`,
      `${app}/namespaces/order/settings`,
      `${app}/namespaces/menu`,
      `${app}/namespaces/guards`,
      '/admin/users',
      '/admin/tokens',
      '/admin/environments',
      '/admin/audit',
      '/no/such/page',
    ];
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it.each(looks)(
    'has nothing that axe calls serious, in $language, $theme',
    async (look) => {
      const context = await contextFor(browser, { ...look, bypassCSP: true });
      const page = await context.newPage();
      await signIn(page, server.url, name, password);
      const faults: string[] = [];
      const check = async (where: string): Promise<void> => {
        faults.push(...(await seriousFaults(page)).map((fault) => `${where} ${fault}`));
      };
      for (const path of pages) {
        await page.goto(server.url + path);
        await page.waitForLoadState('networkidle');
        await check(path);
        const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (width > 0) faults.push(`${path} is ${width} px wider than the window`);
      }
      await page.goto(`${server.url}/environments/prod/apps/shop/namespaces/order`);
      await page
        .getByRole('button', { name: /timeoutMs/ })
        .last()
        .click();
      await check('an open item');
      await page.locator('.ant-btn-dangerous').first().click();
      await page.getByRole('dialog').waitFor();
      await page.waitForLoadState('networkidle');
      await check('the rollback panel');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.keyboard.press('Control+k');
      await page.locator('[aria-controls=palette-goals]').waitFor();
      await check('the palette');
      await context.close();
      expect(faults).toEqual([]);
    },
    180_000,
  );
});
