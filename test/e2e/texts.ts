import { contracts } from '@sluice/protocol';
import type { Page } from 'playwright-core';

/** Words of the interface that are the same in both languages, and what people and programs have named. */
const spoken =
  /^(Sluice|English|中文|Live|JSON|YAML|TypeScript|JavaScript|Node\.js|NestJS|Express|Fastify|CLI|API|ID|IP|SDK|QPS|RT|p50|p90|p99|ms|KiB|MiB|Ctrl|Shift|Enter|Esc|Tab)$/;

interface Shown {
  readonly text: string;
  readonly where: string;
}

/** Texts that a reader of the page sees, without what is code, what people typed, and what is said in another language. */
const shownTexts = `(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement;
    const text = node.textContent.trim();
    if (!text || !at || at.closest('script,style,code,pre,kbd,.mono,.cm-editor,[lang]:not(html),textarea,option')) continue;
    found.push({ text, where: at.tagName.toLowerCase() + (at.className && typeof at.className === 'string' ? '.' + at.className.split(' ')[0] : '') });
  }
  for (const at of document.querySelectorAll('[aria-label],[title],[placeholder]'))
    for (const name of ['aria-label', 'title', 'placeholder']) {
      const text = at.getAttribute(name)?.trim();
      if (text && !at.closest('.cm-editor,[lang]:not(html)')) found.push({ text, where: name });
    }
  return found;
})()`;

/** What on this page is not in its language, or is the name of a text instead of the text. */
export async function untranslated(
  page: Page,
  language: 'en' | 'zh',
  named: ReadonlySet<string>,
): Promise<string[]> {
  const shown = (await page.evaluate(shownTexts)) as Shown[];
  return [
    ...new Set(
      shown
        .filter(({ text }) => isOdd(text, language, named))
        .map(({ text, where }) => `${where}: ${text.slice(0, 100)}`),
    ),
  ];
}

/** What programs make: digests, ids, versions of packages, names of browsers. */
const made = /Mozilla\/.*|\w+ \d+ · \w+|[0-9a-f-]{16,}|@?[\w/-]+ \d+\.\d+\.\d+/g;
const operations = new Set(Object.keys(contracts));

function isOdd(text: string, language: 'en' | 'zh', named: ReadonlySet<string>): boolean {
  if (/\bundefined\b|\[object |\bNaN\b|\bInvalid Date\b/.test(text)) return true;
  // The name of a text: `overview.steps.title`.
  if (/^[a-z][A-Za-z]+(\.[a-z][A-Za-z]+)+$/.test(text) && !named.has(text)) return true;
  if (language === 'en') return /[\u3400-\u9fff\uff01-\uff5e]/.test(text) && !/^(中文)$/.test(text);
  if (/[\u3400-\u9fff]/.test(text)) return false;
  // Words in Latin letters that nobody has named: two or more of them are a sentence of the other language.
  const words = text
    .replaceAll(made, ' ')
    .split(/[^A-Za-z.'’-]+/)
    .filter((word) => /^[A-Za-z][a-z’']+$/.test(word) && !spoken.test(word) && !named.has(word));
  return words.length >= 2 && !operations.has(text) && !named.has(text);
}
