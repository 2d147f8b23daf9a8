import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Push } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ProposalsService } from './proposals.service.ts';

@Controller()
export class ProposalsController {
  readonly #proposals: ProposalsService;

  constructor(@Inject(ProposalsService) proposals: ProposalsService) {
    this.#proposals = proposals;
  }

  @Operation(contracts.proposePush)
  propose(@In() input: Input<Contracts['proposePush']>): Promise<Push> {
    return this.#proposals.propose(input);
  }

  @Operation(contracts.changeProposal)
  change(@In() input: Input<Contracts['changeProposal']>): Promise<Push> {
    return this.#proposals.change(input);
  }

  @Operation(contracts.approvePush)
  approve(@In() input: Input<Contracts['approvePush']>): Promise<Push> {
    return this.#proposals.approve(input);
  }

  @Operation(contracts.startProposedPush)
  start(@In() input: Input<Contracts['startProposedPush']>): Promise<Push> {
    return this.#proposals.start(input);
  }
}
