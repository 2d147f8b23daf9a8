import { Global, Module } from '@nestjs/common';
import { CallAsker } from './call-asker.ts';
import { ClusterLimits } from './cluster-limits.ts';
import { KillController } from './kill.controller.ts';
import { KillService } from './kill.service.ts';
import { KillSwitches } from './kill-switches.ts';
import { LintService } from './lint.service.ts';
import { LiveRules } from './live-rules.ts';
import { LongWork } from './long-work.ts';
import { NodeDemands } from './node-demands.ts';
import { NodeRowsRetention } from './node-rows-retention.ts';
import { PredictService } from './predict.service.ts';
import { Recordings } from './recordings.ts';
import { ReplayService } from './replay.service.ts';
import { ReturningInstances } from './returning-instances.ts';
import { RulesController } from './rules.controller.ts';

/** Rules before they are live and while they are: lint, prediction, replay, cluster limits, the kill switch. */
@Global()
@Module({
  controllers: [RulesController, KillController],
  providers: [
    LiveRules,
    LintService,
    Recordings,
    LongWork,
    PredictService,
    ReplayService,
    CallAsker,
    NodeDemands,
    NodeRowsRetention,
    ReturningInstances,
    ClusterLimits,
    KillSwitches,
    KillService,
  ],
  exports: [LiveRules, KillSwitches, KillService],
})
export class GuardingModule {}
