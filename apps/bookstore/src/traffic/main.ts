import { BlockedError, bool, createSluice, num } from '@sluice/client';
import { CallCounts } from '../process/call-counts.ts';
import { CallFailed } from '../process/call-json.ts';
import { guardedFetch } from '../process/guarded-fetch.ts';
import { serveOwnReport } from '../process/own-report.ts';
import { Peers } from '../process/peers.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { stopOnSignal } from '../process/stop-on-signal.ts';
import { nextVisitMs } from './shoppers.ts';
import { visit } from './visit.ts';

/** A shop that is slow must not fill the memory of its visitors: more than these at once turn away at the door. */
const mostAtOnce = 200;

const settings = new ProcessSettings('traffic', process.env);
const sluice = createSluice(settings.sluiceOptions());
const shoppers = sluice.config('shoppers', {
  open: bool(true),
  visitsPerSec: num(6, { min: 0, max: 500 }),
  orderPercent: num(30, { min: 0, max: 100 }),
});
await sluice.ready({ timeoutMs: 3000 });

const counts = new CallCounts();
const storefronts = new Peers(settings.storefrontUrls);
const carry = guardedFetch(sluice, 'storefront');
let inside = 0;
let next: NodeJS.Timeout | undefined;

function letIn(): void {
  waitForNext();
  if (inside >= mostAtOnce) return;
  inside += 1;
  const plan = { address: storefronts.next(), orderPercent: shoppers.orderPercent, random: Math.random };
  visit({ ...plan, fetch: carry }, counts)
    .catch((error: unknown) => {
      if (!(error instanceof CallFailed || error instanceof BlockedError)) console.error(error);
    })
    .finally(() => {
      inside -= 1;
    });
}

function waitForNext(): void {
  clearTimeout(next);
  if (shoppers.open && shoppers.visitsPerSec > 0)
    next = setTimeout(letIn, nextVisitMs(shoppers.visitsPerSec, Math.random()));
}

shoppers.on('visitsPerSec', waitForNext);
shoppers.on('open', waitForNext);
waitForNext();
console.log(`${settings.instanceId} sends shoppers, with ${sluice.state} values`);
await serveOwnReport({
  settings,
  sluice,
  counts,
  values: () => ({ shoppers: shoppers.values() }),
});

stopOnSignal(async () => {
  clearTimeout(next);
  await sluice.close();
});
