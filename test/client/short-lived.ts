// A program that reads one value and ends without closing its client.
import { createSluice, num } from '@sluice/client';

const sluice = createSluice({
  server: process.argv[2] ?? '',
  token: 't',
  environment: 'prod',
  app: 'order-api',
  cacheDir: process.argv[3] ?? false,
  logger: false,
});
const order = sluice.config('order', { timeoutMs: num(800) });
console.log(await sluice.ready({ timeoutMs: Number(process.argv[4] ?? 500) }), order.timeoutMs);
