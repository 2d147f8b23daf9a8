// An application that calls all the time, and tells when its calls are broken, and its own record of why.
import { createSluice } from '@sluice/client';

const sluice = createSluice({
  server: process.argv[2]!,
  token: 't',
  environment: 'prod',
  app: 'order-api',
  instanceId: 'order-0',
  cacheDir: false,
  logger: false,
});
const pay = sluice.protect('pay', async () => 'paid');
const stuck = sluice.protect('stuck', async () => 'there');
let [isBroken, lastBrokenAt, freedAt] = [false, 0, 0];
setInterval(async () => {
  const broken = await pay().then(
    () => false,
    () => true,
  );
  if (broken) lastBrokenAt = Date.now();
  if (broken && !isBroken) {
    console.log(JSON.stringify({ broken: true }));
    stuck().catch(() => {
      freedAt = Date.now();
    });
  }
  if (isBroken && !broken) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    console.log(JSON.stringify({ lastBrokenAt, freedAt, now: Date.now(), drills: sluice.guarding().drills }));
  }
  isBroken = broken;
}, 5);
