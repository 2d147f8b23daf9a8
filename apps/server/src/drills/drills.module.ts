import { Global, Module } from '@nestjs/common';
import { DrillStore } from './drill.store.ts';
import { DrillDriver } from './drill-driver.ts';
import { DrillEyes } from './drill-eyes.ts';
import { DrillLinks } from './drill-links.ts';
import { DrillRetention } from './drill-retention.ts';
import { DrillRunner } from './drill-runner.ts';
import { DrillTemplates } from './drill-templates.ts';
import { DrillsController } from './drills.controller.ts';
import { DrillsRead } from './drills.read.ts';
import { DrillsService } from './drills.service.ts';
import { LateRecords } from './late-records.ts';
import { PreCheck } from './pre-check.ts';
import { ReportsService } from './reports.service.ts';

/** Drills: faults that are renewed while they are meant, guards that end them, and the report of what came of it. */
@Global()
@Module({
  controllers: [DrillsController],
  providers: [
    DrillStore,
    DrillLinks,
    DrillEyes,
    DrillDriver,
    LateRecords,
    DrillRunner,
    DrillsRead,
    PreCheck,
    DrillsService,
    ReportsService,
    DrillTemplates,
    DrillRetention,
  ],
  exports: [DrillRunner, DrillsRead],
})
export class DrillsModule {}
