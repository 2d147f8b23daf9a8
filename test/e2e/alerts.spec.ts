import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { ServerProcess } from '../support/server-process.ts';
import { browserOrNotice, contextFor, launch, signIn, watchManners } from './browser.ts';

const chromium = browserOrNotice();

/** Alerts in the console: seen by themselves, looked after, silenced; when they are raised, and who is told. */
(chromium ? describe : describe.skip)('alerts in the console', () => {
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  const button = (text: string | RegExp) => page.getByRole('button', { name: text });

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    browser = await launch(chromium!);
    page = await (await contextFor(browser)).newPage();
    page.setDefaultTimeout(15_000);
    manners = watchManners(page, server.url);
    await signIn(page, server.url, 'root', 'a long enough password');
    await page.goto(`${server.url}/environments/prod/alerts`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it('say so while nothing is wrong', async () => {
    await page.getByText('Nothing is wrong that Sluice can see').waitFor();
    await page.getByText('No alert is firing').waitFor();
  });

  it('appear by themselves, in the navigation too, and are looked after with two presses', async () => {
    await server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { app: 'orders', monitorOnly: true, reason: 'page 3' },
    });
    await page.getByText(/Kill switch of orders: rules only watch\. .*page 3/).waitFor();
    await page.getByRole('navigation').getByText('1', { exact: true }).waitFor();
    await page.goto(`${server.url}/environments/prod`);
    await page.getByRole('link', { name: '1 alert fires' }).click();
    await page.waitForURL(/\/alerts\?state=firing$/);
    await button('Look after it').click();
    await page.getByLabel('What you do about it').fill('it is a rehearsal');
    await button('Look after it').click();
    await page.getByText(/root looks after it/).waitFor();
    await page.getByText('it is a rehearsal').waitFor();
  });

  it('are silenced for a while, with a reason that everybody sees', async () => {
    await button('Silence …').click();
    await page.getByLabel('Why').fill('a rehearsal');
    await page.getByText('The same on the command line').click();
    await page.getByText('sluice alert silence --env prod').waitFor();
    await button('Silence').last().click();
    await page.getByText(/root: a rehearsal/).waitFor();
    await button('End now').click();
    await page.getByText(/root: a rehearsal/).waitFor({ state: 'detached' });
  });

  it('are raised when somebody says, for an app or for all', async () => {
    await page.getByText('Conditions', { exact: true }).click();
    await button('Change: Too many calls end in errors').click();
    await page.getByLabel('From').fill('5');
    await button('Save').click();
    const row = page.getByRole('row', { name: /Too many calls end in errors/ });
    await row.getByText('5 %').waitFor();
    await row.getByText('of the environment').waitFor();
    const { items } = await server.admin.call(contracts.listAlertSettings, { params: { env: 'prod' } });
    expect(items.find(({ condition }) => condition === 'errors')).toMatchObject({ threshold: 0.05 });
    await button('Change: Too many calls end in errors').click();
    await button('As before').click();
    await row.getByText('as shipped').waitFor();
  });

  it('are told to nobody in a private network, and to a webhook that is shown without its key', async () => {
    await page.getByText('Webhooks', { exact: true }).click();
    await page.getByText('Nobody is told yet').waitFor();
    await button('Add a webhook').click();
    await page.getByLabel('Name').fill('on call');
    await page.getByLabel('Address').fill('http://169.254.169.254/latest');
    await button('Add a webhook').last().click();
    await page
      .getByText(/SLUICE_WEBHOOK_HOSTS/)
      .first()
      .waitFor();
    await page.getByLabel('Address').fill('https://hooks.example.com/robot?access_token=for-the-robot-only');
    await button('Add a webhook').last().click();
    const row = page.getByRole('row', { name: /on call/ });
    await row.getByText('https://hooks.example.com/…').waitFor();
    expect(await page.content()).not.toContain('for-the-robot-only');
    await row.getByRole('button', { name: 'Switch off' }).click();
    await row.getByRole('button', { name: 'Switch on' }).waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.getByRole('button', { name: 'Remove on call now' }).click();
    await page.getByText('Nobody is told yet').waitFor();
    // The refused address was answered 422, which browsers report.
    expect(manners.filter((each) => !each.includes('422'))).toEqual([]);
  });
});
