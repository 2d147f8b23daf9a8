import { Global, Module } from '@nestjs/common';
import { AppsService } from './apps.service.ts';
import { CatalogController } from './catalog.controller.ts';
import { CatalogRead } from './catalog.read.ts';
import { EnvironmentsService } from './environments.service.ts';

/** What exists: environments and apps. */
@Global()
@Module({
  controllers: [CatalogController],
  providers: [CatalogRead, EnvironmentsService, AppsService],
  exports: [CatalogRead],
})
export class CatalogModule {}
