import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { ConfigDesk } from '../support/config-desk.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { browserOrNotice, countingPage, launch } from './browser.ts';

const chromium = browserOrNotice();
const password = 'a long enough password';

/** How a script does where it runs, as it is told beside the rule, and the way to switch it off. */
(chromium ? describe : describe.skip)('the states of scripts in the console', () => {
  let server: ServerProcess;
  let fleet: GuardedFleet;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-standing-'));
  const at = (path: string): string => `${server.url}/environments/prod/apps/shop${path}`;

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const token = await server.clientToken('shop');
    await server.admin.call(contracts.createUser, {
      body: { name: 'ada', password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('gate', { kind: 'rules' });
    const luckless = {
      ...{ kind: 'script', role: 'decide', timeoutMs: 1000, mode: 'intercept' },
      source: 'function decide(call) { throw new Error("no luck"); }',
      resource: { match: 'exact', value: 'pay' },
    };
    await desk.release('gate', { kind: 'rules', items: { luckless } as never });
    fleet = await GuardedFleet.start({
      ...{ server: server.url, token, cacheDir, ids: ['shop-1', 'shop-2'] },
      resources: { pay: 2 },
    });
    browser = await launch(chromium!);
    ({ page, manners } = await countingPage(browser, server.url, 'ada', password));
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('are told on the resource and in the list of rules, with the instances', async () => {
    for (const path of ['/resource?name=pay&type=web', '/namespaces/gate']) {
      await page.goto(at(path));
      const row = page.getByRole('row', { name: /luckless/ });
      await row.getByText(/^(Fails|Switched off) on 2 of 2 instances$/).waitFor();
      await row
        .getByText(/no luck/)
        .first()
        .waitFor();
      await row.getByRole('link', { name: 'shop-1' }).waitFor();
    }
  });

  it('end where the rule is switched off', async () => {
    await page.goto(at('/resource?name=pay&type=web'));
    const row = page.getByRole('row', { name: /luckless/ });
    // What the row tells of scripts comes after the row, and makes it higher: a press before that may miss.
    await row.getByText(/on 2 of 2 instances$/).waitFor();
    await page.getByRole('button', { name: /^Switch off ….*luckless/ }).click();
    await page.getByRole('button', { name: /^Switch to off on 2 instances/ }).click();
    await page
      .getByRole('dialog')
      .getByText(/2 of 2 hold release 2/)
      .waitFor();
    await page.keyboard.press('Escape');
    await row.getByText(/on 2 of 2 instances$/).waitFor({ state: 'detached' });
    expect(manners).toEqual([]);
  });
});
