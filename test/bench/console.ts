import { gzipSync } from 'node:zlib';
import { contracts, type PushInstance } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { browserOrNotice, contextFor, launch, signIn } from '../e2e/browser.ts';
import { ServerProcess } from '../support/server-process.ts';
import { forget, heapBytes, liveVoice, measured, watchPaints } from './console-page.ts';
import type { BenchOptions } from './options.ts';
import { type BenchLine, within } from './report.ts';

const name = 'ada';
const password = 'a long enough password';
const many = 10_000;
const app = '/environments/prod/apps/shop';
const idOf = (i: number): string => `shop-${String(i).padStart(5, '0')}`;
const place = { environment: 'prod', app: 'shop' };

/**
 * How fast the console is, in a real browser on a real server whose long lists are made up. `--rounds` are minutes of
 * live charts, fed twenty times as fast as they pass: 2 unless asked, 30 for the long form.
 */
export async function console({ instances = many, rounds = 2 }: BenchOptions): Promise<BenchLine[]> {
  const chromium = browserOrNotice();
  if (!chromium) throw new Error('there is no browser to measure in');
  const server = await ServerProcess.start();
  const browser = await launch(chromium);
  try {
    await server.setUp();
    await server.clientToken('shop');
    await server.admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    return [
      await firstRoute(browser, server.url),
      ...(await longList(browser, server.url, instances)),
      await movingGrid(browser, server, instances),
      ...(await liveCharts(browser, server.url, rounds)),
    ];
  } finally {
    await browser.close();
    await server.remove();
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await contextFor(browser, { bypassCSP: true })).newPage();
  await page.addInitScript(watchPaints);
  await signIn(page, url, name, password);
  return page;
}

async function firstRoute(browser: Browser, url: string): Promise<BenchLine> {
  const page = await (await contextFor(browser)).newPage();
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js'))
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  await signIn(page, url, name, password);
  await page.waitForLoadState('networkidle');
  const bytes = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
  await page.context().close();
  return within({
    name: 'JavaScript up to the overview, gzip',
    ours: bytes / 1024,
    unit: 'KiB',
    bound: 320,
    better: 'lower',
  });
}

async function longList(browser: Browser, url: string, count: number): Promise<BenchLine[]> {
  const page = await openPage(browser, url);
  const moment = new Date().toISOString();
  const items = Array.from({ length: count }, (_, i) => ({
    ...{ instanceId: idOf(i), ...place, online: i % 10 !== 0, labels: { zone: i % 2 ? 'a' : 'b' } },
    ...{ sdk: '@sluice/client 0.1.0', inSync: true, conflict: false, cache: 'ok', revision: 9 },
    ...{ startedAt: moment, lastSeenAt: moment },
  }));
  await page.route('**/apps/shop/instances', (route) =>
    route.request().resourceType() === 'fetch' ? route.fulfill({ json: { items } }) : route.fallback(),
  );
  await page.goto(`${url}${app}/instances`);
  await page.getByText(`${count} instances`).waitFor();
  await page.waitForFunction('measured.firstRowsMs > 0');
  const { firstRowsMs } = await measured(page);
  const dataMs = await page.evaluate<number>(
    "performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/apps/shop/instances'))[0].responseEnd",
  );
  const rows = await page.locator('tbody tr').count();
  await forget(page);
  await page.getByLabel('Filter instances').pressSequentially('zone=b shop-000', { delay: 80 });
  await page.waitForTimeout(500);
  const { slowestInputMs } = await measured(page);
  await page.context().close();
  return [
    bound('first rows of the list after its data', firstRowsMs - dataMs, 'ms', 300),
    bound('rows of the list in the document', rows, 'rows', 60),
    bound('slowest key in its filter until it is painted', slowestInputMs, 'ms', 100),
  ];
}

