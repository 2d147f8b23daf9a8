// Takes the pictures of the README from the demo, in both languages, so that they never rot:
//   node tools/build.mjs && node --conditions=sluice-source test/e2e/screenshots.ts
// With a folder, pictures of every page go there too, light and dark, to be looked at:
//   node --conditions=sluice-source test/e2e/screenshots.ts --all <folder>
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { HttpCaller } from '../support/http-caller.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, type Look, launch, signIn } from './browser.ts';
import { type DemoPlace, prepareDemo, withDemo } from './demo-for-pictures.ts';
import { type Picture, picturesOf } from './pictures.ts';

const images = join(import.meta.dirname, '../../docs/images');
const [flag, folder] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--all' || folder === undefined))
  throw new Error('usage: [--all <folder>]');
const name = 'ada';
const password = 'a long enough password';
const size = { width: 1280, height: 800 };

/** A picture in the format that is smallest for the same looks; the browser itself makes it. */
async function asWebp(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  const source = `data:image/png;base64,${png.toString('base64')}`;
  const data = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = ${JSON.stringify(source)};
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.86);
  })()`);
  await page.close();
  return Buffer.from(data.slice(data.indexOf(',') + 1), 'base64');
}

/** The page is at rest: everything it asked for is there, and nothing is on its way. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const loading = page.locator('[role=status][aria-label]:has(> span[style*=width])');
  await until('nothing is being loaded', async () => (await loading.count()) === 0);
}

async function shoot(page: Page, picture: Picture, place: DemoPlace): Promise<Buffer> {
  await page.goto(place.url + picture.path);
  await settle(page);
  await picture.act?.(page);
  await settle(page);
  return page.screenshot({ animations: 'disabled' });
}

async function pagesOf(browser: Browser, place: DemoPlace, look: Look): Promise<void> {
  const context = await contextFor(browser, { ...size, ...look });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await signIn(page, place.url, name, password);
  for (const picture of picturesOf(place)) {
    const isKept = picture.kept === look.theme;
    if (!isKept && folder === undefined) continue;
    const png = await shoot(page, picture, place);
    if (isKept)
      writeFileSync(join(images, `${picture.name}.${look.language}.webp`), await asWebp(browser, png));
    if (folder !== undefined)
      writeFileSync(join(folder, `${picture.name}.${look.language}.${look.theme}.png`), png);
  }
  await context.close();
}

const chromium = browserOrNotice();
if (!chromium) process.exit(1);
mkdirSync(images, { recursive: true });
if (folder !== undefined) mkdirSync(folder, { recursive: true });
const browser = await launch(chromium);
for (const language of ['en', 'zh'] as const)
  await withDemo(language, async (url, token) => {
    const admin = new HttpCaller(url, { authorization: `Bearer ${token}` });
    await admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const place = await prepareDemo(url, admin, { name, password }, language);
    for (const theme of ['light', 'dark'] as const) await pagesOf(browser, place, { language, theme });
  });
await browser.close();
