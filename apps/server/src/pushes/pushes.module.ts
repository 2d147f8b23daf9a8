import { Global, Module } from '@nestjs/common';
import { Approvals } from './approvals.ts';
import { FleetOf } from './fleet-of.ts';
import { GrayMoves } from './gray-moves.ts';
import { GrayPlans } from './gray-plans.ts';
import { GroupsController } from './groups.controller.ts';
import { GroupsService } from './groups.service.ts';
import { LinkedPlans } from './linked-plans.ts';
import { Misfits } from './misfits.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { PlanMemory } from './plan-memory.ts';
import { ProposalsController } from './proposals.controller.ts';
import { ProposalsService } from './proposals.service.ts';
import { PushActPreview } from './push-act-preview.ts';
import { PushActionsController } from './push-actions.controller.ts';
import { PushActionsService } from './push-actions.service.ts';
import { PushAnswer } from './push-answer.read.ts';
import { PushBegin } from './push-begin.ts';
import { PushNews } from './push-news.ts';
import { PushPlanRead } from './push-plan.read.ts';
import { PushPlanner } from './push-planner.ts';
import { PushRollbackService } from './push-rollback.service.ts';
import { PushRollbackPlans } from './push-rollback-plans.ts';
import { PushStartService } from './push-start.service.ts';
import { PushTransitions } from './push-transitions.ts';
import { RollbackPreview } from './rollback-preview.ts';
import { StepHealth } from './step-health.ts';

/** Decides who gets what: plans, groups, and every transition of a push. */
@Global()
@Module({
  controllers: [GroupsController, PushActionsController, ProposalsController],
  providers: [
    FleetOf,
    StepHealth,
    LinkedPlans,
    Misfits,
    PushPlanner,
    PlanMemory,
    OutcomeWriter,
    GrayPlans,
    GrayMoves,
    Approvals,
    PushAnswer,
    PushNews,
    PushBegin,
    PushPlanRead,
    PushStartService,
    ProposalsService,
    PushActionsService,
    PushRollbackPlans,
    PushRollbackService,
    PushActPreview,
    RollbackPreview,
    PushTransitions,
    GroupsService,
  ],
  exports: [StepHealth, PushTransitions, PushNews, PushAnswer, Approvals],
})
export class PushesModule {}
