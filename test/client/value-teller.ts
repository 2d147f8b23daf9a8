// A program that tells each value of `order.timeoutMs` with the time at which it saw it, until it is killed.
import { createSluice, num } from '@sluice/client';

const sluice = createSluice({
  server: process.argv[2] ?? '',
  token: 't',
  environment: 'prod',
  app: 'order-api',
  instanceId: 'order-0',
  cacheDir: process.argv[3] ?? false,
  logger: false,
});
const order = sluice.config('order', { timeoutMs: num(1) });
const tell = (): void => console.log(`${order.timeoutMs} ${Date.now()}`);
order.on('timeoutMs', tell);
setInterval(() => undefined, 1000); // the client alone keeps no program alive
