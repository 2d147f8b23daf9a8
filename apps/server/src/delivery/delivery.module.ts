import { Global, Module } from '@nestjs/common';
import { Preparation } from '../pushes/preparation.ts';
import { Conversation } from './conversation.ts';
import { Dispatcher } from './dispatcher.ts';
import { Epochs } from './epochs.ts';
import { FirstStepsRead } from './first-steps.read.ts';
import { InstanceProbe } from './instance-probe.ts';
import { LayerEnds } from './layer-ends.ts';
import { LinkGateway } from './link.gateway.ts';
import { LinkAuthority } from './link-authority.ts';
import { LinkFrames } from './link-frames.ts';
import { LinkPreparation } from './link-preparation.ts';
import { LinkedPushesRead } from './linked-pushes.read.ts';
import { OverviewController } from './overview.controller.ts';
import { OverviewRead } from './overview.read.ts';
import { ProbeController } from './probe.controller.ts';
import { Prober } from './prober.ts';
import { PushScheduler } from './push-scheduler.ts';
import { PushSettler } from './push-settler.ts';
import { PushTargetStore } from './push-target.store.ts';
import { PushTracker } from './push-tracker.ts';
import { PushVerdicts } from './push-verdicts.ts';
import { PushesController } from './pushes.controller.ts';
import { PushesRead } from './pushes.read.ts';
import { Repush } from './repush.ts';
import { Retention } from './retention.ts';
import { SnapshotController } from './snapshot.controller.ts';

/** Brings releases to instances and proves that they are there. */
@Global()
@Module({
  controllers: [PushesController, OverviewController, SnapshotController, ProbeController],
  providers: [
    Dispatcher,
    Epochs,
    Conversation,
    LayerEnds,
    LinkAuthority,
    LinkFrames,
    LinkPreparation,
    { provide: Preparation, useExisting: LinkPreparation },
    LinkGateway,
    PushTracker,
    PushTargetStore,
    PushVerdicts,
    PushSettler,
    Repush,
    PushScheduler,
    Prober,
    InstanceProbe,
    PushesRead,
    LinkedPushesRead,
    OverviewRead,
    FirstStepsRead,
    Retention,
  ],
  exports: [LinkFrames, Preparation, PushTracker, PushesRead],
})
export class DeliveryModule {}
