import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maskedValue } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { browserOrNotice, contextFor, launch, signIn, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const marker = 'hunter2-zanzibar';
const next = 'open-sesame-zanzibar';

/** A secret in the console: written, masked, shown to who asks, and replaced without being read. */
(chromium ? describe : describe.skip)('a secret in the console', () => {
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let desk: ConfigDesk;
  const button = (text: string | RegExp) => page.getByRole('button', { name: text });
  const kept = (): Promise<string> => page.evaluate(() => JSON.stringify({ ...localStorage }));
  const shown = async (): Promise<unknown> => {
    const params = { ...desk.at('db'), key: 'password' };
    return (await server.admin.call(contracts.revealItem, { params, body: {} })).value;
  };

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
    desk = new ConfigDesk(server.admin, 'prod', 'orders');
    await desk.create('db');
    browser = await launch(chromium!);
    page = await (await contextFor(browser)).newPage();
    page.setDefaultTimeout(15_000);
    manners = watchManners(page, server.url);
    await signIn(page, server.url, 'root', 'a long enough password');
    await page.goto(`${server.url}/environments/prod/apps/orders/namespaces/db`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it('is typed once, and from then on masked, also before it is saved nowhere but on the page', async () => {
    await button('Add item').click();
    await page.getByLabel('Key', { exact: true }).fill('password');
    await page.getByLabel('Type', { exact: true }).click();
    await page.getByTitle('string', { exact: true }).click();
    await page.getByLabel('Value', { exact: true }).fill(marker);
    await page.getByText('keep this value secret').click();
    await button('Put into the draft').click();
    expect(await kept()).not.toContain(marker);
    await page.getByText(maskedValue).first().waitFor();
    await page.reload();
    await page.getByText(maskedValue).first().waitFor();
    expect(await page.content()).not.toContain(marker);
  });

  it('is shown to who may and asks for it, and hidden again', async () => {
    const { etag } = await desk.get('db');
    const content = { kind: 'map', items: { password: { type: 'string', value: marker, secret: true } } };
    await desk.publish('db', { content: content as never }, etag);
    await page.reload();
    await button(/^show/).click();
    await page.getByText(marker).waitFor();
    await button(/^hide/).click();
    await page.getByText(marker).waitFor({ state: 'detached' });
    expect(await shown()).toBe(marker);
  });

  it('is replaced without being read', async () => {
    await page
      .getByRole('button', { name: /password/ })
      .filter({ hasText: maskedValue })
      .click();
    expect(await page.getByLabel('Value', { exact: true }).inputValue()).toBe('');
    await page.getByLabel('Value', { exact: true }).fill(next);
    const saved = page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().endsWith('/draft'),
    );
    await button('Put into the draft').click();
    const draft = (await (await saved).json()) as { etag: string; changedSecrets: string[] };
    expect(draft.changedSecrets).toEqual(['password']);
    const status = await page.evaluate(
      async ([url, ifMatch]) => {
        const headers = { 'content-type': 'application/json', 'x-sluice': '1', 'if-match': ifMatch! };
        const body = JSON.stringify({ draft: true, message: 'replaced' });
        return (await fetch(url!, { method: 'POST', headers, body })).status;
      },
      ['/api/v1/environments/prod/apps/orders/namespaces/db/releases', draft.etag],
    );
    expect(status).toBe(201);
    expect(await shown()).toBe(next);
    expect(await kept()).not.toContain('zanzibar');
    expect(manners).toEqual([]);
  });
});
