import { createSluice, num } from '@sluice/client';
import { guardExpress } from '@sluice/client/express';
import type { RequestHandler } from 'express';
import { CallCounts } from '../process/call-counts.ts';
import { serveOwnReport } from '../process/own-report.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { stopOnSignal } from '../process/stop-on-signal.ts';
import { stockApp } from './routes.ts';
import { Shelf } from './shelf.ts';

const settings = new ProcessSettings('stock', process.env);
const sluice = createSluice(settings.sluiceOptions());
const warehouse = sluice.config('warehouse', {
  shelfSize: num(40, { min: 0, max: 10_000, integer: true }),
  restockEverySec: num(30, { min: 1, max: 86_400 }),
  maxPerOrder: num(5, { min: 1, max: 100, integer: true }),
  holdSec: num(120, { min: 1, max: 3600 }),
  lookMs: num(20, { min: 0, max: 10_000 }),
});
await sluice.ready({ timeoutMs: 3000 });

const shelf = new Shelf();
const holds = setInterval(() => shelf.endHolds(Date.now()), 1000);

let delivery = setTimeout(restock, warehouse.restockEverySec * 1000);
function restock(): void {
  shelf.restock(warehouse);
  delivery = setTimeout(restock, warehouse.restockEverySec * 1000);
}
// A shorter interval counts from now, not only after the delivery that is already on its way.
warehouse.on('restockEverySec', (everySec, previousSec) => {
  console.log(`deliveries every ${everySec} s, before every ${previousSec} s`);
  clearTimeout(delivery);
  delivery = setTimeout(restock, everySec * 1000);
});

const guard = guardExpress(sluice) as unknown as RequestHandler;
const app = stockApp(shelf, warehouse, Date.now, guard);
const server = app.listen(settings.port, '127.0.0.1', (error?: Error) => {
  if (error) throw error;
  console.log(`${settings.instanceId} is open, with ${sluice.state} values`);
});
await serveOwnReport({
  settings,
  sluice,
  counts: new CallCounts(),
  values: () => ({ warehouse: warehouse.values() }),
});

stopOnSignal(async () => {
  clearInterval(holds);
  clearTimeout(delivery);
  await new Promise((closed) => server.close(closed));
  await sluice.close();
});
