import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type GuardrailReport } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { GuardrailRead } from './guardrail.read.ts';

@Controller()
export class GuardrailsController {
  readonly #read: GuardrailRead;

  constructor(@Inject(GuardrailRead) read: GuardrailRead) {
    this.#read = read;
  }

  @Operation(contracts.getPushGuardrail)
  get(@In() input: Input<Contracts['getPushGuardrail']>): Promise<GuardrailReport> {
    return this.#read.get(input);
  }
}
