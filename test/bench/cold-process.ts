import { createSluice, num } from '@sluice/client';

/** One start of an application, timed from inside. */
const { until, ...options } = JSON.parse(process.argv[2]!) as {
  until: 'live' | 'snapshot';
  server: string;
  token: string;
  environment: string;
  app: string;
  cacheDir: string;
};
const started = performance.now();
const sluice = createSluice({ ...options, logger: false });
const config = sluice.config('order', { key999: num(-1) });
if (until === 'live') await sluice.ready({ timeoutMs: 10_000 });
else if (sluice.state !== until) await new Promise<void>((resolve) => sluice.on('state', () => resolve()));
const { state } = sluice;
if (state !== until || config.key999 !== 999) throw new Error(`started as ${state} with ${config.key999}`);
console.log(JSON.stringify({ ms: performance.now() - started }));
await sluice.close();
