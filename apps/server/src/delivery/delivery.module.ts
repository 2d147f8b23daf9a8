import { Global, Module } from '@nestjs/common';
import { Conversation } from './conversation.ts';
import { Dispatcher } from './dispatcher.ts';
import { LinkGateway } from './link.gateway.ts';
import { LinkAuthority } from './link-authority.ts';
import { LinkFrames } from './link-frames.ts';
import { OverviewController } from './overview.controller.ts';
import { OverviewRead } from './overview.read.ts';
import { Prober } from './prober.ts';
import { PushSettler } from './push-settler.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';
import { PushVerdicts } from './push-verdicts.ts';
import { PushesController } from './pushes.controller.ts';
import { PushesRead } from './pushes.read.ts';
import { Retention } from './retention.ts';
import { SnapshotController } from './snapshot.controller.ts';

/** Brings releases to instances and proves that they are there. */
@Global()
@Module({
  controllers: [PushesController, OverviewController, SnapshotController],
  providers: [
    Dispatcher,
    Conversation,
    LinkAuthority,
    LinkFrames,
    LinkGateway,
    PushTracker,
    PushTargetStore,
    PushVerdicts,
    PushSettler,
    Prober,
    PushesRead,
    OverviewRead,
    Retention,
  ],
  exports: [LinkFrames, PushTracker, PushesRead],
})
export class DeliveryModule {}
