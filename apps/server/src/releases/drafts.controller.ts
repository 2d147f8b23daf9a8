import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Draft, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { DraftsService } from './drafts.service.ts';

@Controller()
export class DraftsController {
  readonly #drafts: DraftsService;

  constructor(@Inject(DraftsService) drafts: DraftsService) {
    this.#drafts = drafts;
  }

  @Operation(contracts.getDraft)
  getDraft(@In() input: Input<Contracts['getDraft']>): Promise<ResponseOf<Contracts['getDraft']>> {
    return this.#drafts.get(input);
  }

  @Operation(contracts.saveDraft)
  saveDraft(@In() input: Input<Contracts['saveDraft']>): Promise<Draft> {
    return this.#drafts.save(input);
  }

  @Operation(contracts.discardDraft)
  discardDraft(@In() input: Input<Contracts['discardDraft']>): Promise<void> {
    return this.#drafts.discard(input);
  }
}
