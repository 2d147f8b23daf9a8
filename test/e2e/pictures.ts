import type { Page } from 'playwright-core';
import type { DemoPlace } from './demo-for-pictures.ts';

/** One page of the console as it is photographed. */
export interface Picture {
  readonly name: string;
  readonly path: string;
  /** The theme in which it stands in the README. */
  readonly kept?: 'light' | 'dark';
  readonly act?: (page: Page) => Promise<void>;
}

const charts = async (page: Page): Promise<void> => {
  await page.locator('canvas').first().waitFor();
  // The mouse shows what a moment of the chart holds.
  await page.mouse.move(700, 420);
};
/** Brings what the picture is about to the top. */
const toTop =
  (selector: string) =>
  async (page: Page): Promise<void> => {
    const at = page.locator(selector).first();
    await at.waitFor();
    // What stands below comes later, and before it there is no room to scroll.
    await page.waitForTimeout(1000);
    await at.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  };
const dialog = (page: Page) => page.getByRole('dialog').waitFor();

/** Every page, in the order in which somebody would come by. */
export function picturesOf({ env, gray, member, draftOf }: DemoPlace): readonly Picture[] {
  const home = `/environments/${env}`;
  const app = `${home}/apps/storefront`;
  const resource = `${app}/resource?name=${encodeURIComponent('GET /books')}&type=web`;
  return [
    { name: 'overview', path: home, kept: 'light' },
    { name: 'apps', path: `${home}/apps` },
    { name: 'changes', path: `${home}/changes` },
    { name: 'incident', path: `${home}/incident` },
    { name: 'alerts', path: `${home}/alerts` },
    { name: 'story', path: '/story' },
    { name: 'app', path: app },
    { name: 'instances', path: `${app}/instances` },
    {
      name: 'ladder',
      path: `${app}/instances/${member}?ns=shop&key=discountPercent`,
      kept: 'light',
      act: (page) =>
        page
          .locator('h2', { hasText: /Why|为什么/ })
          .last()
          .scrollIntoViewIfNeeded(),
    },
    { name: 'pushes', path: `${app}/pushes` },
    {
      name: 'push',
      path: `${app}/pushes/${gray}`,
      kept: 'light',
      act: toTop('section:has([data-instance])'),
    },
    { name: 'groups', path: `${app}/groups` },
    { name: 'connect', path: `${app}/connect` },
    { name: 'values', path: `${app}/namespaces/${draftOf}` },
    { name: 'document', path: `${app}/namespaces/catalogue` },
    { name: 'rules', path: `${app}/namespaces/protection` },
    { name: 'history', path: `${app}/namespaces/shop/history?release=2` },
    { name: 'settings', path: `${app}/namespaces/shop/settings` },
    { name: 'wizard-target', path: `${app}/publish?ns=${draftOf}&step=target&mode=gray&steps=50,100` },
    {
      name: 'plan',
      path: `${app}/publish?ns=${draftOf}&step=confirm&mode=gray&steps=50,100`,
      kept: 'light',
      act: toTop('section:has(td)'),
    },
    { name: 'resources', path: `${app}/resources` },
    { name: 'resource', path: `${resource}&span=5m`, kept: 'dark', act: charts },
    {
      name: 'prediction',
      path: resource,
      kept: 'light',
      act: async (page) => {
        await page.locator('a[href*="rule=browsePace"]').first().click();
        await dialog(page);
        await page.getByRole('dialog').locator('svg, canvas').first().waitFor();
      },
    },
    {
      name: 'kill',
      path: home,
      kept: 'light',
      act: async (page) => {
        await page.keyboard.press('Shift+K');
        await dialog(page);
      },
    },
    {
      name: 'palette',
      path: home,
      act: async (page) => {
        await page.keyboard.press('Control+k');
        await page.locator('[aria-controls=palette-goals]').fill('st');
      },
    },
    ...['users', 'roles', 'tokens', 'sessions', 'environments', 'nodes', 'audit'].map((tab) => ({
      name: `admin-${tab}`,
      path: `/admin/${tab}`,
    })),
  ];
}
