import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { unusedPort } from '../demo/unused-port.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const main = join(import.meta.dirname, '../../apps/bookstore/dist/demo/main.js');
const chapterMs = 150_000;

/** A reader follows the links of the story in the console while it plays. */
(chromium ? describe : describe.skip)('the story in the console', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-story-e2e-'));
  let demo: ChildProcess;
  let ended: Promise<unknown[]>;
  let told = '';
  let browser: Browser;
  let page: Page;
  let manners: string[];

  const heard = (what: string, pattern: RegExp): Promise<string> =>
    until(what, async () => pattern.exec(told)?.[1], chapterMs);
  /** The link that a chapter tells, as soon as it does. */
  const link = (chapter: number): Promise<string> =>
    heard(`the link of chapter ${chapter}`, new RegExp(`Chapter ${chapter} of 8[^]*?\\n  Look +(http\\S+)`));
  const badge = (text: string) => page.getByText(text, { exact: true }).first();

  beforeAll(async () => {
    const port = await unusedPort();
    demo = spawn(process.execPath, [main, '--data', dataDir, '--port', String(port), '--story', '--fast'], {
      env: { ...process.env, SLUICE_LANG: 'en' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ended = once(demo, 'exit');
    demo.stdout!.setEncoding('utf8').on('data', (part: string) => {
      told += part;
    });
    browser = await launch(chromium!);
    const context = await contextFor(browser);
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    manners = watchManners(page, `http://127.0.0.1:${port}`);
    await page.goto(await heard('the sign-in link', /Console +(http\S+)/));
    await page.waitForURL(/\/environments\//);
  }, 200_000);

  afterAll(async () => {
    await browser?.close();
    demo?.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('shows the value with those who hold it', async () => {
    await page.goto(await link(1));
    await page
      .getByText(/^4 of 4 hold/)
      .first()
      .waitFor();
  }, 200_000);

  it('shows the drill while payments are slow, with its stop, and then what it came to', async () => {
    await page.goto(await link(6));
    await page.getByRole('button', { name: 'STOP: end every fault now' }).waitFor();
    await badge('broken').waitFor();
    await badge('held').waitFor({ timeout: chapterMs });
    await page.getByRole('heading', { name: 'Report' }).waitFor();
    expect(await page.getByText('does not hold', { exact: true }).count()).toBe(0);
  }, 300_000);

  it('shows the guardrail that takes the bad change back', async () => {
    await page.goto(await link(7));
    await page.getByRole('heading', { name: 'Guardrails' }).waitFor();
    // Why it ended: the figures of those who had it beside those who had not.
    await page
      .getByText(/ in the gray\b/)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: chapterMs });
    await page.getByText('abandoned', { exact: true }).filter({ visible: true }).first().waitFor();
  }, 200_000);

  it('is there again after the server was killed, with everybody in sync', async () => {
    const url = await link(8);
    await heard('the end', /(The story came true, all of it)/);
    await page.goto(url);
    for (const n of [1, 2, 3, 4])
      await page
        .getByRole('link', { name: `storefront-${n}`, exact: true })
        .first()
        .waitFor();
    expect(told).not.toContain('Not true');
    // What the server that is gone did not answer is no bad manners of a page.
    expect(manners.filter((fault) => !/WebSocket|ERR_/.test(fault))).toEqual([]);
    demo.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }, 300_000);
});
