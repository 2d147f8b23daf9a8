// Takes the pictures of the README from the demo, in both languages, so that they never rot:
//   node tools/build.mjs && node --conditions=sluice-source test/e2e/screenshots.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { contracts } from '@sluice/protocol';
import type { Page } from 'playwright-core';
import { HttpCaller } from '../support/http-caller.ts';
import { browserOrNotice, contextFor, launch, signIn } from './browser.ts';

const root = join(import.meta.dirname, '../..');
const images = join(root, 'docs/images');
const name = 'ada';
const password = 'a long enough password';

const words = {
  en: {
    change: 'Put into the draft',
    message: 'Autumn sale',
    online: 'Live',
    holds: /\d+ of \d+ hold release/,
  },
  zh: { change: '写入草稿', message: '秋季促销', online: '实时', holds: /\d+ 个中有 \d+ 个持有发布版本/ },
} as const;

async function withDemo(
  language: 'en' | 'zh',
  visit: (url: string, token: string) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'sluice-pictures-'));
  const child = spawn(
    process.execPath,
    [join(root, 'apps/bookstore/dist/demo/main.js'), '--headless', ...['--data', data, '--instances', '6']],
    { env: { ...process.env, SLUICE_LANG: language }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { url, token } = JSON.parse(line) as { url: string; token: string };
      await visit(url, token);
      break;
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

/** Waits until the page is at rest and live. */
async function settle(page: Page, live: string): Promise<void> {
  await page.getByText(live, { exact: true }).first().waitFor();
  await page.waitForLoadState('networkidle');
}

const chromium = browserOrNotice();
if (!chromium) process.exit(1);
mkdirSync(images, { recursive: true });
const browser = await launch(chromium);
for (const language of ['en', 'zh'] as const)
  await withDemo(language, async (url, token) => {
    const t = words[language];
    await new HttpCaller(url, { authorization: `Bearer ${token}` }).call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const context = await contextFor(browser, { language, width: 1280, height: 800 });
    const page = await context.newPage();
    const shoot = (what: string): Promise<Buffer> =>
      page.screenshot({ path: join(images, `${what}.${language}.png`), animations: 'disabled' });
    const shop = `${url}/environments/prod/apps/storefront/namespaces/shop`;
    await signIn(page, url, name, password);

    await page.goto(shop);
    await page.locator('button', { hasText: 'discountPercent' }).last().click();
    await page.keyboard.type('15');
    await page.getByRole('button', { name: t.change }).click();
    await page
      .locator('button', { hasText: /1/ })
      .filter({ hasText: /Publish|发布/ })
      .waitFor();
    await settle(page, t.online);
    await shoot('console');

    await page.locator('button.ant-btn-primary').first().click();
    await page.getByRole('dialog').locator('textarea').first().fill(t.message);
    await settle(page, t.online);
    await shoot('publish');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText(t.holds).waitFor();
    const push = await page.getByRole('dialog').locator('a[href*="/pushes/"]').getAttribute('href');
    await page.goto(url + push!);
    await page.getByText(t.holds).waitFor();
    await settle(page, t.online);
    await shoot('push');

    await page.goto(`${url}/environments/prod`);
    await settle(page, t.online);
    await shoot('overview');
    await context.close();
  });
await browser.close();
