import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { BlockedErrorFilter, SluiceInterceptor, SluiceModule } from '@sluice/nest';
import { CallCounts } from '../process/call-counts.ts';
import { ProcessSettings } from '../process/process-settings.ts';
import { AccountsClient } from './accounts-client.ts';
import { BooksController } from './books.controller.ts';
import { Catalogue } from './catalogue.ts';
import { OrdersController } from './orders.controller.ts';
import { Orders } from './orders.ts';
import { CallsConfig } from './settings/calls-config.ts';
import { ShopConfig } from './settings/shop-config.ts';
import { StockClient } from './stock-client.ts';

const readSettings = (): ProcessSettings => new ProcessSettings('storefront', process.env);

@Module({
  imports: [
    SluiceModule.forRootAsync({ useFactory: () => readSettings().sluiceOptions() }),
    SluiceModule.forFeature([ShopConfig, CallsConfig]),
  ],
  controllers: [BooksController, OrdersController],
  providers: [
    // Every route is under rules; who is refused gets what the rule says.
    { provide: APP_INTERCEPTOR, useClass: SluiceInterceptor },
    { provide: APP_FILTER, useClass: BlockedErrorFilter },
    { provide: ProcessSettings, useFactory: readSettings },
    CallCounts,
    Catalogue,
    Orders,
    StockClient,
    AccountsClient,
  ],
})
export class StorefrontModule {}
