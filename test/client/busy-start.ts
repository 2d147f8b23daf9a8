// A program that has much to do when it starts, as frameworks do, and says who its client is and what it reads.
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
while (sluice.instanceId === undefined) {
  const untilMs = performance.now() + 100;
  while (performance.now() < untilMs);
  await new Promise(setImmediate);
}
console.log(sluice.instanceId, await sluice.ready({ timeoutMs: Number(process.argv[4]) }), order.timeoutMs);
await sluice.close();
