import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Grant } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const password = 'a long enough password';
const everything: Grant = { role: 'admin', environment: '*', app: '*' };

/** The pages of administration, as an administrator, an editor and an auditor see them. */
(chromium ? describe : describe.skip)('administration in the console', () => {
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let manners: string[];

  const signedIn = async (name: string): Promise<Page> => {
    const context = await contextFor(browser);
    const opened = await context.newPage();
    opened.setDefaultTimeout(15_000);
    await opened.goto(`${server.url}/login`);
    await opened.getByLabel('Name').fill(name);
    await opened.getByLabel('Password').fill(password);
    await opened.getByRole('button', { name: 'Sign in' }).click();
    await opened.getByRole('button', { name: new RegExp(name) }).waitFor();
    return opened;
  };
  const row = (text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.clientToken('shop');
    const people: [string, Grant[]][] = [
      ['ada', [everything]],
      ['eda', [{ role: 'editor', environment: 'prod', app: 'shop' }]],
      ['otto', [{ role: 'auditor', environment: '*', app: '*' }]],
    ];
    for (const [name, grants] of people)
      await server.admin.call(contracts.createUser, { body: { name, password, grants } });
    browser = await launch(chromium!);
    page = await signedIn('ada');
    manners = watchManners(page, server.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it('shows who may do something in a place', async () => {
    await page.goto(`${server.url}/admin/users?environment=prod&app=shop`);
    await row('eda').waitFor();
    await page.goto(`${server.url}/admin/users?app=another`);
    await row('ada').waitFor();
    expect(await row('eda').count()).toBe(0);
  });

  it('shows what each role may, as the server says', async () => {
    await page.goto(`${server.url}/admin/roles`);
    const publish = row('config:publish');
    await publish.waitFor();
    const words = await publish.locator('.visually-hidden').allInnerTexts();
    expect(words.filter((text) => / may (?!not)/.test(text)).map((text) => text.split(' ')[0])).toEqual([
      'publisher',
      'admin',
    ]);
  });

  it('makes a token that is its maker, rotates it, and finds it by its secret', async () => {
    await page.goto(`${server.url}/admin/tokens`);
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('radio', { name: /^API/ }).check();
    const panel = page.getByRole('dialog');
    await panel.getByLabel('Name').fill('my script');
    for (const label of ['Environment', 'App']) {
      await panel.getByLabel(label, { exact: true }).click();
      await page
        .locator('.ant-select-dropdown:visible')
        .getByTitle(/^Every/)
        .click();
    }
    await panel.getByRole('button', { name: 'Create token' }).click();
    const secret = (await panel.locator('pre').textContent())!;
    expect(secret).toMatch(/^sla_/);
    await panel.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Rotate my script' }).click();
    await page.getByRole('dialog').getByText('The same on the command line').click();
    await page.getByText('sluice token rotate').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate my script' }).click();
    await page.getByText('shown').first().waitFor();
    const next = (await page.getByRole('dialog').locator('pre').textContent())!;
    expect(next).not.toBe(secret);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByLabel('Name, owner or beginning of a secret').fill(secret);
    await row('my script').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await row('my script').getByText('old secret until').waitFor();
    // What is pasted is not kept where others read it.
    expect(page.url()).not.toContain(secret.split('_').slice(2).join('_'));
    for (const each of [secret, next]) {
      const answer = await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${each}` } });
      expect(answer.status).toBe(200);
    }
  });

  it('signs other browsers out, and those of others', async () => {
    const other = await signedIn('ada');
    const edas = await signedIn('eda');
    await page.goto(`${server.url}/admin/sessions`);
    await page.getByText('this browser').first().waitFor();
    await page.getByRole('button', { name: 'Sign out the other one' }).click();
    await other.waitForURL(/\/login/);
    await page.getByRole('button', { name: 'Sign eda out everywhere' }).click();
    await edas.waitForURL(/\/login/);
    await until('nobody else to be signed in', async () => (await row('eda').count()) === 0);
  });

  it('copies what a panel does as command lines', async () => {
    await page.goto(`${server.url}/admin/users`);
    await page.getByRole('button', { name: 'Change eda' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('button', { name: 'Add role' }).click();
    await panel.getByText('The same on the command line').click();
    expect(await panel.locator('pre').textContent()).toBe('sluice user grant eda viewer');
    await page.keyboard.press('Escape');
  });

  it('says whom to ask for what one may not do', async () => {
    const eda = await signedIn('eda');
    await eda.goto(`${server.url}/environments/prod/apps`);
    await eda
      .getByRole('button', {
        name: 'Create app. Needs the role admin on the whole server. Ask ada, root.',
      })
      .waitFor();
    await eda.context().close();
  });

  it('lists the nodes with what they are', async () => {
    await page.goto(`${server.url}/admin/nodes`);
    const node = row('answers you');
    await node.waitFor();
    expect(await node.textContent()).toMatch(/MiB/);
    await page.getByText('embedded SQLite').waitFor();
  });

  it('exports the audit and shows its head', async () => {
    await page.goto(`${server.url}/admin/audit`);
    await page.getByText('Newest row and its hash').waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as JSONL' }).click();
    const lines = readFileSync((await (await waiting).path())!, 'utf8')
      .trimEnd()
      .split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ sequence: 1, action: 'user.create', previousHash: '' });
    const head = await page.locator('figure pre').textContent();
    expect(head).toMatch(/^\d+:[0-9a-f]{64}$/);
  });

  it('gives an auditor the audit, and an editor his own tokens and sessions', async () => {
    const otto = await signedIn('otto');
    await otto.goto(`${server.url}/admin/audit`);
    await otto.getByText('user.create').first().waitFor();
    const eda = await signedIn('eda');
    await eda.goto(`${server.url}/admin/audit`);
    await eda.getByText('This page is not for you').waitFor();
    await eda.goto(`${server.url}/admin/tokens`);
    await eda.getByText('No token').waitFor();
    await eda.goto(`${server.url}/admin/sessions`);
    await eda.getByText('Where you are signed in').first().waitFor();
    expect(await eda.getByText('Who is signed in').count()).toBe(0);
  });

  it('keeps its manners', () => {
    expect(manners).toEqual([]);
  });
});
