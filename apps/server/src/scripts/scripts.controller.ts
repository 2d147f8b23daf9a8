import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ScriptsService } from './scripts.service.ts';

@Controller()
export class ScriptsController {
  readonly #scripts: ScriptsService;

  constructor(@Inject(ScriptsService) scripts: ScriptsService) {
    this.#scripts = scripts;
  }

  @Operation(contracts.checkScript)
  check(@In() input: Input<Contracts['checkScript']>): Promise<ResponseOf<Contracts['checkScript']>> {
    return this.#scripts.check(input);
  }

  @Operation(contracts.tryScript)
  try(@In() input: Input<Contracts['tryScript']>): Promise<ResponseOf<Contracts['tryScript']>> {
    return this.#scripts.try(input);
  }
}
