import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Locator, Page } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, countingPage, launch, signIn } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const ids = Array.from({ length: 5 }, (_, i) => `shop-${i + 1}`);
const labels = Object.fromEntries(ids.map((id, i) => [id, { zone: i < 2 ? 'a' : 'b' }]));

/** Pushes to some instances, by a person in a browser, on a real server with real client processes. */
(chromium ? describe : describe.skip)('a push to some instances', () => {
  let server: ServerProcess;
  let fleet: FleetProcess;
  let late: FleetProcess | undefined;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let token: string;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-wizard-'));
  const at = (path: string): string => `${server.url}/environments/prod/apps/shop${path}`;
  const button = (text: string | RegExp): Locator => page.getByRole('button', { name: text });
  const dialog = (): Locator => page.getByRole('dialog');

  const held = async (): Promise<Map<string, number>> =>
    new Map((await fleet.reports()).map((report) => [report.instanceId, report.timeoutMs]));
  const holders = async (value: number): Promise<string[]> =>
    [...(await held())].flatMap(([id, each]) => (each === value ? [id] : [])).sort();
  const untilHolders = (value: number, wanted: readonly string[]): Promise<unknown> =>
    until(`${wanted.join(' ')} hold ${value}`, async () => String(await holders(value)) === String(wanted));
  /** The ids of the list on screen, once it says that so many change. */
  const listed = async (n: number): Promise<string[]> => {
    await button(`Publish to ${n} instance${n === 1 ? '' : 's'}`).waitFor();
    const shown = await page
      .locator('[data-target]')
      .evaluateAll((cells) =>
        cells.map((cell) => (cell as unknown as { dataset: Record<string, string> }).dataset.target!),
      );
    return shown.sort();
  };
  /** Edits the item in the draft, by keys alone. */
  const edit = async (value: number): Promise<void> => {
    await page.goto(at('/namespaces/order'));
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type(String(value));
    const saved = page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().endsWith('/order/draft'),
    );
    await page.keyboard.press('Enter');
    expect((await saved).status()).toBe(200);
  };
  const onPush = (): Promise<void> => page.waitForURL(/\/pushes\/[0-9a-f-]{36}$/);
  let presses: () => Promise<number>;

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const { admin } = server;
    token = await server.clientToken('shop');
    await admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const params = { env: 'prod', app: 'shop', ns: 'order' };
    const made = await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'order', kind: 'map' },
    });
    await admin.call(contracts.publish, {
      params,
      body: { changes: { set: { timeoutMs: { type: 'number', value: 800 } } } },
      ifMatch: made.etag,
    });
    fleet = await FleetProcess.start({ server: server.url, token, cacheDir, ids, labels });
    browser = await launch(chromium!);
    ({ page, manners, presses } = await countingPage(browser, server.url, name, password));
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await late?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('goes in gray and then to everyone with six presses, and changes exactly those that were listed', async () => {
    await page.goto(at('/namespaces/order'));
    await button('Edit timeoutMs in your draft').click();
    await page.keyboard.type('500');
    await page.keyboard.press('Enter');
    await button('Publish 1 change').click();
    await dialog().getByText('In gray …').click();
    const previewed = await listed(1);
    await button('Publish to 1 instance').click();
    await onPush();
    await page.getByText('1 of 1 hold it').waitFor();
    expect(await holders(500)).toEqual(previewed);
    expect(await holders(800)).toEqual(ids.filter((id) => !previewed.includes(id)));
    await button('Promote').click();
    await dialog().getByRole('button', { name: 'Promote to 4 more' }).click();
    await page.getByText('5 of 5 hold release 2').waitFor();
    expect(await presses()).toBeLessThanOrEqual(6);
    expect(await holders(500)).toEqual(ids);
  });

  it('grows step by step, shows what is in force on the values, and goes back with two presses', async () => {
    await edit(650);
    await page.goto(at('/publish?ns=order&step=target&mode=gray&steps=40,80'));
    const previewed = await listed(2);
    await button('Publish to 2 instances').click();
    await onPush();
    await page.getByText('2 of 2 hold it').waitFor();
    expect(await holders(650)).toEqual(previewed);
    await button('Next step').click();
    // Nobody calls anything here, so health is not known, and going on takes a reason.
    await dialog().getByLabel('Why').fill('there is no traffic');
    await dialog().getByRole('checkbox').check();
    await button('Push on to 80 %').click();
    await page.getByText('4 of 4 hold it').waitFor();
    const grown = await holders(650);
    expect(grown).toHaveLength(4);
    expect(grown).toEqual(expect.arrayContaining(previewed));
    const address = page.url();
    await page.goto(at('/namespaces/order'));
    await page.getByRole('link', { name: 'in gray on 4 instances' }).waitFor();
    await page.getByText('4 hold what a layer gives them').waitFor();
    await page.goto(address);
    const before = await presses();
    await button('Abandon').click();
    await button('Take it back from 4 instances').click();
    await page.getByText('abandoned', { exact: true }).waitFor();
    expect((await presses()) - before).toBe(2);
    await untilHolders(500, ids);
  });

  it('names a group by its labels, shows who fits while it is typed, and pushes to it alone', async () => {
    await page.goto(at('/groups'));
    await button('Create group').first().click();
    await dialog().getByLabel('Name').fill('zone-a');
    await dialog().getByLabel('Selector').fill('zone in (a');
    await dialog()
      .getByText(/column 11/)
      .waitFor();
    await dialog().getByLabel('Selector').fill('zone in (a)');
    await dialog().getByText('Fits 2 of 5 online now: shop-1, shop-2').waitFor();
    await dialog().getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('cell', { name: 'zone-a', exact: true }).waitFor();
    await page.goto(at('/publish?ns=order&step=target&mode=group'));
    await page.getByRole('radio', { name: /zone-a/ }).check();
    expect(await listed(2)).toEqual(['shop-1', 'shop-2']);
    await button('Next: Guard').click();
    await button('Next: Confirm').click();
    await page.getByText('The same on the command line').click();
    await page.getByText('--mode group --group zone-a').waitFor();
    await page.getByLabel('Why').fill('Zone a first');
    await page.keyboard.press('Control+Enter');
    await onPush();
    await page.getByText('2 of 2 hold it').waitFor();
    expect(await holders(650)).toEqual(['shop-1', 'shop-2']);
    await button('Abandon').click();
    await button('Take it back from 2 instances').click();
    await untilHolders(500, ids);
  });

  it('sets a value on one instance for a time, and says there why it has it', async () => {
    await page.goto(at('/instances/shop-3?ns=order&key=timeoutMs'));
    await button('Set a value here').click();
    await dialog().getByLabel('Value', { exact: true }).fill('123');
    await dialog().getByRole('button', { name: 'Publish to 1 instance', exact: true }).click();
    await onPush();
    await page.getByText('1 of 1 hold it').waitFor();
    await page.getByText(/ends in (1 h|59 min)/).waitFor();
    expect(await holders(123)).toEqual(['shop-3']);
    await page.goto(at('/instances/shop-3?ns=order&key=timeoutMs'));
    await page.getByText('shop-3 holds order.timeoutMs = 123, from the layer "this instance"').waitFor();
    await page.getByRole('link', { name: 'Open push' }).first().click();
    await onPush();
    await button('Abandon').click();
    await button('Take it back from 1 instance').click();
    await untilHolders(500, ids);
  });

  it('says who joined since the list was looked at, and asks again', async () => {
    await page.goto(at('/publish?ns=order&step=target&mode=gray&by=labels&select=zone%3Da'));
    expect(await listed(2)).toEqual(['shop-1', 'shop-2']);
    late = await FleetProcess.start({
      server: server.url,
      token,
      cacheDir,
      ids: ['shop-9'],
      labels: { 'shop-9': { zone: 'a' } },
    });
    await button('Publish to 2 instances').click();
    await page.getByText('Since you looked, who would change has moved').waitFor();
    await page.getByText('Joined: shop-9').waitFor();
    expect(await listed(3)).toEqual(['shop-1', 'shop-2', 'shop-9']);
    expect(await holders(650)).toEqual([]);
    await button('Publish to 3 instances').click();
    await onPush();
    await page.getByText('3 of 3 hold it').waitFor();
    expect(await holders(650)).toEqual(['shop-1', 'shop-2']);
  });

  it('names the gray that stands in the way and leads to it, and lets everyone be served around it', async () => {
    const other = page.url();
    await page.goto(at('/publish?ns=order&step=target&mode=gray&by=count&count=1'));
    await page.getByText('Another push decides timeoutMs of order').waitFor();
    await page.getByRole('link', { name: 'Open that push' }).click();
    await onPush();
    expect(page.url()).toBe(other);
    await page.goto(at('/publish?ns=order&step=target&mode=global'));
    await page.getByText('Some keys of this are in gray already').waitFor();
    await page.getByRole('radio', { name: /End those grays/ }).check();
    await button(/^Publish to \d/).waitFor();
    await page.waitForURL(/grays=supersede/);
    await button(/^Publish to \d/).click();
    await onPush();
    await page.getByText('6 of 6 hold release 3').waitFor();
    await untilHolders(650, ids);
    await page.goto(other);
    await page.getByText('A later push took its place').waitFor();
  });

  it('asks whose value stays when everyone got another one meanwhile', async () => {
    await edit(300);
    // By name: shop-9, which has come since, answers for itself elsewhere.
    const named = 'mode=gray&by=instances&ids=shop-1,shop-2';
    await page.goto(at(`/publish?ns=order&step=target&${named}&expires=3600000`));
    await button('Publish to 2 instances').click();
    await onPush();
    await page.getByText('2 of 2 hold it').waitFor();
    const gray = page.url();
    const members = await holders(300);
    await edit(310);
    await button('Publish 1 change').click();
    await dialog().getByRole('button', { name: 'See exactly who changes' }).click();
    await page.getByRole('radio', { name: /keep the value/ }).check();
    await button('Publish to 4 instances').click();
    await onPush();
    await until('the others hold it', async () => (await holders(310)).length === 3);
    expect(await holders(300)).toEqual(members);
    await page.goto(gray);
    await button('Promote').click();
    const conflict = dialog().getByRole('row', { name: /order\.timeoutMs/ });
    await conflict.waitFor();
    expect(await conflict.locator('code').allTextContents()).toEqual([
      'order.timeoutMs',
      '650',
      '300',
      '310',
    ]);
    await conflict.getByRole('radio', { name: 'In gray' }).check();
    // Exactly those who don't have it yet, by name, before the button.
    const others = [...ids, 'shop-9'].filter((id) => !members.includes(id));
    for (const id of others) await dialog().locator(`[data-target="${id}"]`).waitFor();
    expect(await dialog().locator('[data-target]').count()).toBe(others.length);
    await dialog()
      .getByRole('button', { name: `Promote to ${others.length} more`, exact: true })
      .click();
    await page.getByText('promoted', { exact: true }).waitFor();
    await untilHolders(300, ids);
  });

  it('asks an instance what it holds, and tells what it ran at a moment', async () => {
    await page.goto(at('/instances/shop-1'));
    await button('Ask it now').click();
    await page.getByText(/it holds exactly what it should/).waitFor();
    const past = page.getByRole('table', { name: 'What it held, newest first' });
    expect(await past.getByRole('row').count()).toBeGreaterThan(3);
    await page.goto(at(`/instances/shop-1?at=${new Date().toISOString()}`));
    const then = page.getByRole('table', { name: 'What it held at that moment' });
    await then.getByRole('button', { name: 'Show' }).click();
    await page.getByText('"value": 300').waitFor();
    await page.goto(at('/instances'));
    await page.getByText(/of 6 online would come back|All 6 online would come back/).waitFor();
  });

  it('takes a pasted list with signs of both scripts, and shows ids that nobody ever had', async () => {
    await edit(700);
    await page.goto(at('/publish?ns=order&step=target&mode=gray&by=instances'));
    await page.getByLabel('Find, or paste a list of ids').fill('shop-4，shop-5；');
    await button('Add these 2').click();
    await page.getByLabel('Find, or paste a list of ids').fill('shop-77');
    await button('Take it as it is typed').click();
    await page.getByText('1 id that no instance ever had').waitFor();
    expect(await listed(2)).toEqual(['shop-4', 'shop-5']);
    await page.waitForURL(/ids=shop-4%2Cshop-5%2Cshop-77/);
    await page.reload();
    expect(await listed(2)).toEqual(['shop-4', 'shop-5']);
  });

  it('does the same in Chinese', async () => {
    await button('中文').click();
    await page.getByRole('heading', { name: '发布 order' }).waitFor();
    await page.getByRole('radio', { name: /^单个实例/ }).check();
    await page.getByRole('radio', { name: 'shop-4' }).check();
    await button('发布到 1 个实例').waitFor();
    await button('下一步：保护').click();
    await page.getByText('两阶段').click();
    await button('下一步：确认').click();
    await page.getByLabel('原因').fill('先在一个实例上试用');
    await button('发布到 1 个实例').click();
    await onPush();
    await page.getByText('1 个中有 1 个持有其内容').waitFor();
    expect(await holders(700)).toEqual(['shop-4']);
    await button('放弃').click();
    await button('从 1 个实例收回').click();
    await page.getByText('已放弃', { exact: true }).waitFor();
    await button('English').click();
  });

  it('waits for the approval of somebody else where that is asked for, and starts by the same list', async () => {
    const askFor = (approvals: number) =>
      server.admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { approvals } });
    await server.admin.call(contracts.createUser, {
      body: { name: 'bob', password, grants: [{ role: 'publisher', environment: 'prod', app: 'shop' }] },
    });
    await askFor(1);
    await page.goto(at('/publish?ns=order&step=target&mode=gray&by=instances&ids=shop-3'));
    const previewed = await listed(1);
    await button('Publish to 1 instance').click();
    await button('Propose it').click();
    await onPush();
    await page.getByText('Nobody has approved it yet').waitFor();
    expect(await button(/^Approve this plan/).getAttribute('aria-disabled')).toBe('true');
    const others = await contextFor(browser);
    const tab = await others.newPage();
    await signIn(tab, server.url, 'bob', password);
    await tab.goto(page.url());
    await tab.getByRole('button', { name: 'Approve this plan' }).click();
    await tab.getByText('1 of 1 approvals').waitFor();
    await others.close();
    await page.getByText('1 of 1 approvals').waitFor();
    expect(await holders(700)).toEqual([]);
    await button('Start: publish to 1 instance').click();
    await page.getByText('1 of 1 hold it').waitFor();
    expect(await holders(700)).toEqual(previewed);
    await button('Abandon').click();
    await button('Take it back from 1 instance').click();
    await page.getByText('abandoned', { exact: true }).waitFor();
    await askFor(0);
  });

  it('draws few rows of a list of ten thousand who would change', async () => {
    const reasons = [
      { namespace: 'order', kind: 'global', effect: 'changes', why: { en: 'all', zh: 'all' } },
    ];
    const targets = Array.from({ length: 10_000 }, (_, i) => ({
      instanceId: `shop-${String(i).padStart(5, '0')}`,
      online: true,
      labels: {},
      reasons,
      holding: 'before',
      variant: 0,
    }));
    const namespaces = [{ namespace: 'order', changes: [{ key: 'timeoutMs', change: 'changed' }] }];
    const plan = {
      hash: 'a'.repeat(64),
      revision: 1,
      targets,
      variants: [{ targets: targets.length, payloadBytes: 100, namespaces }],
      unmoved: [],
      unknown: [],
      counts: { targets: targets.length, online: targets.length, offline: 0 },
      payload: { totalBytes: 1_000_000, largestBytes: 100, encodedBytes: 100 },
      warnings: [],
    };
    await page.route('**/pushes/preview', (route) => route.fulfill({ json: plan }));
    await page.goto(at('/publish?ns=order&step=confirm'));
    await button('Publish to 10000 instances').waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThanOrEqual(60);
    await page.getByLabel('Find an instance').fill('00042');
    await page.getByRole('link', { name: 'shop-00042' }).waitFor();
    expect(await page.locator('[data-target]').count()).toBe(1);
    await page.unroute('**/pushes/preview');
  });

  it('never complained on the way, and asked nobody but its own server', () => {
    expect(manners).toEqual([]);
  });
});
