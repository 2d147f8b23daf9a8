import { Global, Module } from '@nestjs/common';
import { FleetOf } from './fleet-of.ts';
import { GrayMoves } from './gray-moves.ts';
import { GroupsController } from './groups.controller.ts';
import { GroupsService } from './groups.service.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { PlanMemory } from './plan-memory.ts';
import { PushActionsController } from './push-actions.controller.ts';
import { PushActionsService } from './push-actions.service.ts';
import { PushAnswer } from './push-answer.read.ts';
import { PushNews } from './push-news.ts';
import { PushPlanRead } from './push-plan.read.ts';
import { PushPlanner } from './push-planner.ts';
import { PushRollbackService } from './push-rollback.service.ts';
import { PushStartService } from './push-start.service.ts';
import { PushTransitions } from './push-transitions.ts';

/** Decides who gets what: plans, groups, and every transition of a push. */
@Global()
@Module({
  controllers: [GroupsController, PushActionsController],
  providers: [
    FleetOf,
    PushPlanner,
    PlanMemory,
    OutcomeWriter,
    GrayMoves,
    PushAnswer,
    PushNews,
    PushPlanRead,
    PushStartService,
    PushActionsService,
    PushRollbackService,
    PushTransitions,
    GroupsService,
  ],
  exports: [PushTransitions, PushNews, PushAnswer],
})
export class PushesModule {}