async function movingGrid(browser: Browser, server: ServerProcess, count: number): Promise<BenchLine> {
  const params = { env: 'prod', app: 'shop' };
  const made = await server.admin.call(contracts.createNamespace, {
    params,
    body: { name: 'order', kind: 'map' },
  });
  const { push } = await server.admin.call(contracts.publish, {
    params: { ...params, ns: 'order' },
    body: { changes: { set: { timeoutMs: { type: 'number', value: 1 } } } },
    ifMatch: made.etag,
  });
  const page = await openPage(browser, server.url);
  const say = await liveVoice(page);
  const cell = (i: number, state: PushInstance['state']): PushInstance => ({
    ...{ instanceId: idOf(i), state, ms: 12, at: new Date().toISOString() },
  });
  const items = Array.from({ length: count }, (_, i) => cell(i, 'pending'));
  await page.route(`**/pushes/${push.id}/instances`, (route) => route.fulfill({ json: { items } }));
  await page.goto(`${server.url}${app}/pushes/${push.id}`);
  await page.locator('[data-state=pending]').first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await forget(page);
  const turns = 20;
  for (let turn = 0; turn < turns; turn++) {
    const at = new Date().toISOString();
    const pushInstances = Array.from({ length: count / turns }, (_, i) => cell(i * turns + turn, 'applied'));
    // Whoever reads them all again finds them as they were told.
    for (const [i, each] of pushInstances.entries()) items[i * turns + turn] = each;
    say({ topic: { of: 'push', ...place, push: push.id }, pushInstances, at });
    await page.waitForTimeout(250);
  }
  await page.waitForFunction("document.querySelectorAll('[data-state=pending]').length === 0");
  const { longestTaskMs } = await measured(page);
  await page.context().close();
  return bound(`longest task while ${count} cells change in 5 s`, longestTaskMs, 'ms', 100);
}

/** Charts of one resource, told a second of calls at a time. */
async function liveCharts(browser: Browser, url: string, minutes: number): Promise<BenchLine[]> {
  const page = await openPage(browser, url);
  const say = await liveVoice(page);
  const begunMs = Math.floor(Date.now() / 1000) * 1000;
  const pointAt = (sec: number, n = Math.abs(sec)) => ({
    ...{
      at: new Date(begunMs + sec * 1000).toISOString(),
      passed: 100 + (n % 17),
      blocked: { limited: n % 3 },
    },
    ...{ wouldBlock: n % 5, success: 100, errors: n % 2, degraded: 0, injected: 0, active: 3 },
    ...{ p50Ms: 4, p90Ms: 9, p99Ms: 20 + (n % 9), instances: 4, lost: 0, opened: 0 },
  });
  const of = { resource: 'GET /a', type: 'web' as const };
  const known = { ...of, firstSeenAt: pointAt(0).at, lastSeenAt: pointAt(0).at, breakers: [] };
  await page.route(
    (address) => decodeURIComponent(address.pathname).endsWith('/resources/GET /a'),
    (route) => route.fulfill({ json: { ...known, instances: [], rules: [] } }),
  );
  await page.route(
    (address) => decodeURIComponent(address.pathname).endsWith('/resources/GET /a/traffic'),
    (route) =>
      route.fulfill({
        json: {
          ...of,
          ...{ from: pointAt(-300).at, to: pointAt(0).at, stepMs: 1000, markers: [] },
          points: Array.from({ length: 300 }, (_, i) => pointAt(i - 300)),
        },
      }),
  );
  await page.goto(`${url}${app}/resource?name=${encodeURIComponent(of.resource)}&type=web&span=5m`);
  await page.locator('canvas').first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  const tell = async (fromSec: number, toSec: number): Promise<void> => {
    for (let sec = fromSec; sec < toSec; sec++) {
      const traffic = [{ ...of, points: [pointAt(sec)], breakers: [] }];
      say({ topic: { of: 'traffic', ...place, ...of }, traffic, at: pointAt(sec).at });
      await page.waitForTimeout(50);
    }
  };
  await tell(1, 60);
  const before = await heapBytes(page);
  await forget(page);
  await tell(60, 60 + minutes * 60);
  const grown = (await heapBytes(page)) - before;
  const { longestTaskMs } = await measured(page);
  await page.context().close();
  return [
    bound(`heap that ${minutes} minutes of live charts add`, Math.max(0, grown) / 1_048_576, 'MiB', 10),
    bound('longest task while they are told', longestTaskMs, 'ms', 100),
  ];
}

const bound = (what: string, ours: number, unit: string, most: number): BenchLine =>
  within({ name: what, ours, unit, bound: most, better: 'lower' });
