import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Story } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { RunningDemo } from '../demo/running-demo.ts';
import { unusedPort } from '../demo/unused-port.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { trueFigures } from '../support/story-figures.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const chapterMs = 150_000;
const shop = { env: 'prod', app: 'storefront' };

/** Somebody plays the story in the console and follows its links, in another tab, while it comes true. */
(chromium ? describe : describe.skip)('the story, played in the console', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-story-e2e-'));
  let demo: RunningDemo;
  let admin: HttpCaller;
  let firstServer: number;
  let badPush: string;
  let url: string;
  let browser: Browser;
  /** The tab that stays with the story, and the one that looks around. */
  let stage: Page;
  let page: Page;
  let manners: () => string[];

  const badge = (text: string) => page.getByText(text, { exact: true }).first();
  /** Undefined while the server is away, as it is in the last chapter. */
  const told = (): Promise<Story | undefined> => admin.call(contracts.getStory).catch(() => undefined);
  const chapterOf = (name: string) => stage.locator(`[data-chapter=${name}]`);
  /** The link of a chapter, as soon as the page of the story shows it. */
  const link = async (name: string, text: string): Promise<string> => {
    const anchor = chapterOf(name).getByRole('link', { name: text });
    await anchor.waitFor({ timeout: chapterMs });
    return `${url}${await anchor.getAttribute('href')}`;
  };
  /** It has come true, and the page says so with what was measured. */
  const cameTrue = async (name: string): Promise<void> => {
    const chapter = await until(
      `${name} is over`,
      async () => (await told())?.chapters.find((each) => each.name === name && each.came !== undefined),
      chapterMs,
    );
    expect([name, chapter.state, chapter.came]).toEqual([name, 'cameTrue', chapter.came]);
    trueFigures[name]!(chapter.figures);
    await chapterOf(name).getByText(chapter.came!.en, { exact: true }).waitFor();
    await chapterOf(name).getByText('came true', { exact: true }).waitFor();
  };

  beforeAll(async () => {
    demo = new RunningDemo(dataDir, '--port', String(await unusedPort()));
    const ready = await demo.ready();
    url = ready.url;
    firstServer = demo.fleet().serverPid;
    admin = new HttpCaller(url, { authorization: `Bearer ${ready.token}` });
    browser = await launch(chromium!);
    const context = await contextFor(browser);
    const [first, second] = [await context.newPage(), await context.newPage()];
    const faults = [first, second].map((tab) => watchManners(tab, url));
    manners = () => faults.flat();
    for (const tab of [first, second]) tab.setDefaultTimeout(60_000);
    [stage, page] = [first, second];
    await stage.goto(`${url}/login?token=${readFileSync(join(dataDir, 'login-token'), 'utf8')}`);
    await stage.waitForURL(/\/environments\//);
  }, 200_000);

  afterAll(async () => {
    await browser?.close();
    await demo?.stop('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('begins with a press, and ends with one: nothing of it stays in force on a part', async () => {
    await stage.getByRole('button', { name: 'Play the story …' }).click();
    await stage.getByText('Not played yet').waitFor();
    await stage.getByText('As fast as it goes').click();
    await stage.getByRole('button', { name: 'Play the story: 8 chapters, on 4 shops' }).click();
    await stage.getByRole('button', { name: 'Stop the story' }).waitFor();
    await cameTrue('gray');
    await stage.getByRole('button', { name: 'Stop the story' }).click();
    await stage.getByText(/^Stopped\. /).waitFor();
    const query = { state: 'inForce', limit: '100' } as const;
    const { items } = await admin.call(contracts.listPushes, { params: shop, query });
    expect(items.flatMap(({ namespaces }) => namespaces.map(({ name }) => name))).not.toContain('shop');
    expect((await told())?.chapters.at(-1)).toMatchObject({ name: 'serverGone', state: 'left' });
    const { items: audit } = await admin.call(contracts.listAudit, { query: { action: 'story.stop' } });
    expect(audit).toEqual([expect.objectContaining({ actor: 'admin', target: 'story', via: 'console' })]);
  }, 200_000);

  it('is played again, and shows the value with those who hold it', async () => {
    await stage.getByRole('button', { name: /^Play the story again/ }).click();
    await stage.getByRole('button', { name: 'Stop the story' }).waitFor();
    await cameTrue('gray');
    await page.goto(await link('promote', 'See the push'));
    await page
      .getByText(/^4 of 4 hold/)
      .first()
      .waitFor();
    await cameTrue('promote');
  }, 200_000);

  it('watches before it refuses, and refuses where it was told to', async () => {
    for (const name of ['watch', 'predict', 'intercept']) await cameTrue(name);
  }, 200_000);

  it('shows the drill while payments are slow, with its stop, and then what it came to', async () => {
    await page.goto(await link('drill', 'See the drill'));
    await page.getByRole('button', { name: 'STOP: end every fault now' }).waitFor();
    await badge('broken').waitFor();
    await badge('held').waitFor({ timeout: chapterMs });
    await page.getByRole('heading', { name: 'Report' }).waitFor();
    expect(await page.getByText('does not hold', { exact: true }).count()).toBe(0);
    await cameTrue('drill');
  }, 300_000);

  it('shows the guardrail that takes the bad change back', async () => {
    badPush = await link('badRollout', 'See the push');
    await page.goto(badPush);
    await page.getByRole('heading', { name: 'Guardrails' }).waitFor();
    // Why it ended: the figures of those who had it beside those who had not.
    await page
      .getByText(/ in the gray\b/)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: chapterMs });
    await page.getByText('abandoned', { exact: true }).filter({ visible: true }).first().waitFor();
    await cameTrue('badRollout');
  }, 300_000);

  it('goes on when its server is killed, and is there again with everybody in sync', async () => {
    const at = await link('serverGone', 'See the instances');
    await cameTrue('serverGone');
    await stage.getByText('All 8 chapters came true').waitFor();
    await stage.getByText('begun by admin').waitFor();
    expect(demo.fleet().serverPid).not.toBe(firstServer);
    await page.goto(at);
    for (const n of [1, 2, 3, 4])
      await page
        .getByRole('link', { name: `storefront-${n}`, exact: true })
        .first()
        .waitFor();
    // Why the bad change ended is still known, and nobody has it.
    const { log } = await admin.call(contracts.getPushGuardrail, {
      params: { ...shop, push: badPush.split('/').at(-1)! },
    });
    expect(log[0]).toMatchObject({ health: 'breached', instances: { cohort: 1, rest: 3 } });
    for (const n of [1, 2, 3, 4])
      expect((await demo.report(`storefront-${n}`)).values.calls?.stockTimeoutMs).toBe(250);
    // What the server that is gone did not answer is no bad manners of a page.
    expect(manners().filter((fault) => !/WebSocket|ERR_/.test(fault))).toEqual([]);
  }, 300_000);

  it('is told in the terminal, too, and on stdout only where it was asked for there', async () => {
    expect(demo.stderr).toContain('The story was stopped.');
    for (const word of ['What', 'Command', 'Look', 'Came'])
      expect(demo.stderr.match(new RegExp(`^  ${word} `, 'gm'))?.length).toBeGreaterThanOrEqual(9);
    expect(demo.stderr).toMatch(/The story came true, all of it, in [\d.]+ s\./);
    expect(demo.stderr).not.toContain('Not true');
    expect(demo.stderr).toContain('npx sluice push promote storefront');
    expect(demo.stdout).toHaveLength(1);
    expect(await demo.stop('SIGTERM')).toBe(0);
  });
});
