import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Locator, Page } from 'playwright-core';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { seriousFaults } from './axe.ts';
import { browserOrNotice, contextFor, countingPage, launch, signIn } from './browser.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';
const books = 'GET /books/:id';
const perSec = 20;

/** Rules on calls that go on all the time, by a person in a browser; each step goes on from the last. */
(chromium ? describe : describe.skip)('the guard in the console', () => {
  let server: ServerProcess;
  let fleet: GuardedFleet;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  let token: string;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-guard-e2e-'));
  const at = (path: string): string => `${server.url}/environments/prod/apps/shop${path}`;
  const resourcePage = (): string => at(`/resource?name=${encodeURIComponent(books)}&type=web`);
  const button = (text: string | RegExp): Locator => page.getByRole('button', { name: text });
  const dialog = (): Locator => page.getByRole('dialog');
  let presses: () => Promise<number>;

  const startFleet = (): Promise<GuardedFleet> =>
    GuardedFleet.start({
      server: server.url,
      token,
      cacheDir,
      ids: ['shop-1', 'shop-2'],
      resources: { [books]: perSec, 'POST /orders': 3 },
    });
  /** What callers got once they get what is waited for. */
  const callers = async (isMeant: (report: Awaited<ReturnType<GuardedFleet['report']>>) => boolean) => {
    await fleet.forget(books);
    return until('callers get what the rule says', async () => {
      const report = await fleet.report(books);
      return isMeant(report) && report;
    });
  };
  const publishDraft = async (): Promise<void> => {
    await button('Publish 1 change').click();
    await dialog().getByRole('button', { name: 'Publish to 2 instances' }).click();
    await dialog()
      .getByText(/2 of 2 hold release/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
  };

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    await server.admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    fleet = await startFleet();
    browser = await launch(chromium!);
    ({ page, manners, presses } = await countingPage(browser, server.url, name, password));
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('lists resources by what comes through, with filter and order in the address', async () => {
    await page.goto(at('/resources'));
    await page.getByRole('link', { name: books, exact: true }).waitFor();
    await page.getByRole('link', { name: 'POST /orders', exact: true }).waitFor();
    // The server has just been started: calls by the second are of the seconds that it knows of.
    const rate = page.getByRole('row', { name: books }).getByRole('cell').nth(3);
    await until(
      'the list shows the calls that there are',
      async () => Number(await rate.textContent()) > perSec,
      10_000,
    );
    await page.getByLabel('Filter by name').fill('books');
    await page.getByText('1 of 2 resources').first().waitFor();
    await page.waitForURL(/q=books/);
    await button('Sort by p99').click();
    await page.waitForURL(/sort=p99/);
    await page.reload();
    await page.getByText('1 of 2 resources').first().waitFor();
    expect(await page.getByRole('link', { name: 'POST /orders', exact: true }).count()).toBe(0);
    // Of a name that no path can have nothing is asked, and the page takes no blame for it.
    await page.goto(at('/resource?name=..&type=web'));
    await page.getByText('Of a resource of this name nothing can be shown').waitFor();
    expect(await page.getByText('made a mistake of its own').count()).toBe(0);
  });

  it('protects a resource in monitor with at most three presses, and nobody is blocked', async () => {
    await page.goto(at('/resources'));
    await button(`Protect ${books}`).waitFor();
    const before = await presses();
    await button(`Protect ${books}`).click();
    await button('Publish in monitor to 2 instances').click();
    await dialog()
      .getByText(/2 of 2 hold release 1/)
      .waitFor();
    expect((await presses()) - before).toBeLessThanOrEqual(3);
    const { blocked, ok } = await callers((report) => report.ok > 20);
    expect({ blocked, served: ok > 20 }).toEqual({ blocked: 0, served: true });
    await page.keyboard.press('Escape');
  });

  it('says what a tighter threshold would block while it is being chosen, and still blocks nobody', async () => {
    await page.goto(resourcePage());
    await page.getByRole('link', { name: 'Edit' }).click();
    const threshold = dialog().getByLabel('Drag the threshold');
    await threshold.waitFor();
    await dialog().getByLabel('Calls', { exact: true }).fill('2');
    const shares = dialog().locator('[data-share]');
    const share = await until('a share', async () => {
      const said = Number(await shares.getAttribute('data-share').catch(() => null));
      return said > 0.85 && said;
    });
    await threshold.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await until('less with a higher limit', async () => {
      const said = Number(await shares.getAttribute('data-share'));
      return said < share;
    });
    expect(await dialog().getByLabel('Calls', { exact: true }).inputValue()).toBe('5');
    await dialog().getByRole('button', { name: 'Put into the draft' }).click();
    await publishDraft();
    expect((await callers((report) => report.ok > 20)).blocked).toBe(0);
    await page.goto(resourcePage());
    await page
      .getByText(/\d+ would-block/)
      .first()
      .waitFor();
  });

  it('goes to intercept as one action with the prediction shown, and real callers are refused', async () => {
    await page.goto(resourcePage());
    await button('To intercept …').click();
    await dialog().locator('[data-blocked]').waitFor();
    await dialog().getByText('What it would block').waitFor();
    await dialog().getByRole('button', { name: 'Switch to intercept on 2 instances' }).click();
    await dialog()
      .getByText(/2 of 2 hold release 3/)
      .waitFor();
    const { lastAnswer, lastDecision } = await callers((report) => report.blocked > 20);
    expect(lastAnswer).toBe('BlockedError');
    await page.keyboard.press('Escape');
    await page.getByLabel('Decision id').fill(lastDecision!);
    await button('Explain').click();
    await page.getByText('over a limit').waitFor();
    await page.waitForURL(new RegExp(`decision=${encodeURIComponent(lastDecision!)}`));
    await page.getByText('Threshold then').waitFor();
    await page.getByLabel('Decision id').fill('another');
    await button('Explain').click();
    await page.getByText('There is no refused call', { exact: false }).waitFor();
    await page.goBack();
    await page.getByText('over a limit').waitFor();
    expect(await page.getByLabel('Decision id').inputValue()).toBe(lastDecision);
    // Who follows such a link sees the answer, which stands at the end of the page.
    await page.reload();
    const answer = page.getByText('over a limit');
    await answer.waitFor();
    await until('the answer is on the screen', async () => {
      const { y, height } = (await answer.boundingBox())!;
      return y > 0 && y + height < page.viewportSize()!.height;
    });
    // What an open breaker measures goes on to less than its threshold, which is not why it refuses.
    await page.route('**/decisions/**', async (route) => {
      const answer = await route.fetch();
      const { call, ...rest } = (await answer.json()) as { call: object };
      const breaker = { code: 'breakerOpen', state: 'open', value: 0, threshold: 0.3 };
      await route.fulfill({ response: answer, json: { ...rest, call: { ...call, ...breaker } } });
    });
    await page.reload();
    await page.getByText('(its window has moved on since it opened)').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('does not say that a rule blocked nothing while nobody tells of it', async () => {
    await page.route('**/api/v1/**/resources/**', async (route) => {
      const answer = await route.fetch();
      const { minute: _, ...detail } = (await answer.json()) as { minute?: unknown; rules?: unknown };
      const json = detail.rules === undefined ? detail : { ...detail, rules: [], instances: [] };
      await route.fulfill({ response: answer, json });
    });
    await page.goto(resourcePage());
    const row = page.getByRole('row', { name: /rules\/limit-get-books-id/ });
    await row.getByText('nobody told').waitFor();
    expect(await row.getByText('blocked nothing').count()).toBe(0);
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('keeps what it shows in place while answers come, and the focus on the span that was chosen', async () => {
    const late = await page.context().newPage();
    late.setDefaultTimeout(20_000);
    for (const [part, ms] of [
      ['apps/shop/namespaces/**', 200],
      ['apps/shop/resources/*/traffic**', 400],
      ['apps', 200],
      ['traffic', 400],
      ['kill**', 300],
    ] as const)
      await late.route(`**/environments/prod/${part}`, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        await route.continue().catch(() => undefined);
      });
    await late.addInitScript(`
      window.places = {};
      const look = () => {
        for (const each of document.querySelectorAll('h2'))
          if (each.offsetHeight > 0)
            (window.places[each.textContent] ??= new Set()).add(Math.round(each.getBoundingClientRect().y));
        requestAnimationFrame(look);
      };
      look();`);
    const stay = async (...titles: string[]): Promise<void> => {
      const places = await late.evaluate<Record<string, number[]>>(
        'Object.fromEntries(Object.entries(places).map(([name, tops]) => [name, [...tops]]))',
      );
      for (const title of titles)
        expect({ title, tops: places[title] }).toEqual({ title, tops: [expect.any(Number)] });
    };
    await late.goto(`${server.url}/environments/prod`);
    await late.getByRole('link', { name: books, exact: true }).waitFor();
    await stay('Apps', 'Resources in most trouble, last minute', 'Server nodes');
    await late.goto(resourcePage());
    await late.locator('canvas').first().waitFor();
    await stay('Rules on this resource', 'Calls per second', 'Explain a blocked call');
    // What was found by keys stays the moment that it is, while time goes on.
    const chart = late.getByRole('slider', { name: /^Calls per second/ });
    await chart.focus();
    for (let i = 0; i < 5; i++) await late.keyboard.press('ArrowLeft');
    const found = /^[\d:]+/.exec((await chart.getAttribute('aria-valuetext'))!)![0];
    const newest = async (): Promise<number> =>
      Number(await late.locator('[data-newest]').getAttribute('data-newest'));
    const then = await newest();
    await until('newer data comes', async () => (await newest()) >= then + 2000);
    expect(await chart.getAttribute('aria-valuetext')).toContain(found);
    await late.locator('.ant-segmented input:checked').first().focus();
    await late.keyboard.press('ArrowRight');
    await late.waitForURL(/span=1h/);
    await late.getByText('one point is 10 s').waitFor();
    expect(await late.locator('.ant-segmented input:focus').count()).toBe(1);
    await late.close();
  });

  it.each(['en', 'zh'] as const)('has a kill switch that fits on a phone (%s)', async (language) => {
    const context = await contextFor(browser, { language, width: 390, height: 844 });
    const phone = await context.newPage();
    phone.setDefaultTimeout(20_000);
    await signIn(phone, server.url, name, password);
    await phone.getByRole('button', { name: language === 'en' ? 'Kill switch' : '紧急开关' }).click();
    const presses = phone.getByRole('dialog').getByRole('button', { name: /2 (instances|个实例)/ });
    await presses.nth(2).waitFor();
    for (const press of await presses.all()) {
      const box = (await press.boundingBox())!;
      expect({ left: box.x >= 0, right: box.x + box.width <= 390 }).toEqual({ left: true, right: true });
    }
    const cut =
      'Math.max(...[...document.querySelectorAll(".ant-drawer-body")].map((e) => e.scrollWidth - e.clientWidth))';
    expect(await phone.evaluate(cut)).toBe(0);
    // Beside a wide press a Chinese name had stood in a column of single characters.
    const tallest =
      'Math.max(...[...document.querySelectorAll(".ant-drawer-body [class*=_name_]")].map((e) => e.offsetHeight))';
    expect(await phone.evaluate(tallest)).toBeLessThan(60);
    await context.close();
  });

  it('changes what refused callers get without touching the program', async () => {
    await page.goto(resourcePage());
    await page.getByRole('link', { name: 'Edit' }).click();
    await dialog().getByLabel('A refused caller gets').selectOption('value');
    await dialog().getByLabel('Value, as JSON').fill('{"sorry":true}');
    await dialog().getByRole('button', { name: 'Put into the draft' }).click();
    await publishDraft();
    const { lastAnswer } = await callers((report) => JSON.stringify(report.lastAnswer) === '{"sorry":true}');
    expect(lastAnswer).toEqual({ sorry: true });
  });

  it('marks what is wrong with a rule at once, and names the field', async () => {
    await page.goto(at('/namespaces/rules'));
    await button('Add rule').click();
    await dialog().getByLabel('Id').fill('second');
    expect(await dialog().getByLabel('Resource').inputValue()).toBe(books);
    await dialog().getByLabel('Calls', { exact: true }).fill('0');
    await dialog()
      .getByText(/a limit of 0 lets nothing through/)
      .waitFor();
    await dialog().getByLabel('Calls', { exact: true }).fill('50');
    await dialog().getByLabel('Resource').fill('GET /boks/:id');
    await dialog().getByText('did you mean "GET /books/:id"?', { exact: false }).waitFor();
    await dialog().getByText('JSON', { exact: true }).click();
    await dialog().getByText('"GET /boks/:id"').waitFor();
    await page.keyboard.press('Escape');
  });

  it('refuses a script with its line and column, and tries a sound one', async () => {
    await page.goto(at('/namespaces/rules'));
    await button('Add rule').click();
    await dialog().getByLabel('Id').fill('who');
    await dialog().getByLabel('Kind of rule').selectOption({ label: 'Script: decide calls' });
    const source = dialog().getByLabel('Script, in JavaScript');
    await source.fill('function decide(call) {\n  return call.origin === ;\n}');
    await button('Check on the server').click();
    await dialog()
      .getByText(/line 2, column \d+/)
      .first()
      .waitFor();
    await dialog().locator('.cm-lintRange-error, .cm-lint-marker-error').first().waitFor();
    await source.fill("function decide(call) {\n  return call.origin === 'batch' ? 'block' : 'pass';\n}");
    await dialog().getByLabel('Inputs that the script sees').fill('origin');
    await button('Check on the server').click();
    await dialog().getByText('It would run').waitFor();
    await dialog().getByLabel('Input of yours').fill('[{"origin":"batch"},{"origin":"web"}]');
    await button('Run').click();
    await dialog().getByText('2 runs').waitFor();
    const rows = await dialog().locator('tbody tr').allTextContents();
    expect(rows.map((row) => /"pass":(\w+)/.exec(row)?.[1])).toEqual(['false', 'true']);
    await page.keyboard.press('Escape');
  });

  it('turns every rule to monitor with two actions, and another browser sees it and can undo it', async () => {
    const other = await (await contextFor(browser)).newPage();
    other.setDefaultTimeout(20_000);
    await signIn(other, server.url, name, password);
    await other.goto(`${server.url}/environments/prod/changes`);
    await other.getByText('Live', { exact: true }).waitFor();
    await page.goto(at('/resources'));
    await page.getByRole('link', { name: books, exact: true }).waitFor();
    await page.keyboard.press('Shift+K');
    await button('All rules to monitor on 2 instances').hover();
    // Both halves of a double click: the second one is not the undo that the button offers by then.
    for (const clickCount of [1, 2]) {
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
      await button('Undo on 2 instances: All rules to monitor').waitFor();
    }
    await other.getByRole('alert').getByText('All rules to monitor').waitFor();
    await dialog().getByText('2 of 2 instances obey').first().waitFor();
    await other.getByRole('alert').getByText('2 of 2 instances obey').waitFor();
    expect((await callers((report) => report.ok > 20 && report.blocked === 0)).blocked).toBe(0);
    await other.getByRole('alert').getByRole('button', { name: 'Undo …' }).click();
    await other.getByRole('button', { name: 'Undo on 2 instances: All rules to monitor' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect((await callers((report) => report.blocked > 20)).lastAnswer).toEqual({ sorry: true });
    await other.context().close();
  });

  it('shows a time without reports as a gap, in words and in the table, never as zero', async () => {
    await page.goto(resourcePage());
    await page.getByText(/newest data/).waitFor();
    await page.locator('canvas').first().waitFor();
    await fleet.kill();
    const stopped = Number(await page.locator('[data-newest]').getAttribute('data-newest'));
    await page
      .getByText(/gaps? without reports/)
      .first()
      .waitFor({ timeout: 40_000 });
    fleet = await startFleet();
    await until('data goes on after the gap', async () => {
      const newest = Number(await page.locator('[data-newest]').getAttribute('data-newest'));
      return newest > stopped + 8000;
    });
    const gapMs = Number(await page.locator('[data-gap]').last().getAttribute('data-gap'));
    expect(gapMs).toBeGreaterThanOrEqual(1000);
    await page.getByText('As a table').first().click();
    await page.getByRole('cell', { name: 'no data' }).first().waitFor();
  }, 90_000);

  it.each([
    { language: 'en', theme: 'light' },
    { language: 'zh', theme: 'dark' },
  ] as const)(
    'has nothing that axe calls serious, in $language, $theme',
    async (look) => {
      const context = await contextFor(browser, { ...look, bypassCSP: true });
      const reader = await context.newPage();
      reader.setDefaultTimeout(20_000);
      await signIn(reader, server.url, name, password);
      const faults: string[] = [];
      const check = async (where: string): Promise<void> => {
        faults.push(...(await seriousFaults(reader)).map((fault) => `${where} ${fault}`));
      };
      const open = async (path: string, act?: () => Promise<void>): Promise<void> => {
        await reader.goto(at(path));
        await reader.waitForLoadState('networkidle');
        await act?.();
        await check(path);
        const width = await reader.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (width > 0) faults.push(`${path} is ${width} px wider than the window`);
      };
      const inPanel = async (press: Locator): Promise<void> => {
        await press.click();
        await reader.getByRole('dialog').waitFor();
        await reader.waitForLoadState('networkidle');
      };
      const one = `/resource?name=${encodeURIComponent(books)}&type=web`;
      await open('/resources', () => reader.locator('tbody svg').first().waitFor());
      await open(one, () => reader.locator('canvas').first().waitFor());
      await open(one, () => inPanel(reader.locator('header .ant-btn-primary').last()));
      await open('/namespaces/rules', () => inPanel(reader.locator('td:last-child button').first()));
      await open('/namespaces/rules', async () => {
        await inPanel(reader.locator('section button.ant-btn').first());
        const kind = reader.getByRole('dialog').locator('select.plain-select').nth(2);
        for (const each of ['breaker.errorRatio', 'access.ip', 'system', 'degrade']) {
          await kind.selectOption(each);
          await check(each);
        }
        await kind.selectOption('script.decide');
        await reader.locator('.cm-content').waitFor();
      });
      await open('/resources', async () => {
        await reader.keyboard.press('Shift+K');
        await reader.getByRole('dialog').waitFor();
      });
      await context.close();
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it('never complained on the way, and asked nobody but its own server', () => {
    expect(manners).toEqual([]);
  });
});
