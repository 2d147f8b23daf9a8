import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
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

/** A draft of the signed-in user, so that there is something to publish. */
const draftOf = (url: string, page: Page): Promise<number> =>
  page.evaluate(
    async ([at]) => {
      const { etag } = (await (await fetch(at!)).json()) as { etag: string };
      const known = (await (await fetch(`${at}/draft`)).json()) as { draft?: { etag: string } };
      const content = {
        kind: 'map',
        items: { timeoutMs: { type: 'number', value: 900 }, retries: { type: 'number', value: 4 } },
      };
      const headers = {
        'content-type': 'application/json',
        'x-sluice': '1',
        'if-match': known.draft?.etag ?? etag,
      };
      return (await fetch(`${at}/draft`, { method: 'PUT', headers, body: JSON.stringify({ content }) }))
        .status;
    },
    [`${url}/api/v1/environments/prod/apps/shop/namespaces/order`],
  );

(chromium ? describe : describe.skip)('every page of the console', () => {
  let server: ServerProcess;
  let fleet: FleetProcess;
  let browser: Browser;
  let pages: readonly string[];
  /** Each language and each theme once is enough for these. */
  let deliveryPages: readonly string[];
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
    await admin.call(contracts.createGroup, { params, body: { name: 'all', selector: '!early' } });
    const gray = await admin.call(contracts.startPush, {
      params,
      body: {
        changes: [
          {
            namespace: 'order',
            base: (await admin.call(contracts.getNamespace, { params: { ...params, ns: 'order' } })).revision,
            changes: { set: { timeoutMs: { type: 'number', value: 950 } }, remove: [] },
          },
        ],
        target: { mode: 'gray', audience: { by: 'percent', steps: [50, 100] } },
        expiresInMs: 3_600_000,
      },
    });
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
    deliveryPages = [
      `${app}/pushes?state=open`,
      `${app}/pushes/${gray.id}`,
      `${app}/groups`,
      `${app}/groups?edit=all`,
      `${app}/instances?state=atRisk`,
      `${app}/instances/shop-1?ns=order&key=timeoutMs&set=1`,
      ...['change', 'target', 'guard', 'confirm'].map(
        (step) => `${app}/publish?ns=order&step=${step}&mode=gray&by=labels&select=%21canary`,
      ),
      `${app}/publish?ns=order&step=target&mode=gray&by=instances&ids=shop-1,nobody`,
      `${app}/publish?ns=order&step=target&mode=group&group=all`,
      `${app}/publish?ns=order&step=confirm&mode=global`,
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
      await draftOf(server.url, page);
      const faults: string[] = [];
      const check = async (where: string): Promise<void> => {
        faults.push(...(await seriousFaults(page)).map((fault) => `${where} ${fault}`));
      };
      const isWhole = (look.language === 'en') === (look.theme === 'light');
      for (const path of isWhole ? [...pages, ...deliveryPages] : pages) {
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
