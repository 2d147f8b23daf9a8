import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Push, type PushPlanBody, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { PushActPreview } from './push-act-preview.ts';
import { PushActionsService } from './push-actions.service.ts';
import { PushPlanRead } from './push-plan.read.ts';
import { PushRollbackService } from './push-rollback.service.ts';
import { PushStartService } from './push-start.service.ts';
import { RollbackPreview } from './rollback-preview.ts';

@Controller()
export class PushActionsController {
  readonly #start: PushStartService;
  readonly #actions: PushActionsService;
  readonly #rollback: PushRollbackService;
  readonly #plans: PushPlanRead;
  readonly #preview: PushActPreview;
  readonly #rollbackPreview: RollbackPreview;

  constructor(
    @Inject(PushStartService) start: PushStartService,
    @Inject(PushActionsService) actions: PushActionsService,
    @Inject(PushRollbackService) rollback: PushRollbackService,
    @Inject(PushPlanRead) plans: PushPlanRead,
    @Inject(PushActPreview) preview: PushActPreview,
    @Inject(RollbackPreview) rollbackPreview: RollbackPreview,
  ) {
    this.#start = start;
    this.#actions = actions;
    this.#rollback = rollback;
    this.#plans = plans;
    this.#preview = preview;
    this.#rollbackPreview = rollbackPreview;
  }

  @Operation(contracts.previewPush)
  preview(@In() input: Input<Contracts['previewPush']>): Promise<PushPlanBody> {
    return this.#start.preview(input);
  }

  @Operation(contracts.startPush)
  start(@In() input: Input<Contracts['startPush']>): Promise<Push> {
    return this.#start.start(input);
  }

  @Operation(contracts.getPushPlan)
  plan(@In() input: Input<Contracts['getPushPlan']>): Promise<PushPlanBody> {
    return this.#plans.get(input);
  }

  @Operation(contracts.previewPushAct)
  previewAct(@In() input: Input<Contracts['previewPushAct']>): Promise<PushPlanBody> {
    return this.#preview.preview(input);
  }

  @Operation(contracts.previewRollback)
  previewRollback(
    @In() input: Input<Contracts['previewRollback']>,
  ): Promise<ResponseOf<Contracts['previewRollback']>> {
    return this.#rollbackPreview.preview(input);
  }

  @Operation(contracts.advancePush)
  advance(@In() input: Input<Contracts['advancePush']>): Promise<Push> {
    return this.#actions.advance(input);
  }

  @Operation(contracts.pausePush)
  pause(@In() input: Input<Contracts['pausePush']>): Promise<Push> {
    return this.#actions.pause(input);
  }

  @Operation(contracts.resumePush)
  resume(@In() input: Input<Contracts['resumePush']>): Promise<Push> {
    return this.#actions.resume(input);
  }

  @Operation(contracts.promotePush)
  promote(@In() input: Input<Contracts['promotePush']>): Promise<Push> {
    return this.#actions.promote(input);
  }

  @Operation(contracts.abandonPush)
  abandon(@In() input: Input<Contracts['abandonPush']>): Promise<Push> {
    return this.#actions.abandon(input);
  }

  @Operation(contracts.rollbackPush)
  rollback(@In() input: Input<Contracts['rollbackPush']>): Promise<Push> {
    return this.#rollback.rollback(input);
  }

  @Operation(contracts.repushPush)
  repush(@In() input: Input<Contracts['repushPush']>): Promise<Push> {
    return this.#actions.repush(input);
  }
}
