import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Revealed } from '@sluice/protocol';
import { In, type Input } from '../../http/input.decorator.ts';
import { Operation } from '../../http/operation.decorator.ts';
import { RevealService } from './reveal.service.ts';

@Controller()
export class SecretsController {
  readonly #reveals: RevealService;

  constructor(@Inject(RevealService) reveals: RevealService) {
    this.#reveals = reveals;
  }

  @Operation(contracts.revealItem)
  reveal(@In() input: Input<Contracts['revealItem']>): Promise<Revealed> {
    return this.#reveals.reveal(input);
  }
}
