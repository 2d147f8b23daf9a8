import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { CallAsker } from './call-asker.ts';
import { LintService } from './lint.service.ts';
import { PredictService } from './predict.service.ts';
import { ReplayService } from './replay.service.ts';

@Controller()
export class RulesController {
  readonly #lint: LintService;
  readonly #predict: PredictService;
  readonly #replay: ReplayService;
  readonly #asker: CallAsker;

  constructor(
    @Inject(LintService) lint: LintService,
    @Inject(PredictService) predict: PredictService,
    @Inject(ReplayService) replay: ReplayService,
    @Inject(CallAsker) asker: CallAsker,
  ) {
    this.#lint = lint;
    this.#predict = predict;
    this.#replay = replay;
    this.#asker = asker;
  }

  @Operation(contracts.lintRules)
  lint(@In() input: Input<Contracts['lintRules']>): Promise<ResponseOf<Contracts['lintRules']>> {
    return this.#lint.lint(input);
  }

  @Operation(contracts.predictRule)
  predict(@In() input: Input<Contracts['predictRule']>): Promise<ResponseOf<Contracts['predictRule']>> {
    return this.#predict.predict(input);
  }

  @Operation(contracts.replayRules)
  replay(@In() input: Input<Contracts['replayRules']>): Promise<ResponseOf<Contracts['replayRules']>> {
    return this.#replay.replay(input);
  }

  @Operation(contracts.getDecision)
  async decision(
    @In() { params }: Input<Contracts['getDecision']>,
  ): Promise<ResponseOf<Contracts['getDecision']>> {
    const answer = await this.#asker.ask({ environment: params.env, app: params.app }, params.decision);
    return { decisionId: params.decision, ...answer };
  }
}
