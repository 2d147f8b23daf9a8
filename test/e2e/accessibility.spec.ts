import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { Browser, Page } from 'playwright-core';
import { FleetProcess } from '../support/fleet-process.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { halfStory, ToldStory } from '../support/told-story.ts';
import { seriousFaults } from './axe.ts';
import { browserOrNotice, contextFor, launch, signIn, watchManners } from './browser.ts';
import { declaredPages } from './routes.ts';
import { settling } from './settled.ts';
import { untranslated } from './texts.ts';

const chromium = browserOrNotice();
const name = 'ada';
const password = 'a long enough password';

const books = 'GET /books/:id';
/** Pages that are looked at at the same time: while one waits for its server, another is examined. */
const readers = 3;

/** A draft of the signed-in user, so that there is something to publish. */
const draftOf = (url: string, page: Page): Promise<unknown> =>
  page.evaluate(
    async ([at]) => {
      const { etag } = (await (await fetch(at!)).json()) as { etag: string };
      const known = (await (await fetch(`${at}/draft`)).json()) as { draft?: { etag: string } };
      const content = {
        kind: 'map',
        items: { timeoutMs: { type: 'number', value: 900 }, retries: { type: 'number', value: 4 } },
      };
      const headers = {
        'content-type': 'application/json',
        'x-sluice': '1',
        'if-match': known.draft?.etag ?? etag,
      };
      const saved = await fetch(`${at}/draft`, { method: 'PUT', headers, body: JSON.stringify({ content }) });
      return saved.json();
    },
    [`${url}/api/v1/environments/prod/apps/shop/namespaces/order`],
  );

