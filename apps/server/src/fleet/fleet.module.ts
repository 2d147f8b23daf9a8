import { Global, Module } from '@nestjs/common';
import { ExplainRead } from './explain.read.ts';
import { Fleet } from './fleet.ts';
import { HeldContentRead } from './held-content.read.ts';
import { HoldingLogStore } from './holding-log.store.ts';
import { HoldingLog } from './holding-log.ts';
import { InstanceStore } from './instance.store.ts';
import { InstanceDetailRead } from './instance-detail.read.ts';
import { InstancesController } from './instances.controller.ts';
import { InstancesRead } from './instances.read.ts';
import { NodeLease } from './node-lease.ts';
import { NodeQuestions } from './node-questions.ts';
import { NodesController } from './nodes.controller.ts';
import { NodesRead } from './nodes.read.ts';
import { OtherNodes } from './other-nodes.ts';
import { SpreadRead } from './spread.read.ts';
import { SurvivabilityRead } from './survivability.read.ts';
import { Targets } from './targets.ts';
import { TimelineRead } from './timeline.read.ts';

/** Who is there, what each holds, and what each must hold. */
@Global()
@Module({
  controllers: [InstancesController, NodesController],
  providers: [
    Fleet,
    Targets,
    NodeLease,
    NodeQuestions,
    OtherNodes,
    NodesRead,
    InstanceStore,
    InstancesRead,
    InstanceDetailRead,
    HeldContentRead,
    SpreadRead,
    HoldingLogStore,
    HoldingLog,
    TimelineRead,
    SurvivabilityRead,
    ExplainRead,
  ],
  exports: [
    Fleet,
    Targets,
    NodeLease,
    NodeQuestions,
    OtherNodes,
    InstancesRead,
    HeldContentRead,
    HoldingLogStore,
  ],
})
export class FleetModule {}
