import type { Page, Request } from 'playwright-core';

/** Resolves once the page has a heading, says of nothing that it is loading, and stood still for a moment. */
const standsStill = `new Promise((resolve) => {
  const quietMs = 100, givesUpAfterMs = 3000;
  const begun = performance.now();
  const isLoading = () =>
    !document.querySelector('h1, h2') || document.querySelector('[class*=loading][role=status], [aria-busy=true]');
  let timer;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A plan that the server refuses stays busy.
      if (isLoading() && performance.now() - begun < givesUpAfterMs) return look();
      watch.disconnect();
      resolve();
    }, quietMs);
  };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
})`;

/** Watches from now on what a page asks for; what is returned waits until all of it is answered and shown. */
export function settling(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) open.clear();
    open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return async () => {
    const until = Date.now() + 15_000;
    do {
      await page.evaluate(standsStill);
      if (Date.now() > until)
        throw new Error(`${page.url()} still waits for ${[...open].map((request) => request.url())}`);
    } while (open.size > 0);
  };
}
