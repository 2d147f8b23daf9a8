import * as grpc from '@grpc/grpc-js';
import { createSluice, num } from '@sluice/client';
import { guardGrpcServer } from '@sluice/client/grpc';
import { CallCounts } from '../process/call-counts.ts';
import { serveOwnReport } from '../process/own-report.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { stopOnSignal } from '../process/stop-on-signal.ts';
import { accountsService } from './accounts-api.ts';
import { accountsHandlers } from './handlers.ts';
import { Ledger } from './ledger.ts';

const settings = new ProcessSettings('accounts', process.env);
const sluice = createSluice(settings.sluiceOptions());
const billing = sluice.config('billing', {
  allowanceCents: num(50_000, { min: 0, max: 10_000_000, integer: true }),
  allowanceEverySec: num(300, { min: 1, max: 86_400 }),
  maxChargeCents: num(20_000, { min: 1, max: 1_000_000, integer: true }),
  settlementMs: num(8, { min: 0, max: 10_000 }),
});
await sluice.ready({ timeoutMs: 3000 });

const server = new grpc.Server({ interceptors: [guardGrpcServer(sluice, grpc)] });
server.addService(accountsService, { ...accountsHandlers(new Ledger(), billing, Date.now) });
await new Promise<void>((bound, failed) =>
  server.bindAsync(`127.0.0.1:${settings.port}`, grpc.ServerCredentials.createInsecure(), (error) =>
    error ? failed(error) : bound(),
  ),
);
console.log(`${settings.instanceId} is open, with ${sluice.state} values`);
await serveOwnReport({
  settings,
  sluice,
  counts: new CallCounts(),
  values: () => ({ billing: billing.values() }),
});

stopOnSignal(async () => {
  await new Promise<void>((closed) => server.tryShutdown(() => closed()));
  await sluice.close();
});
