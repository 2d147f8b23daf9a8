import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { LeanClient } from '../support/lean-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, signIn, watchManners } from './browser.ts';

const chromium = browserOrNotice();

/** A public namespace in the console: shared, linked by another app, overridden there, and seen from both sides. */
(chromium ? describe : describe.skip)('public namespaces in the console', () => {
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let platform: ConfigDesk;
  let orders: ConfigDesk;
  const button = (text: string | RegExp) => page.getByRole('button', { name: text });
  const open = (path: string) => page.goto(`${server.url}/environments/prod/apps/${path}`);

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    for (const name of ['platform', 'orders'])
      await server.admin.call(contracts.createApp, { body: { name } });
    platform = new ConfigDesk(server.admin, 'prod', 'platform');
    orders = new ConfigDesk(server.admin, 'prod', 'orders');
    await platform.create('common');
    await platform.release('common', map({ timeoutMs: 100, retries: 1 }));
    browser = await launch(chromium!);
    page = await (await contextFor(browser)).newPage();
    page.setDefaultTimeout(15_000);
    manners = watchManners(page, server.url);
    await signIn(page, server.url, 'root', 'a long enough password');
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it('are shared by their owners', async () => {
    await open('platform/namespaces/common/settings');
    await page.getByText('Other apps may link this namespace').click();
    await page.getByText('Nobody links it.').first().waitFor();
    await until('it is public', async () => (await platform.get('common')).public);
  });

  it('are chosen when a namespace is made, which brings nothing before its first release', async () => {
    await open('orders');
    await button('Create namespace').first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name', { exact: true }).fill('net');
    await form.getByLabel('Over a public namespace').click();
    await page.getByTitle(/platform \/ common/).click();
    await form.getByRole('button', { name: 'Create namespace' }).click();
    await page.getByText('It brings nothing to instances before its first release.').waitFor();
    expect(await orders.get('net')).toMatchObject({
      link: { app: 'platform', namespace: 'common' },
      revision: 0,
    });
    await button('Release without overrides').click();
    await button('Release to 0 instances').click();
    await until('it is released', async () => (await orders.get('net')).live !== undefined);
  });

  it('are overridden, removed and taken back key by key, in a draft like any other', async () => {
    await open('orders/namespaces/net');
    await button('Override timeoutMs in your draft').click();
    await page.getByLabel('Value', { exact: true }).fill('250');
    await button('Put into the draft').click();
    await page.getByText('overridden', { exact: true }).waitFor();
    const row = page.getByRole('row').filter({ hasText: 'retries' });
    await row.getByRole('button', { name: 'Remove here' }).click();
    await page.getByText('removed here', { exact: true }).waitFor();
    await button(/^Publish 2 changes/).waitFor();
    await button('Take retries back: the public value counts again').click();
    await row.getByText('inherited', { exact: true }).waitFor();
    await button(/^Publish 1 change/).click();
    await button('Publish to 0 instances').click();
    await until('it is released', async () => (await orders.get('net')).live?.number === 2);
    expect((await orders.get('net')).target).toEqual(map({ timeoutMs: 250 }));
  });

  it('say whom a release reaches, and where it came from', async () => {
    const released = await platform.release('common', map({ timeoutMs: 100, retries: 2 }));
    await open(`platform/pushes/${released.push.id}`);
    await page.getByText('Through links: 1 other app').first().waitFor();
    await page.getByRole('link', { name: 'orders', exact: true }).first().click();
    await page.getByText('Came by a link from').waitFor();
    await page.getByRole('link', { name: 'platform / common' }).waitFor();
    await open('platform/namespaces/common/settings');
    await page.getByText('Linked by 1 namespace').first().waitFor();
    await page.getByRole('link', { name: 'orders / net' }).waitFor();
    await page.getByText('Other apps may link this namespace').click();
    await page.getByText('it is linked by orders/net').waitFor();
  });

  it('say, on the page of a release and in lists, which apps are not there', async () => {
    const body = { kind: 'client', name: 'orders', environment: 'prod', app: 'orders' } as const;
    const { secret } = await server.admin.call(contracts.createToken, { body });
    const client = new LeanClient(server.url, secret, 'orders-1');
    await client.connect();
    client.refuses.set('net', 'too many');
    const released = await platform.release('common', map({ timeoutMs: 100, retries: 3 }));
    const badge = page.getByText('1 of 1 linking app not yet');
    await open(`platform/pushes/${released.push.id}`);
    await badge.first().waitFor();
    await page.getByText('0 of 1 instances hold it').first().waitFor();
    await open('platform/pushes');
    await badge.first().waitFor();
    client.refuses.clear();
    const next = await platform.release('common', map({ timeoutMs: 100, retries: 4 }));
    await open(`platform/pushes/${next.push.id}`);
    await page.getByText('1 of 1 instances hold it').first().waitFor();
    await until('no app is missing any more', async () => (await badge.count()) === 0);
    client.close();
  });

  it('speak Chinese too, and mind their manners', async () => {
    const context = await contextFor(browser, { language: 'zh' });
    const other = await context.newPage();
    await signIn(other, server.url, 'root', 'a long enough password');
    await other.goto(`${server.url}/environments/prod/apps/orders/namespaces/net`);
    await other.getByText('2 个继承的键').first().waitFor();
    await context.close();
    expect(manners).toEqual([]);
  });
});