(chromium ? describe : describe.skip)('every page of the console', () => {
  let server: ServerProcess;
  let fleet: FleetProcess;
  let guarded: GuardedFleet;
  let browser: Browser;
  /** By the pattern of the router: the addresses under which it is looked at. */
  let addresses: Readonly<Record<string, readonly string[]>>;
  const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-axe-'));
  /** What people and programs have named, which no language translates. */
  const named = new Set<string>();

  beforeAll(async () => {
    server = await ServerProcess.start({ SLUICE_DEMO: '1' });
    new ToldStory(server).tell(halfStory);
    await server.setUp();
    const { admin } = server;
    const token = await server.clientToken('shop');
    const params = { env: 'prod', app: 'shop' };
    await admin.call(contracts.createUser, {
      body: { name, password, grants: [{ role: 'admin', environment: '*', app: '*' }] },
    });
    const made = await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'order', kind: 'map' },
    });
    await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'menu', kind: 'document', format: 'json' },
    });
    const guards = await admin.call(contracts.createNamespace, {
      params,
      body: { name: 'guards', kind: 'rules' },
    });
    fleet = await FleetProcess.start({ server: server.url, token, cacheDir, ids: ['shop-1', 'shop-2'] });
    guarded = await GuardedFleet.start({
      ...{
        server: server.url,
        token: await server.clientToken('till'),
        cacheDir,
        ids: ['till-1'],
        app: 'till',
      },
      resources: { [books]: 20 },
    });
    let ifMatch = made.etag;
    let push = '';
    for (const value of [800, 900]) {
      const released = await admin.call(contracts.publish, {
        params: { ...params, ns: 'order' },
        body: { changes: { set: { timeoutMs: { type: 'number', value } } }, message: `Now ${value}` },
        ifMatch,
      });
      ifMatch = released.etag;
      push = released.push.id;
    }
    const rule = {
      ...{ kind: 'limit', mode: 'monitor', algorithm: 'tokenBucket', limit: 9, intervalMs: 1000 },
      resource: { match: 'exact', value: books },
    };
    await admin.call(contracts.publish, {
      params: { ...params, ns: 'guards' },
      body: { content: { kind: 'rules', items: { 'books-limit': rule } } } as never,
      ifMatch: guards.etag,
    });
    await admin.call(contracts.createGroup, { params, body: { name: 'all', selector: '!early' } });
    const gray = await admin.call(contracts.startPush, {
      params,
      body: {
        changes: [
          {
            namespace: 'order',
            base: (await admin.call(contracts.getNamespace, { params: { ...params, ns: 'order' } })).revision,
            changes: { set: { timeoutMs: { type: 'number', value: 950 } }, remove: [] },
          },
        ],
        target: { mode: 'gray', audience: { by: 'percent', steps: [50, 100] } },
        expiresInMs: 3_600_000,
      },
    });
    await admin.call(contracts.setKill, {
      params: { env: 'prod' },
      body: { app: 'shop', monitorOnly: true, reason: 'try-out' },
    });
    await admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { protected: true } });
    browser = await launch(chromium!);
    const env = '/environments/prod';
    const app = `${env}/apps/shop`;
    const publish = `${app}/publish?ns=order`;
    const check = { metric: 'errorRatio', resource: books, type: 'web', atMost: 0.5, windowS: 10 } as const;
    const drill = await admin.call(contracts.createDrill, {
      params: { env: 'prod', app: 'till' },
      body: {
        definition: {
          title: 'shop',
          hypothesis: 'shop',
          deadlineMs: 60_000,
          faults: {
            slow: {
              resource: { match: 'exact', value: books, type: 'web' },
              share: 0.5,
              fault: 'delay',
              delay: { distribution: 'fixed', ms: 100 },
            },
          },
          targets: { by: 'all' },
          steadyState: [check],
          guards: [check],
        },
      },
    });
    addresses = {
      '/': ['/'],
      '/setup': ['/setup'],
      '/story': ['/story'],
      '/login': ['/login'],
      '/environments/$env': [env],
      '/environments/$env/apps': [`${env}/apps`],
      '/environments/$env/changes': [`${env}/changes`],
      '/environments/$env/incident': [`${env}/incident`, `${env}/incident?at=2026-01-01T00:00:00.000Z`],
      '/environments/$env/alerts': ['', '?view=conditions', '?view=webhooks'].map((q) => `${env}/alerts${q}`),
      '/environments/$env/apps/$app/drills': [`${env}/apps/till/drills`],
      '/environments/$env/apps/$app/drills/new': [`${env}/apps/till/drills/new?of=${drill.drillId}`],
      '/environments/$env/apps/$app/drills/$drill': [`${env}/apps/till/drills/${drill.drillId}`],
      '/environments/$env/apps/$app': [app],
      '/environments/$env/apps/$app/instances': [`${app}/instances`, `${app}/instances?state=atRisk`],
      '/environments/$env/apps/$app/pushes': [`${app}/pushes`, `${app}/pushes?state=open`],
      '/environments/$env/apps/$app/groups': [`${app}/groups`, `${app}/groups?edit=all`],
      '/environments/$env/apps/$app/resources': [`${env}/apps/till/resources`],
      '/environments/$env/apps/$app/connect': [`${app}/connect`],
      '/environments/$env/apps/$app/instances/$instance': [
        `${app}/instances/shop-1`,
        `${app}/instances/shop-1?ns=order&key=timeoutMs&set=1`,
      ],
      '/environments/$env/apps/$app/resource': [
        `${env}/apps/till/resource?name=${encodeURIComponent(books)}&type=web`,
      ],
      '/environments/$env/apps/$app/pushes/$push': [`${app}/pushes/${push}`, `${app}/pushes/${gray.id}`],
      '/environments/$env/apps/$app/publish': [
        ...['change', 'target', 'guard', 'confirm'].map(
          (step) => `${publish}&step=${step}&mode=gray&by=labels&select=%21canary`,
        ),
        `${publish}&step=target&mode=gray&by=instances&ids=shop-1,nobody`,
        `${publish}&step=target&mode=group&group=all`,
        `${publish}&step=confirm&mode=global`,
      ],
      '/environments/$env/apps/$app/namespaces/$ns': ['order', 'menu', 'guards'].map(
        (ns) => `${app}/namespaces/${ns}`,
      ),
      '/environments/$env/apps/$app/namespaces/$ns/history': [`${app}/namespaces/order/history?release=1`],
      '/environments/$env/apps/$app/namespaces/$ns/settings': [`${app}/namespaces/order/settings`],
      ...Object.fromEntries(
        ['users', 'roles', 'tokens', 'sessions', 'environments', 'nodes', 'audit'].map((tab) => [
          `/admin/${tab}`,
          [`/admin/${tab}`],
        ]),
      ),
    };
    const example = 'zone in (a,b), version=2.3';
    for (const word of [
      example,
      'order.timeoutMs',
      'prod',
      'shop',
      'till',
      'order',
      'menu',
      'guards',
      'timeoutMs',
      books,
      name,
      'admin',
    ])
      named.add(word);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await fleet?.kill();
    await guarded?.kill();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it('has its row here', () => {
    expect(Object.keys(addresses).sort()).toEqual(declaredPages());
  });

  /** Somebody who reads the console in a language, and what is wrong with what he sees. */
  const readerIn = async (language: 'en' | 'zh') => {
    const context = await contextFor(browser, { language, theme: 'system', bypassCSP: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const faults = watchManners(page, server.url);
    const settled = settling(page);
    await signIn(page, server.url, name, password);
    const check = async (where: string): Promise<void> => {
      await settled();
      // The theme that the page before it was left in comes first.
      const inUse = await page.evaluate<string>('document.documentElement.dataset.theme');
      for (const colorScheme of inUse === 'dark'
        ? (['dark', 'light'] as const)
        : (['light', 'dark'] as const)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.waitForFunction(`document.documentElement.dataset.theme === '${colorScheme}'`);
        const found = await seriousFaults(page, colorScheme === inUse ? 'all' : 'colours');
        faults.push(...found.map((fault) => `${where} ${colorScheme} ${fault}`));
      }
      faults.push(...(await untranslated(page, language, named)).map((text) => `${where} says ${text}`));
      const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (width > 0) faults.push(`${where} is ${width} px wider than the window`);
    };
    return { context, page, faults, check };
  };

  it.each(['en', 'zh'] as const)(
    'is sound in %s: nothing that axe calls serious, light and dark, no complaint, no foreign word',
    async (language) => {
      const paths = [...Object.values(addresses).flat(), '/no/such/page'];
      const walkers = await Promise.all(Array.from({ length: readers }, () => readerIn(language)));
      await draftOf(server.url, walkers[0]!.page);
      const titles = new Set<string>();
      await Promise.all(
        walkers.map(async ({ context, page, check }) => {
          for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
            // As a link inside the console leads there: the program stays, only the page is another one.
            await page.evaluate(`history.pushState(null, '', '${path}')`);
            await check(path);
            titles.add(await page.title());
          }
          await context.close();
        }),
      );
      // They were led to pages indeed.
      expect(titles.size).toBeGreaterThan(15);
      expect(walkers.flatMap(({ faults }) => faults)).toEqual([]);
    },
    240_000,
  );

  it.each(['en', 'zh'] as const)(
    'is sound in %s with an item, the rollback, the palette and the kill switch open',
    async (language) => {
      const { context, page, faults, check } = await readerIn(language);
      await page.goto(`${server.url}/environments/prod/apps/shop/namespaces/order`);
      await page
        .getByRole('button', { name: /timeoutMs/ })
        .last()
        .click();
      await check('an open item');
      await page.locator('.ant-btn-dangerous').first().click();
      await page.getByRole('dialog').waitFor();
      await check('the rollback panel');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.keyboard.press('Control+k');
      await page.locator('[aria-controls=palette-goals]').waitFor();
      await check('the palette');
      await page.keyboard.press('Escape');
      await page.locator('[aria-controls=palette-goals]').waitFor({ state: 'hidden' });
      await page.keyboard.press('Shift+K');
      await page.getByRole('dialog').waitFor();
      await check('the kill switch');
      await context.close();
      expect(faults).toEqual([]);
    },
    120_000,
  );
});
