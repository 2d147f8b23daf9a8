import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, enterOn, launch, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const instanceIds = Array.from({ length: 4 }, (_, i) => `shop-${i + 1}`);

/** A person's way through the console, on a real server with real client processes; each step goes on from the last. */
(chromium ? describe : describe.skip)('the console', () => {
  let server: ServerProcess;
  let fleet: FleetProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let manners: string[];
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  const at = (path: string): string => `${server.url}/environments/prod${path}`;
  const button = (text: string | RegExp) => page.getByRole('button', { name: text });
  const held = async (): Promise<number[]> => (await fleet.reports()).map((report) => report.timeoutMs);
  const holding = (value: number) =>
    until(`all hold ${value}`, async () => (await held()).every((each) => each === value));

  const number = (value: number) => ({ type: 'number', value });
  /** What another program of the same person releases meanwhile. */
  const release = (set: object, message: string): Promise<number> =>
    page.evaluate(
      async ([url, body]) => {
        const { etag } = (await (await fetch(url!)).json()) as { etag: string };
        const headers = { 'content-type': 'application/json', 'x-sluice': '1', 'if-match': etag };
        return (await fetch(`${url}/releases`, { method: 'POST', headers, body: body! })).status;
      },
      ['/api/v1/environments/prod/apps/shop/namespaces/order', JSON.stringify({ changes: { set }, message })],
    );

  beforeAll(async () => {
    server = await ServerProcess.start();
    browser = await launch(chromium!);
    context = await contextFor(browser);
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    manners = watchManners(page, server.url);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('lets the first administrator in by the printed link, with no more JavaScript than 320 KB', async () => {
    const scripts = new Map<string, number>();
    const measure = (response: { url(): string; body(): Promise<Buffer> }): void => {
      if (/\.js$/.test(response.url()))
        void response.body().then(
          (body) => scripts.set(response.url(), gzipSync(body, { level: 9 }).length),
          () => undefined,
        );
    };
    page.on('response', measure);
    const token = readFileSync(join(server.dataDir, 'setup-token'), 'utf8').trim();
    await page.goto(`${server.url}/setup?token=${token}`);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('New password').fill('too short');
    await page.getByLabel('The same once more').fill('too short');
    await button('Create and sign in').click();
    await page.getByText('Needs at least 12 characters').waitFor();
    await page.getByLabel('New password').fill(password);
    await page.getByLabel('The same once more').fill(password);
    await button('Create and sign in').click();
    await page.waitForURL(/\/environments\/prod$/);
    await page.getByText('No app yet').waitFor();
    page.off('response', measure);
    const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(320 * 1024);
  });

  it('makes an environment, signs out, refuses a wrong password and takes the right one', async () => {
    await page.goto(`${server.url}/admin/environments`);
    await page.getByLabel('Name').fill('staging');
    await button('Create environment').click();
    await page.getByRole('cell', { name: 'staging', exact: true }).waitFor();
    await button(`You are ${name}`).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/login/);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill('not this password');
    await button('Sign in').click();
    await page.getByText('This name and password do not belong together').waitFor();
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await page.waitForURL(/\/environments\/prod$/);
    await page.getByText('No app yet').waitFor();
  });

  it('makes an app and connects its processes with a token that is shown once', async () => {
    await page.goto(at('/apps'));
    await button('Create app').first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('shop');
    await page.getByRole('dialog').getByRole('button', { name: 'Create app' }).click();
    await page.waitForURL(/\/apps\/shop$/);
    await page.getByRole('link', { name: 'Connect your app' }).click();
    await button('Create client token').click();
    const shown = await page.getByText(/^export SLUICE_TOKEN=/).textContent();
    await page.getByText('Waiting for the first instance').waitFor();
    fleet = await FleetProcess.start({
      server: server.url,
      token: shown!.replace('export SLUICE_TOKEN=', '').trim(),
      cacheDir,
      ids: instanceIds,
    });
    await page.getByText('4 instances are connected').waitFor();
  });

  it('publishes an item to everybody, and what it proves is what the processes hold', async () => {
    await page.goto(at('/apps/shop'));
    await button('Create namespace').first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('order');
    await page.getByRole('dialog').getByRole('button', { name: 'Create namespace' }).click();
    await page.waitForURL(/\/namespaces\/order$/);
    await button('Add item').click();
    await page.getByLabel('Key', { exact: true }).fill('timeoutMs');
    await page.getByLabel('Value', { exact: true }).fill('9000');
    await page.getByLabel('At most').fill('5000');
    await button('Put into the draft').click();
    await page.getByText('Must be at most 5000').waitFor();
    await page.getByLabel('Value', { exact: true }).fill('800');
    await button('Put into the draft').click();
    await page.getByText('Draft saved').waitFor();
    await button('Publish 1 change').click();
    const panel = page.getByRole('dialog');
    const names = panel.getByRole('list', { name: 'Instances that get this release' }).locator('code');
    await names.first().waitFor();
    const listed = await names.allTextContents();
    expect(listed.sort()).toEqual(instanceIds);
    await panel.getByLabel('Why').fill('First timeout');
    await panel.getByRole('button', { name: 'Publish to 4 instances' }).click();
    await panel.getByText('4 of 4 hold release 1').waitFor();
    expect(await held()).toEqual([800, 800, 800, 800]);
    await until(
      'every cell says so',
      async () => (await panel.locator('[data-state=applied]').count()) === 4,
    );
  });

  it('publishes with the keyboard alone', async () => {
    await page.goto(at('/apps/shop/namespaces/order'));
    await button('Edit timeoutMs in your draft').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('1200');
    await page.keyboard.press('Enter');
    await page.getByText('Draft saved').waitFor();
    await button('Publish 1 change').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Why').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('Slower partners');
    await page.getByRole('button', { name: 'Publish to 4 instances', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText('4 of 4 hold release 2').waitFor();
    expect(await held()).toEqual([1200, 1200, 1200, 1200]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('goes, edits, publishes and rolls back by single keys, but not while somebody types', async () => {
    await page.goto(at('/apps/shop'));
    await page.getByRole('link', { name: 'order', exact: true }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/namespaces\/order$/);
    await button('Edit timeoutMs in your draft').waitFor();
    await page.keyboard.press('Shift+R');
    await page.getByRole('dialog').getByText('Roll back to release 1').first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('e');
    const value = page.getByLabel('Value', { exact: true });
    await value.waitFor();
    await page.keyboard.type('1250');
    await page.keyboard.press('Enter');
    await page.getByText('Draft saved').waitFor();
    await page.locator('body').press('p');
    await page.getByRole('dialog').getByText('Publish shop / order').waitFor();
    await page.getByRole('dialog').getByLabel('Why').fill('gapeR.');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await button('Discard draft').click();
    await button('Publish 1 change').waitFor({ state: 'hidden' });
    await button('Put it back').click();
    await button('Publish 1 change').waitFor();
    await page.getByText('Draft saved').waitFor();
    await button('Discard draft').click();
    await button('Publish 1 change').waitFor({ state: 'hidden' });
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.waitForURL(/\/alerts$/);
    await page.keyboard.press('i');
    await page.waitForURL(/\/incident$/);
    await page.keyboard.press('?');
    await page.getByText('Pause the live charts').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it("shows somebody else's publish as it happens", async () => {
    await page.goto(at('/apps/shop/namespaces/order'));
    await page.getByText('4 of 4 hold release 2').waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    expect(await release({ timeoutMs: { ...number(1300), max: 5000 } }, 'By script')).toBe(201);
    await page.getByText('4 of 4 hold release 3').waitFor({ timeout: 5000 });
    await page.getByRole('cell', { name: '1300' }).first().waitFor();
  });

  it('rolls back with two actions, keeps the draft in the stash, and the editor equals live', async () => {
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type('4000');
    await page.keyboard.press('Enter');
    await page.getByText('Draft saved').waitFor();
    await button('Roll back to release 2').click();
    await enterOn(page, 'Roll 4 instances back to release 2');
    await page.getByText('Rolled back and live').waitFor();
    await page.getByRole('dialog').getByText('4 of 4 hold release 4').waitFor();
    await holding(1200);
    await page.keyboard.press('Escape');
    await page.getByText('A rollback put your draft aside').waitFor();
    await button('Edit timeoutMs in your draft').filter({ hasText: '1200' }).waitFor();
    expect(await button(/^Publish\b/).getAttribute('aria-disabled')).toBe('true');
    await button('Restore it as draft').click();
    await page.getByText('Draft saved').waitFor();
    expect(await button('Edit timeoutMs in your draft').textContent()).toContain('4000');
    await button('Discard draft').click();
    await button('Publish 1 change').waitFor({ state: 'hidden' });
  });

  it('merges a draft with what somebody else released meanwhile, and loses neither', async () => {
    expect(await release({ retries: number(1) }, 'Retries')).toBe(201);
    await page.getByText('4 of 4 hold release 5').waitFor();
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type('2000');
    await page.keyboard.press('Enter');
    await page.getByText('Draft saved').waitFor();
    expect(await release({ timeoutMs: { ...number(1500), max: 5000 }, retries: number(3) }, 'Theirs')).toBe(
      201,
    );
    await page.getByText('Something was released here since you began your draft').waitFor();
    await page.getByRole('button', { name: 'Merge', exact: true }).click();
    const panel = page.getByRole('dialog');
    await panel.getByText('ada released once since you began').waitFor();
    expect(await panel.getByRole('button', { name: 'Save merged draft' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await panel.getByRole('radio', { name: 'Yours' }).check();
    await panel.getByRole('button', { name: 'Save merged draft' }).click();
    await panel.waitFor({ state: 'hidden' });
    expect(await button('Edit timeoutMs in your draft').textContent()).toContain('2000');
    expect(await button('Edit retries in your draft').textContent()).toContain('3');
    await button('Publish 1 change').click();
    await page.getByRole('button', { name: 'Publish to 4 instances' }).click();
    await page.getByRole('dialog').getByText('4 of 4 hold release 7').waitFor();
    await holding(2000);
    await page.keyboard.press('Escape');
  });

  it('explains a value of one process', async () => {
    await page.goto(at('/apps/shop/instances/shop-2?ns=order&key=timeoutMs'));
    await page.getByText('shop-2 holds order.timeoutMs = 2000, from the layer "global"').waitFor();
  });

  it('lists every push with its proof, and says who has it after a reload', async () => {
    await page.goto(at('/apps/shop/pushes'));
    await page.getByRole('link', { name: /order · release 7/ }).click();
    await page.getByText('4 of 4 hold release 7').waitFor();
    await page.reload();
    await page.getByText('4 of 4 hold release 7').waitFor();
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('cell', { name: 'shop-3' }).waitFor();
    await button('Sort by Instance').click();
    await button('Sort by Instance').click();
    await page.locator('th[aria-sort=descending]').waitFor();
    await button(/^4\W*applied$/).click();
    // The view lies in the address, to be sent to a colleague.
    await page.waitForURL(/as=table.*only=applied|only=applied.*as=table/);
    await page.reload();
    await page.locator('th[aria-sort=descending]').waitFor();
    const names = await page.locator('tbody tr td:first-child').allTextContents();
    expect(names).toEqual(['shop-4', 'shop-3', 'shop-2', 'shop-1']);
  });

  it('shows a killed fleet as offline, and asks for the name of the app in a protected environment', async () => {
    await page.goto(`${server.url}/admin/environments`);
    await button('Protect prod').click();
    await page.getByText('protected environment: what you publish here').waitFor();
    await page.goto(at('/apps/shop/instances'));
    await page.getByText('4 instances', { exact: true }).waitFor();
    await fleet.kill();
    await until(
      'the page shows them offline',
      async () => (await page.getByText('offline', { exact: true }).count()) === 4,
    );
    await page.goto(at('/apps/shop/namespaces/order'));
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type('700');
    await page.keyboard.press('Enter');
    await button('Publish 1 change').click();
    const panel = page.getByRole('dialog');
    await panel.getByText('0 instances online, 4 offline get it when they return').waitFor();
    const publish = panel.getByRole('button', { name: 'Publish to 0 instances' });
    expect(await publish.getAttribute('aria-disabled')).toBe('true');
    await panel.getByLabel('prod is protected').fill('shop');
    await until('it can be pressed', async () => (await publish.getAttribute('aria-disabled')) === null);
    await page.keyboard.press('Escape');
  });

  it('speaks Chinese at a press', async () => {
    await page.goto(at(''));
    await button('中文').click();
    await page.getByRole('heading', { name: '总览' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.reload();
    await page.getByRole('heading', { name: '总览' }).waitFor();
    await button('English').click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  it('draws few rows of ten thousand instances, and soon', async () => {
    const moment = new Date().toISOString();
    const items = Array.from({ length: 10_000 }, (_, i) => ({
      instanceId: `shop-${String(i).padStart(5, '0')}`,
      app: 'shop',
      environment: 'prod',
      online: i % 10 !== 0,
      labels: { zone: i % 2 ? 'a' : 'b' },
      sdk: '@sluice/client 0.1.0',
      inSync: true,
      conflict: false,
      cache: 'ok',
      revision: 9,
      startedAt: moment,
      lastSeenAt: moment,
    }));
    await page.route('**/apps/shop/instances', (route) =>
      route.request().resourceType() === 'fetch' ? route.fulfill({ json: { items } }) : route.fallback(),
    );
    await page.goto(at('/apps/shop/instances'));
    await page.getByText('10000 instances').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThanOrEqual(60);
    await button('Sort by Instance').click();
    await button('Sort by Instance').click();
    await page.waitForURL(/sort=id$/);
    await page.getByRole('link', { name: 'shop-09999' }).waitFor();
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    expect(await page.locator('tbody tr').count()).toBeLessThanOrEqual(60);
    await page.getByLabel('Filter instances').fill('shop-00042， shop-00077；zone=b');
    await page.getByText('1 of 10000 instances').waitFor();
    await page.unroute('**/apps/shop/instances');
  });

  it('says how old the page is while the server is away, and goes on when it is back', async () => {
    await page.goto(at(''));
    await page.getByText('Live', { exact: true }).waitFor();
    await server.down('SIGKILL');
    await page.getByText(/Reconnecting \d+ s/).waitFor();
    await server.up();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 20_000 });
  });

  it('asks for the sign-in when the session has ended, and comes back to the same page', async () => {
    await context.clearCookies();
    await page.goto(at('/changes'));
    await page.waitForURL(/\/login\?next=/);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await button('Sign in').click();
    await page.waitForURL(/\/environments\/prod\/changes$/);
  });

  it('signs in by a one-time link', async () => {
    const linked = await contextFor(browser);
    const tab = await linked.newPage();
    const token = randomBytes(32).toString('hex');
    writeFileSync(join(server.dataDir, 'login-token'), token, { mode: 0o600 });
    await tab.goto(`${server.url}/login?token=${token}`);
    await tab.waitForURL(/\/environments\//);
    await linked.clearCookies();
    await tab.goto(`${server.url}/login?token=${token}`);
    await tab.getByText('This one-time link was used already').waitFor();
    await linked.close();
  });

  it('never complained on the way, and asked nobody but its own server', () => {
    expect(manners.filter((fault) => !/WebSocket connection to .* failed/.test(fault))).toEqual([]);
  });
});
