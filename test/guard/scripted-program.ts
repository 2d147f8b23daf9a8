// An instance whose calls ask the scripts of its rules, all the time; each call has the tag that it is told.
import { createSluice } from '@sluice/client';

const [server, token, instanceId, loops] = process.argv.slice(2) as [string, string, string, string];
const sluice = createSluice({
  server,
  token,
  environment: 'prod',
  app: 'shop',
  instanceId,
  cacheDir: false,
  logger: false,
});
const charge = sluice.protect('pay.charge', async () => 'paid', { inputs: () => ({ tags: { loops } }) });

await sluice.ready({ timeoutMs: 20_000 });
process.send?.('ready');
setInterval(() => void charge().catch(() => undefined), 20);
process.on('disconnect', () => process.exit(0));
