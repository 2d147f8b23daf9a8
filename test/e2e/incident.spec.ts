import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { PushDesk } from '../support/push-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, countingPage, launch } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const ids = ['shop-1', 'shop-2', 'shop-3'];
const place = { env: 'prod', app: 'shop' };
const order = { ...place, ns: 'order' };

/** From an empty server to the undoing of what went wrong, without a reload. */
(chromium ? describe : describe.skip)('overview and incident', () => {
  let server: ServerProcess;
  let fleet: FleetProcess | undefined;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let presses: () => Promise<number>;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-incident-'));
  const step = (words: string) => page.locator('li[data-done=true]', { hasText: words });
  const holders = async (value: number): Promise<string[]> =>
    (await fleet!.reports()).filter((each) => each.timeoutMs === value).map((each) => each.instanceId);
  const untilHolders = (value: number, who: readonly string[]) =>
    until(`${who.join()} hold ${value}`, async () => `${(await holders(value)).sort()}` === `${who}`);
  const release = async (value: number, message: string): Promise<void> => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params: order });
    const changes = { set: { timeoutMs: { type: 'number' as const, value } } };
    await server.admin.call(contracts.publish, { params: order, body: { changes, message }, ifMatch: etag });
  };
  const row = (words: string) => page.locator('tbody tr', { hasText: words });
  /** Two presses: the entry's undo, then the one button of its panel. */
  const undo = async (words: string, button: RegExp): Promise<number> => {
    const before = await presses();
    await row(words).getByRole('button', { name: 'Undo …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: button }).click();
    return (await presses()) - before;
  };

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    browser = await launch(chromium!);
    ({ page, manners, presses } = await countingPage(browser, server.url, name, password));
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('ticks the first steps of a newcomer as they happen', async () => {
    await page.goto(`${server.url}/environments/prod`);
    await page.getByText('0 of 5 done').waitFor();
    const token = await server.clientToken('shop');
    await step('Create an app').waitFor();
    fleet = await FleetProcess.start({ server: server.url, token, cacheDir, ids });
    await step('Connect its processes').waitFor();
    await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'order', kind: 'map' },
    });
    await release(800, 'First');
    await step('Publish a first value').waitFor();
    await new PushDesk(server.admin, 'prod', 'shop').start(
      { mode: 'single', instanceId: 'shop-2' },
      { timeoutMs: 500 },
      { message: 'Try it out' },
    );
    await step('Push to a few first').waitFor();
    await page
      .getByRole('table', { name: 'On their way, or in force on some only' })
      .getByText('1/1')
      .waitFor();
    const params = { ...place, ns: 'guards' };
    const made = await server.admin.call(contracts.createNamespace, {
      params: place,
      body: { name: 'guards', kind: 'rules' },
    });
    const rule = {
      ...{ kind: 'limit', mode: 'monitor', algorithm: 'tokenBucket', limit: 9, intervalMs: 1000 },
      resource: { match: 'exact', value: 'GET /a' },
    };
    await server.admin.call(contracts.publish, {
      params,
      body: { content: { kind: 'rules', items: { 'a-limit': rule } } } as never,
      ifMatch: made.etag,
    });
    await page.getByText('First steps').waitFor({ state: 'detached' });
  });

  it('lists what changed, newest first, by whom, on how many, with its diff', async () => {
    await release(900, 'Slower partners');
    await server.admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { freezePublishes: true, monitorOnly: true, reason: 'Something is wrong' },
    });
    await page.getByRole('link', { name: 'What changed in the last hour?' }).click();
    await page.getByRole('heading', { name: 'What changed?' }).waitFor();
    await row('Something is wrong').waitFor();
    const messages = await page.locator('tbody tr td:nth-child(5)').allTextContents();
    expect(messages.filter((text) => text !== '–')).toEqual([
      'Something is wrong',
      'Slower partners',
      'Try it out',
      'First',
    ]);
    await row('Slower partners').getByText('3/3').waitFor();
    await row('Slower partners').getByRole('button', { name: 'Diff' }).click();
    await page.getByRole('cell', { name: '900' }).first().waitFor();
    await row('Try it out').getByRole('button', { name: 'Diff' }).click();
    await page.getByRole('cell', { name: '500' }).first().waitFor();
  });

  it('keeps its filters in the address', async () => {
    await page.goto(`${server.url}/environments/prod/incident?only=rules&app=shop&span=6h`);
    await row('Rules').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.goto(`${server.url}/environments/prod/incident?at=2026-01-01T00:00:00.000Z`);
    await page.getByText('Nothing changed in this time').waitFor();
    await page.getByRole('button', { name: 'Up to now' }).click();
    await row('Something is wrong').waitFor();
  });

  it('turns a switch back, takes a layer away and rolls a release back with two actions each', async () => {
    expect(await undo('Something is wrong', /^Undo on .*Freeze publishes/)).toBe(2);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Undo on .*All rules to monitor/ })
      .click();
    await page.keyboard.press('Escape');
    await row('Something is wrong').getByText('off again').waitFor();
    await untilHolders(500, ['shop-2']);
    expect(await undo('Try it out', /^Take it back/)).toBe(2);
    await untilHolders(900, ids);
    await row('Try it out').getByText('taken back already').waitFor();
    expect(await undo('Slower partners', /^Roll 3 instances back to release 1/)).toBe(2);
    await page.getByText('Rolled back and live').waitFor();
    await untilHolders(800, ids);
    await page.keyboard.press('Escape');
    await row('rollback').first().waitFor();
  });

  it('never complained on the way, and asked nobody but its own server', () => {
    expect(manners).toEqual([]);
  });
});
