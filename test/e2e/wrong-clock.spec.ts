import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser } from 'playwright-core';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, signIn } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const books = 'GET /books/:id';

/** Somebody looks at 3 a.m. from a machine whose clock nobody has set. */
(chromium ? describe : describe.skip)('the console in a browser whose clock is wrong', () => {
  let server: ServerProcess;
  let fleet: GuardedFleet;
  let browser: Browser;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-clock-e2e-'));

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const token = await server.clientToken('shop');
    const resources = { [books]: 20 };
    fleet = await GuardedFleet.start({ server: server.url, token, cacheDir, ids: ['shop-1'], resources });
    const params = { env: 'prod', app: 'shop', resource: books };
    await until('calls are known', async () => {
      const answer = await server.admin.attempt(contracts.getTraffic, { params });
      return answer.status === 200 && (answer.body as { points: unknown[] }).points.length > 2;
    });
    browser = await launch(chromium!);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it.each([
    ['two hours ahead', 7_200_000],
    ['two hours behind', -7_200_000],
  ])('shows calls and ages as they are, where it is %s', async (_, byMs) => {
    const context = await contextFor(browser);
    await context.addInitScript(`{
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given) {
          if (given.length === 0) super(Real.now() + ${byMs});
          else super(...given);
        }
        static now() {
          return Real.now() + ${byMs};
        }
      };
    }`);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await signIn(page, server.url, name, password);
    const place = `${server.url}/environments/prod/apps/shop`;
    await page.goto(`${place}/resource?name=${encodeURIComponent(books)}&type=web&span=1h`);
    await page.locator('canvas').first().waitFor();
    await page.goto(`${place}/instances`);
    await page
      .locator('time', { hasText: /^[1-9]\d* (s|min) ago$/ })
      .first()
      .waitFor();
    await context.close();
  });
});
