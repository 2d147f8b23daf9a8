import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, enterOn, launch, signIn, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const params = { env: 'prod', app: 'till' };

/** A drill in the console: designed, looked at before it starts, started, stopped by keyboard, and read. */
(chromium ? describe : describe.skip)('a drill in the console', () => {
  let server: ServerProcess;
  let fleet: GuardedFleet;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let earlier: string;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-drills-'));
  const button = (text: string | RegExp) => page.getByRole('button', { name: text });

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const token = await server.clientToken('till');
    const ids = ['till-1', 'till-2'];
    const order = { server: server.url, token, app: 'till', cacheDir, ids, resources: { pay: 20 } };
    fleet = await GuardedFleet.start(order);
    const calls = await until('calls are known', async () => {
      const { items } = await server.admin.call(contracts.listResources, { params });
      return items.find(({ resource, minute }) => resource === 'pay' && minute !== undefined);
    });
    const { type } = calls;
    const made = await server.admin.call(contracts.createDrill, {
      params,
      body: {
        definition: {
          title: 'Payments fail',
          hypothesis: 'Half of the payments fail, and somebody notices',
          deadlineMs: 60_000,
          faults: {
            broken: {
              resource: { match: 'exact', value: 'pay', type },
              share: 0.5,
              seed: 1,
              fault: 'error',
              message: 'no bank',
            },
          },
          targets: { by: 'all' },
          steadyState: [{ metric: 'errorRatio', resource: 'pay', type, atMost: 0.2, windowS: 2 }],
          expect: [{ metric: 'errorRatio', resource: 'pay', type, atLeast: 0.2, windowS: 2, withinS: 30 }],
          recoverWithinMs: 10_000,
        },
      },
    });
    earlier = made.drillId;
    browser = await launch(chromium!);
    page = await (await contextFor(browser)).newPage();
    page.setDefaultTimeout(20_000);
    manners = watchManners(page, server.url);
    await signIn(page, server.url, 'root', 'a long enough password');
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('is found among runs and designs to begin with', async () => {
    await page.goto(`${server.url}/environments/prod/apps/till/drills`);
    await page.getByRole('link', { name: 'Payments fail' }).waitFor();
    await page.getByText('Slow payment').first().waitFor();
  });

  it('says before anything happens in whom it would be, and what would keep it from starting', async () => {
    await page.goto(`${server.url}/environments/prod/apps/till/drills/new?of=${earlier}`);
    await page.getByText('2 instances of 2 online').waitFor();
    await page.getByText('till-1', { exact: true }).waitFor();
    await page.getByText('It could start now').waitFor();
    await page.getByLabel('Ends by itself after').fill('90000');
    await page.getByLabel('Title').click();
    await page.getByLabel('Ends by itself after').fill('45');
    await page.getByLabel('Title').fill('Payments fail again');
    await page.getByText('The whole design, as in a file').click();
    await page.getByText('"deadlineMs": 45000').waitFor();
    await button('Store the design').click();
    await page.getByRole('heading', { name: 'Payments fail again' }).waitFor();
  });

  it('is changed block by block, in sentences, before it starts', async () => {
    await button('Change the design').click();
    const fault = page.getByRole('group', { name: 'Fault broken' });
    await fault.getByLabel('Fault', { exact: true }).selectOption('delay, fixed');
    await fault.getByText('wait').waitFor();
    await fault.getByLabel('Fault', { exact: true }).selectOption('thrown error');
    await button('Add a check: Guard').click();
    const guard = page.getByRole('group', { name: 'Guard 1' });
    await guard.getByLabel('at most').fill('90');
    await guard.getByLabel('at least').click();
    await page.getByText('It could start now').waitFor();
    await button('Store the design').click();
    await page.getByRole('heading', { name: 'Payments fail again' }).waitFor();
    const { items } = await server.admin.call(contracts.listDrills, { params });
    const again = items.filter(({ title }) => title === 'Payments fail again');
    expect(again.length).toBe(1);
    const { drillId: drill } = again[0]!;
    const { definition } = await server.admin.call(contracts.getDrill, { params: { ...params, drill } });
    expect(definition.guards).toMatchObject([{ metric: 'errorRatio', resource: 'pay', atMost: 0.9 }]);
    expect(definition.faults.broken).toMatchObject({ fault: 'error', share: 0.5, seed: 1 });
  });

  it('breaks what it says, live, and is stopped by one key', async () => {
    await button(/^Break 2 instances/).click();
    const stop = button('STOP: end every fault now');
    await stop.waitFor();
    await page.getByText('broken', { exact: true }).first().waitFor();
    await until('callers feel it', async () => (await fleet.report('pay')).failed > 0);
    const chart = page.getByRole('slider', { name: /^Calls/ });
    await until('the chart of what is broken shows it', async () =>
      / [\d.]*[1-9][\d.]*/.test((await page.getByRole('button', { name: /^errors/ }).textContent()) ?? ''),
    );
    expect(await chart.count()).toBe(1);
    const overview = await page.context().newPage();
    await overview.goto(`${server.url}/environments/prod`);
    await overview.getByText('A drill is running on till: Payments fail again').waitFor();
    await overview.close();
    await enterOn(page, 'STOP: end every fault now');
    await page.getByText('2 / 2 clean').waitFor();
    await page.getByText('aborted', { exact: true }).first().waitFor();
  });

  it('ends in a report: faults as expected, what callers saw, the proof', async () => {
    await page.getByText('Every instance is proven to be clean').waitFor();
    // In the words in which the fault was chosen.
    await page.getByRole('cell', { name: 'broken thrown error' }).waitFor();
    await page.getByText('broken thrown error · pay').waitFor();
    await page.getByText('as expected', { exact: true }).first().waitFor();
    await page.getByText(/well \d/).waitFor();
    // The charts stay, as it was.
    await page.getByRole('slider', { name: /^Calls/ }).waitFor();
    expect(await page.getByRole('link', { name: 'pay', exact: true }).getAttribute('href')).toContain(
      '/apps/till/resource?name=pay',
    );
    await button('Copy as Markdown').waitFor();
    await button('Design it again').click();
    await page.getByText('2 instances of 2 online').waitFor();
    // One that is not there has a way back.
    await page.goto(`${server.url}/environments/prod/apps/till/drills/${earlier.replace(/.$/, 'x')}`);
    await page.getByRole('link', { name: 'till · Drills' }).click();
    await page.getByRole('link', { name: 'Payments fail', exact: true }).waitFor();
    expect(manners).toEqual([]);
  });
});
