import type { Page } from 'playwright-core';

/** Measures within the page: when rows of a table first stand there, long tasks, and how long a key takes to its paint. */
export const watchPaints = `(() => {
  window.measured = { firstRowsMs: 0, longestTaskMs: 0, slowestInputMs: 0 };
  const told = (type, take, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  told('longtask', (entry) => { measured.longestTaskMs = Math.max(measured.longestTaskMs, entry.duration); });
  told('event', (entry) => {
    if (entry.name === 'input' || entry.name === 'keydown' || entry.name === 'keypress')
      measured.slowestInputMs = Math.max(measured.slowestInputMs, entry.duration);
  }, { durationThreshold: 16 });
  new MutationObserver(() => {
    if (measured.firstRowsMs === 0 && document.querySelectorAll('tbody tr').length > 5)
      requestAnimationFrame(() => { measured.firstRowsMs ||= performance.now(); });
  }).observe(document, { childList: true, subtree: true });
})()`;

export interface Measured {
  readonly firstRowsMs: number;
  readonly longestTaskMs: number;
  readonly slowestInputMs: number;
}

export const measured = (page: Page): Promise<Measured> => page.evaluate<Measured>('window.measured');

/** Forgets what was measured so far; entries that are on their way are waited for. */
export async function forget(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.evaluate('Object.assign(measured, { longestTaskMs: 0, slowestInputMs: 0 })');
}

/** Bytes of the heap that are in use, once all that nobody holds is gone. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** Speaks to the page in the place of the server, over its live connection. Call it before the page is opened. */
export async function liveVoice(page: Page): Promise<(update: object) => void> {
  let send: ((text: string) => void) | undefined;
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => socket.send(message));
    send = (text) => socket.send(text);
  });
  return (update) => {
    if (!send) throw new Error('the page has no live connection');
    send(`42/console,${JSON.stringify(['update', update])}`);
  };
}
