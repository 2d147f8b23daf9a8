import { Global, Module } from '@nestjs/common';
import { AuditController } from './audit.controller.ts';
import { AuditRead } from './audit.read.ts';
import { AuditLog } from './audit-log.ts';

/** Who did what, for every room that does something. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditLog, AuditRead],
  exports: [AuditLog],
})
export class AuditModule {}
