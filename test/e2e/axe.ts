import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly html: string;
    readonly failureSummary: string;
  }[];
}

/**
 * What axe finds serious or critical on a page, one line a place. `colours`: only by the rules that look at colours,
 * which are all that another theme of the same page can break.
 */
export async function seriousFaults(page: Page, which: 'all' | 'colours' = 'all'): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(source);
  const violations = (await page.evaluate(`(() => {
    const isMeant = ({ tags }) => ${which === 'all'} || tags.includes('cat.color');
    const rules = axe.getRules(${JSON.stringify(levels)}).filter(isMeant).map(({ ruleId }) => ruleId);
    const options = { runOnly: { type: 'rule', values: rules }, resultTypes: ['violations'], preload: false };
    return axe.run(document, options).then((result) => result.violations);
  })()`)) as Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        (node) =>
          `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`,
      ),
    );
}
