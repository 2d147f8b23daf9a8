import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Locator, Page } from 'playwright-core';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { browserOrNotice, contextFor, launch, signIn, watchManners } from './browser.ts';

const chromium = browserOrNotice();
const password = 'a long enough password';
const place = { env: 'prod', app: 'shop', ns: 'rules' };
const resource = { match: 'exact', value: 'GET /books/:id', type: 'web' } as const;
const rule = {
  kind: 'limit',
  algorithm: 'slidingWindow',
  limit: 100,
  windowMs: 1000,
  resource,
  mode: 'monitor',
};

/** Rules that people write, with all that comes between: other people, a lost network, a key pressed too early. */
(chromium ? describe : describe.skip)('the rule editor', () => {
  let server: ServerProcess;
  let browser: Browser;
  let page: Page;
  let manners: string[];
  const dialog = (): Locator => page.getByRole('dialog');
  const button = (name: string): Locator => dialog().getByRole('button', { name, exact: true });
  const input = (label: string): Locator => dialog().getByLabel(label, { exact: true });
  const apply = (): Locator => dialog().getByRole('button', { name: /^Put into the draft/ });
  const rules = async () => {
    const { target } = await server.admin.call(contracts.getNamespace, { params: place });
    return target?.kind === 'rules' ? target.items : {};
  };
  const publish = async (set: object, remove: string[] = []): Promise<void> => {
    const { etag } = await server.admin.call(contracts.getNamespace, { params: place });
    const body = { changes: { set, remove } as never, message: 'by somebody else' };
    await server.admin.call(contracts.publish, { params: place, body, ifMatch: etag });
  };
  const at = (search: string): string =>
    `${server.url}/environments/prod/apps/shop/namespaces/rules${search}`;
  const openRule = async (id: string): Promise<void> => {
    await page.goto(at(`?rule=${id}`));
    await button('Cancel').waitFor();
  };
  const describeIt = async (words: string): Promise<void> => {
    if (!(await input('Description').isVisible())) await dialog().getByText('Order, time box').click();
    await input('Description').fill(words);
  };
  const view = (name: string): Promise<void> =>
    dialog()
      .locator('.ant-segmented-item', { hasText: new RegExp(`^${name}$`) })
      .click();

  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
    for (const [name, role] of [
      ['ada', 'admin'],
      ['vera', 'viewer'],
    ] as const)
      await server.admin.call(contracts.createUser, {
        body: { name, password, grants: [{ role, environment: '*', app: '*' }] },
      });
    const { env, app, ns: name } = place;
    await server.admin.call(contracts.createNamespace, {
      params: { env, app },
      body: { name, kind: 'rules' },
    });
    const ids = ['moved', 'removed', 'left', 'text', 'numbers', 'tests', 'switched'];
    await publish(Object.fromEntries(ids.map((id) => [id, rule])));
    browser = await launch(chromium!);
    page = await (await contextFor(browser)).newPage();
    page.setDefaultTimeout(20_000);
    manners = watchManners(page, server.url);
    await signIn(page, server.url, 'ada', password);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it('follows a rule of which nothing was written, and asks whose it shall be once something was', async () => {
    await openRule('moved');
    await publish({ moved: { ...rule, limit: 50 } });
    await until('the editor follows', async () => (await input('Calls').inputValue()) === '50');
    await describeIt('mine');
    await publish({ moved: { ...rule, limit: 5 } });
    await dialog()
      .getByText(/Somebody changed this rule.*let at most 5 calls through/)
      .waitFor();
    expect(await apply().getAttribute('aria-disabled')).toBe('true');
    await button('Take theirs, drop mine').click();
    expect(await input('Calls').inputValue()).toBe('5');
    await describeIt('mine again');
    await publish({ moved: { ...rule, limit: 6 } });
    await button('Keep mine').click();
    expect(await input('Calls').inputValue()).toBe('5');
    expect(await apply().getAttribute('aria-disabled')).not.toBe('true');
    await button('Cancel').click();
  });

  it('stays open with what was written when the rule is removed meanwhile', async () => {
    await openRule('removed');
    await describeIt('long words');
    await publish({}, ['removed']);
    await dialog()
      .getByText(/Somebody removed this rule/)
      .waitFor();
    expect(await input('Description').inputValue()).toBe('long words');
    await button('Take theirs, drop mine').click();
    await dialog().waitFor({ state: 'hidden' });
  });

  it('keeps what was written when the panel is closed by Escape, by the way back, and by a reload', async () => {
    await page.goto(at(''));
    const open = page.getByRole('button', { name: /Edit left in your draft/ });
    await open.click();
    await describeIt('an hour of work');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await open.click();
    await dialog().getByText('This is what you wrote before.').waitFor();
    expect(await input('Description').inputValue()).toBe('an hour of work');
    await page.goBack();
    await dialog().waitFor({ state: 'hidden' });
    await page.goForward();
    await page.reload();
    await dialog().getByText('This is what you wrote before.').waitFor();
    expect(await input('Description').inputValue()).toBe('an hour of work');
    await button('Cancel').click();
    await dialog().waitFor({ state: 'hidden' });
    await open.click();
    await button('Cancel').waitFor();
    expect(await dialog().getByText('This is what you wrote before.').count()).toBe(0);
  });

  it('puts no rule into the draft while its text is none, and shows the text of what is chosen beside it', async () => {
    await openRule('text');
    await view('JSON');
    const text = dialog().locator('.cm-content').first();
    await text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' ');
    await input('Drag the threshold').focus();
    await page.keyboard.press('ArrowRight');
    await until('the text follows', async () => /"limit": 101,/.test((await text.textContent()) ?? ''));
    await text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' x');
    await dialog()
      .getByText(/This is not JSON/)
      .waitFor();
    expect(await apply().getAttribute('aria-disabled')).toBe('true');
    await view('Form');
    expect(await apply().getAttribute('aria-disabled')).not.toBe('true');
    await input('A refused caller gets').selectOption('value');
    const value = input('Value, as JSON');
    await value.fill('sold out');
    await dialog().getByText('onBlock.value', { exact: true }).waitFor();
    expect(await apply().getAttribute('aria-disabled')).toBe('true');
    expect(await value.getAttribute('aria-invalid')).toBe('true');
    // With blanks of its own it is a value all the same, and nothing is wrong with it.
    await value.fill('{ "sold": "out" }');
    expect([await value.inputValue(), await value.getAttribute('aria-invalid')]).toEqual([
      '{ "sold": "out" }',
      null,
    ]);
    expect(await apply().getAttribute('aria-disabled')).not.toBe('true');
  });

  it('reads a decimal comma, and predicts nothing of a rule that is not complete', async () => {
    await openRule('numbers');
    await input('Calls').fill('2,5');
    await view('JSON');
    await dialog().getByText('"limit": 2.5').waitFor();
    await view('Form');
    await input('Calls').fill('');
    await dialog().getByText('It is predicted as soon as it is a complete rule.').waitFor();
    await input('Calls').fill('７');
    await input('Calls').blur();
    expect(await input('Calls').inputValue()).toBe('7');
  });

  it('says what is wrong at its field', async () => {
    await openRule('numbers');
    await dialog().getByText('Order, time box').click();
    await input('Priority').fill('1.5');
    await input('A refused caller gets').selectOption('fallback');
    await input('Name of the function').fill('');
    for (const [field, fault] of [
      ['Priority', 'must be a whole number'],
      ['Name of the function', 'must not be empty'],
    ] as const) {
      const note = await input(field).getAttribute('aria-describedby');
      expect(await dialog().locator(`[id="${note}"]`).textContent()).toBe(fault);
    }
    await input('A refused caller gets').selectOption('http');
    await input('Status').fill('');
    await input('Status').pressSequentially('404');
    expect(await input('Status').inputValue()).toBe('404');
    await input('Kind of rule').selectOption('access.origin');
    const origins = dialog().locator('textarea[aria-invalid=true]');
    await origins.fill('batch');
    await until('nothing is wrong with the list', async () => (await origins.count()) === 0);
    await input('Kind of rule').selectOption('limit.slidingWindow');
    await input('In force from').fill('2030-01-01T00:00');
    await button('at once').click();
    expect(await input('In force from').inputValue()).toBe('');
    await button('Cancel').click();
  });

  it('compares with what was typed, also after another comparison was chosen', async () => {
    await openRule('tests');
    await dialog().getByText('Only for some calls').click();
    await button('Add a condition').click();
    await input('Compared with').pressSequentially('007');
    await input('Comparison').selectOption('prefix');
    expect(await input('Compared with').inputValue()).toBe('007');
    await view('JSON');
    await dialog().getByText('"value": "007"').waitFor();
  });

  it('runs a script on what is an input only, and says when a result is of an older script', async () => {
    await page.goto(at(''));
    await page.getByRole('button', { name: 'Add rule' }).click();
    await input('Kind of rule').selectOption('script.decide');
    const own = dialog().getByLabel('Input of yours', { exact: false });
    await own.fill('[1, {}]');
    await button('Run').click();
    await dialog()
      .getByText(/An input is an object/)
      .waitFor();
    expect(await dialog().getByText('2 runs').count()).toBe(0);
    await own.fill('{}');
    await button('Run').click();
    await dialog().getByText('1 run', { exact: true }).waitFor();
    await input('Script, in JavaScript').fill("function decide() { return 'block' }");
    await dialog()
      .getByText(/This came of the script before/)
      .waitFor();
    await own.fill('{');
    await button('Run').click();
    await dialog()
      .getByText(/The input is not JSON/)
      .waitFor();
    expect(await dialog().getByText('1 run', { exact: true }).count()).toBe(0);
    await own.fill('{}');
    const source = input('Script, in JavaScript');
    const notSound = dialog().getByText(/source does not run/);
    await source.fill('function decide() { return (; }');
    await button('Run').click();
    await notSound.first().waitFor();
    await button('Check on the server').click();
    await source.fill("function decide() { return 'pass' }");
    await dialog()
      .getByText(/This came of the script before/)
      .waitFor();
    await button('Check on the server').click();
    await dialog()
      .getByText(/It would run/)
      .waitFor();
    // What it sees is a part of the script: what was said of it without is said of another one.
    await dialog().getByLabel('Inputs that the script sees', { exact: true }).last().fill('origin');
    await until(
      'nothing is said of it',
      async () =>
        (await dialog()
          .getByText(/It would run/)
          .count()) === 0,
    );
    await button('Cancel').click();
  });

  it('says that there is no rule of the name in the address', async () => {
    await page.goto(at('?rule=never-was'));
    await page.getByText('There is no rule never-was here').waitFor();
    expect(await dialog().count()).toBe(0);
  });

  it('begins a rule with no resource where no calls came yet', async () => {
    await page.goto(at(''));
    await page.getByRole('button', { name: 'Add rule' }).click();
    await button('Cancel').waitFor();
    expect(await input('Resource').inputValue()).toBe('');
    await button('Cancel').click();
  });

  it('comes back to a script that was left for another kind of rule', async () => {
    await page.goto(at(''));
    await page.getByRole('button', { name: 'Add rule' }).click();
    await input('Kind of rule').selectOption('script.decide');
    await input('Script, in JavaScript').fill("function decide() { return 'mine' }");
    await input('Kind of rule').selectOption('degrade');
    await input('Kind of rule').selectOption('script.decide');
    await dialog().getByText("return 'mine'").waitFor();
    expect(await input('A refused caller gets').inputValue()).toBe('');
    await button('Cancel').click();
  });

  it('carries out nothing later that was given up without a network', async () => {
    await page.goto(at(''));
    await page.getByRole('button', { name: 'To intercept …: switched' }).click();
    const go = dialog().getByRole('button', { name: /^Switch to intercept on/ });
    await go.waitFor();
    await page.context().setOffline(true);
    await go.click();
    await dialog().getByText('The server does not answer.', { exact: false }).first().waitFor();
    await button('Cancel').click();
    await dialog().waitFor({ state: 'hidden' });
    await page.context().setOffline(false);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await publish({ left: { ...rule, limit: 7 } });
    await page
      .getByText(/let at most 7 calls/)
      .first()
      .waitFor();
    expect((await rules()).switched).toMatchObject({ mode: 'monitor' });
    // The live connection that broke is said in the log by the browser itself.
    manners.splice(
      0,
      manners.length,
      ...manners.filter((each) => !each.includes('ERR_INTERNET_DISCONNECTED')),
    );
  });

  it('asks to sign in when the session has ended, and comes back to what was written', async () => {
    await openRule('left');
    await describeIt('before the session ended');
    await page.context().clearCookies();
    // Neither a read nor a check of what was written is to say it first: a page may not ask for a long time.
    await page.route('**/api/v1/environments/**', (route) =>
      route.request().method() === 'PUT' ? route.continue() : route.abort(),
    );
    await apply().click();
    await page.waitForURL(/\/login/);
    await page.unrouteAll({ behavior: 'wait' });
    await page.locator('input[autocomplete=username]').fill('ada');
    await page.locator('input[autocomplete=current-password]').fill(password);
    await page.locator('button[type=submit]').click();
    await page.waitForURL(/\/namespaces\/rules/);
    await page.getByText('before the session ended').first().waitFor();
  });

  it('lets who may only look look, and says why nothing can be changed', async () => {
    const context = await contextFor(browser);
    const viewer = await context.newPage();
    viewer.setDefaultTimeout(20_000);
    await signIn(viewer, server.url, 'vera', password);
    await viewer.goto(at('?rule=left'));
    const panel = viewer.getByRole('dialog');
    const put = panel.getByRole('button', { name: /^Put into the draft/ });
    await put.waitFor();
    expect(await put.getAttribute('aria-disabled')).toBe('true');
    expect(await panel.getByRole('button', { name: /^Remove/ }).getAttribute('aria-disabled')).toBe('true');
    expect(await panel.getByLabel('Calls', { exact: true }).isDisabled()).toBe(true);
    await context.close();
  });

  it('never complained on the way', () => {
    expect(manners).toEqual([]);
  });
});
