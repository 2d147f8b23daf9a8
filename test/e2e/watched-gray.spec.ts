import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Locator, Page } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { PushDesk } from '../support/push-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, countingPage, launch } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const ids = ['shop-1', 'shop-2', 'shop-3', 'shop-4'];
const place = { env: 'prod', app: 'shop' };
const order = { ...place, ns: 'order' };

/** A gray whose members are compared with the rest, what is in force meanwhile, and what an emergency allows. */
(chromium ? describe : describe.skip)('a watched gray in the console', () => {
  let server: ServerProcess;
  let fleet: GuardedFleet;
  let mute: FleetProcess | undefined;
  let desk: PushDesk;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let token: string;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-watched-'));
  const at = (path: string): string => `${server.url}/environments/prod/apps/shop${path}`;
  const button = (text: string | RegExp): Locator => page.getByRole('button', { name: text });
  const dialog = (): Locator => page.getByRole('dialog');
  const onPush = (): Promise<void> => page.waitForURL(/\/pushes\/[0-9a-f-]{36}$/);
  const targets = (where: Page | Locator): Promise<string[]> =>
    where
      .locator('[data-target]')
      .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-target')!).sort());
  const release = async (value: number): Promise<void> => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params: order });
    const changes = { set: { timeoutMs: { type: 'number' as const, value } } };
    await server.admin.call(contracts.publish, { params: order, body: { changes }, ifMatch: etag });
  };
  const freeze = (freezePublishes: boolean) =>
    server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { app: 'shop', freezePublishes, reason: 'a rehearsal' },
    });

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    desk = new PushDesk(server.admin, 'prod', 'shop');
    await server.admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'order', kind: 'map' },
    });
    for (const value of [700, 800]) await release(value);
    fleet = await GuardedFleet.start({
      ...{ server: server.url, token, cacheDir, ids },
      resources: { pay: 20 },
      failsBelow: { resource: 'pay', namespace: 'order', key: 'timeoutMs', least: 50 },
    });
    browser = await launch(chromium!);
    ({ page, manners } = await countingPage(browser, server.url, name, password));
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await mute?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('goes without guardrails only with a reason, which stands with the push', async () => {
    await page.goto(at('/namespaces/order'));
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type('10');
    await page.keyboard.press('Enter');
    await page.getByText('Draft saved').waitFor();
    await page.goto(at('/publish?ns=order&step=guard&mode=gray&by=instances&ids=shop-1,shop-2'));
    await page.getByRole('radio', { name: 'Go without guardrails' }).check();
    await page.getByText('Say why it goes without guardrails.').first().waitFor();
    await page.getByLabel('Why without').fill('no call reads it');
    await page.waitForURL(/off=no/);
    await page.getByText('Say why it goes without guardrails.').first().waitFor({ state: 'detached' });
    await page.getByRole('radio', { name: 'Compare the members with the rest' }).check();
    await page.getByRole('checkbox', { name: 'Breaker openings' }).uncheck();
    await page.getByLabel('Calls to judge by').fill('20');
    await page.getByLabel('Calls to judge by').press('Tab');
    await page.waitForURL(/rails=/);
    await page.reload();
    expect(await page.getByLabel('Calls to judge by').inputValue()).toBe('20');
    expect(await page.getByRole('checkbox', { name: 'Breaker openings' }).isChecked()).toBe(false);
  });

  it('is taken back by itself when its members do worse, and the page tells why', async () => {
    await page.getByRole('radio', { name: /^take it back by itself/ }).check();
    await button('Publish to 2 instances').click();
    await onPush();
    await page.getByText('abandoned', { exact: true }).waitFor();
    await page
      .getByText(/errors.* in the gray, 0 % in the rest/)
      .first()
      .waitFor();
    // The window that decided it is there without a reload.
    await page.getByText(/^What windows were judged to be/).click();
    await page.getByRole('listitem').getByText('Breached').waitFor();
    const table = page.getByRole('table', { name: 'The members against the rest' });
    const pay = await table.getByRole('row', { name: /^pay / }).textContent();
    expect(pay).toMatch(/^pay.*over, .*\d\d[\d.]* % vs 0 %up to/);
    await page.reload();
    await page.getByText(/^What windows were judged to be/).waitFor();
  }, 60_000);

  it('is promoted while its members do worse only with a tick and a reason', async () => {
    const push = await desk.start(
      {
        ...{ mode: 'gray', audience: { by: 'percent', steps: [50, 100] } },
        // It takes ten bad samples to be taken back: there is time to look.
        guardrails: { minCalls: 20, windows: 10 },
      },
      { timeoutMs: 10 },
    );
    const params = { ...place, push: push.id };
    await until('a window is bad', async () => {
      const plan = await server.admin.call(contracts.previewPushAct, { params, body: { act: 'promote' } });
      return plan.health?.isWorse;
    });
    await page.goto(at(`/pushes/${push.id}`));
    await button('Promote').click();
    await dialog()
      .getByText(/^The members do worse than the rest: .*errors/)
      .waitFor();
    const go = dialog().getByRole('button', { name: /^Promote to 2/ });
    const isHeldBack = (words: RegExp) => dialog().getByRole('button', { name: words }).waitFor();
    await isHeldBack(/^Promote to 2.*tick that it goes on all the same/);
    await go.click({ force: true });
    await dialog()
      .getByRole('checkbox', { name: /^Go on although the members do worse/ })
      .check();
    await isHeldBack(/^Promote to 2.*Say why it goes on/);
    await dialog().getByRole('textbox').fill('the shops are closed');
    await dialog().locator('button:not([aria-disabled])', { hasText: 'Promote to 2' }).waitFor();
    expect(await dialog().locator('pre').textContent()).toContain("--despite-health 'the shops are closed'");
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    expect((await desk.get(push)).state).toBe('running');
    await desk.act(push, 'abandon');
  }, 60_000);

  it('names exactly those who get the next step, and those who lose it', async () => {
    const push = await desk.start(
      {
        ...{ mode: 'gray', audience: { by: 'percent', steps: [25, 75] } },
        guardrails: { off: 'told by hand' },
      },
      { timeoutMs: 650 },
    );
    const [first] = await desk.targets(push);
    await page.goto(at(`/pushes/${push.id}`));
    await page.getByText('This gray goes without guardrails: told by hand').waitFor();
    await page.getByText('1 of 1 hold it').waitFor();
    await button('Next step').click();
    await dialog()
      .getByRole('button', { name: /^Push on to 75 %: 2 more/ })
      .waitFor();
    const joining = await targets(dialog());
    await button(/^Push on to 75 %/).click();
    await page.getByText('3 of 3 hold it').waitFor();
    expect((await desk.targets(push)).sort()).toEqual([first, ...joining].sort());
    await button('Abandon').click();
    await button('Take it back from 3 instances').waitFor();
    expect(await targets(dialog())).toEqual([first, ...joining].sort());
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
  });

  it('stands among what is in force until it is taken back', async () => {
    await page.goto(at('/pushes?state=inForce'));
    const rows = page.getByRole('table', { name: 'Pushes' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await rows.getByRole('link').first().click();
    await onPush();
    await button('Abandon').click();
    await button('Take it back from 3 instances').click();
    await page.getByText('abandoned', { exact: true }).waitFor();
    await page.goto(at('/pushes?state=inForce'));
    await page.getByText('No push fits this filter').waitFor();
  });

  it('is rolled back for a reason while publishing is frozen', async () => {
    await freeze(true);
    await page.goto(at('/namespaces/order'));
    await button('Roll back to release 1').click();
    await button('Roll 4 instances back to release 1').click();
    await page.getByLabel('Emergency: why it is undone although publishing is frozen').fill('page 3');
    await button('Roll 4 instances back to release 1').click();
    await page.getByText('Rolled back and live').waitFor();
    await dialog()
      .getByText(/4 of 4 hold release 3/)
      .waitFor();
    await page.keyboard.press('Escape');
    await freeze(false);
  });

  it('names who has not said yet that they obey a switch, and leads there', async () => {
    mute = await FleetProcess.start({
      ...{ server: server.url, token, cacheDir, ids: ['shop-9'], muted: ['shop-9'] },
    });
    await freeze(true);
    await page.goto(at('/instances'));
    await page.getByRole('link', { name: 'shop-9', exact: true }).waitFor();
    await page.keyboard.press('Shift+K');
    const silent = dialog().getByRole('list', { name: /1 instance has not said that they obey/ });
    await silent.getByRole('link', { name: 'shop-9' }).click();
    await page.waitForURL(/\/instances\/shop-9/);
    await freeze(false);
  });

  it('never complained on the way, and asked nobody but its own server', () => {
    expect(manners).toEqual([]);
  });
});
