import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const places = [
  process.env.SLUICE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** An installed Chromium or Chrome, if there is one and it is to be used. */
export function installedBrowser(): string | undefined {
  if (process.env.SLUICE_NO_BROWSER === '1') return undefined;
  return [...places, chromium.executablePath()].find((path) => path && existsSync(path));
}

/**
 * Whether browser tests can run here. A machine without a browser is told so once, loudly; in CI that is a failure,
 * unless SLUICE_NO_BROWSER=1 says that it is meant.
 */
export function browserOrNotice(): string | undefined {
  const found = installedBrowser();
  if (found) return found;
  const notice =
    'NO BROWSER: the tests of the console were NOT run. Install Chromium or set SLUICE_CHROMIUM to its path.';
  if (process.env.CI === 'true' && process.env.SLUICE_NO_BROWSER !== '1') throw new Error(notice);
  process.stderr.write(`\n${'!'.repeat(100)}\n${notice}\n${'!'.repeat(100)}\n\n`);
  return undefined;
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Look {
  readonly language?: 'en' | 'zh';
  readonly theme?: 'light' | 'dark' | 'system';
  readonly width?: number;
  readonly height?: number;
  /** For tools that bring code of their own onto the page. */
  readonly bypassCSP?: boolean;
}

/** A browser context that shows the console in one language and theme. */
export async function contextFor(browser: Browser, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    reducedMotion: 'reduce',
    bypassCSP: look.bypassCSP ?? false,
  });
  await context.addInitScript(
    ([language, theme]) => {
      if (!localStorage.getItem('sluice.language')) localStorage.setItem('sluice.language', language!);
      if (!localStorage.getItem('sluice.theme')) localStorage.setItem('sluice.theme', theme!);
    },
    [look.language ?? 'en', look.theme ?? 'light'],
  );
  return context;
}

/** Everything a page must not do: complain, break, or ask anybody but its own server. */
export function watchManners(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    // The browser itself logs every answer of 400 and above; the pages show those, and the tests expect them.
    if (message.text().startsWith('Failed to load resource')) return;
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(`foreign request: ${url}`);
  });
  return faults;
}

export async function signIn(page: Page, origin: string, name: string, password: string): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.locator('input[autocomplete=username]').fill(name);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL(/\/environments\//);
}

/** Presses Enter on the button that says `words`, once it has the focus and can be pressed: the keyboard's `click`. */
export async function enterOn(page: Page, words: string | RegExp): Promise<void> {
  await page.locator('button:focus:not([aria-disabled=true])', { hasText: words }).waitFor();
  await page.keyboard.press('Enter');
}

/** A page that is signed in and counts presses; what a page must not do is in `manners`. */
export async function countingPage(
  browser: Browser,
  origin: string,
  name: string,
  password: string,
): Promise<{ page: Page; manners: string[]; presses: () => Promise<number> }> {
  const context = await contextFor(browser);
  await context.addInitScript(
    "window.presses = 0; addEventListener('pointerdown', () => { window.presses++ }, true);",
  );
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const manners = watchManners(page, origin);
  await signIn(page, origin, name, password);
  return { page, manners, presses: () => page.evaluate('window.presses') };
}
