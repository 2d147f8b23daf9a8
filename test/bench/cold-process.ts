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
const state = await sluice.ready({ timeoutMs: until === 'live' ? 5000 : 0 });
if (state !== until || config.key999 !== 999) throw new Error(`started as ${state} with ${config.key999}`);
console.log(JSON.stringify({ ms: performance.now() - started }));
await sluice.close();
