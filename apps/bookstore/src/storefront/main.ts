import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Sluice } from '@sluice/client';
import { SLUICE } from '@sluice/nest';
import { CallCounts } from '../process/call-counts.ts';
import { serveOwnReport } from '../process/own-report.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { stopOnSignal } from '../process/stop-on-signal.ts';
import { Catalogue } from './catalogue.ts';
import { CallsConfig } from './settings/calls-config.ts';
import { ShopConfig } from './settings/shop-config.ts';
import { StorefrontModule } from './storefront.module.ts';

const app = await NestFactory.create(StorefrontModule, { forceCloseConnections: true });
const settings = app.get(ProcessSettings);
const sluice = app.get<Sluice>(SLUICE);
await app.listen(settings.port, '127.0.0.1');
new Logger('storefront').log(`${settings.instanceId} is open, with ${sluice.state} values`);

const [shop, calls, catalogue] = [app.get(ShopConfig), app.get(CallsConfig), app.get(Catalogue)];
await serveOwnReport({
  settings,
  sluice,
  counts: app.get(CallCounts),
  values: () => ({
    shop: { ...shop },
    calls: { ...calls },
    banner: catalogue.banner,
    catalogue: catalogue.books,
  }),
});

stopOnSignal(() => app.close());
