import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { KillService } from './kill.service.ts';

@Controller()
export class KillController {
  readonly #kill: KillService;

  constructor(@Inject(KillService) kill: KillService) {
    this.#kill = kill;
  }

  @Operation(contracts.getKill)
  get(@In() input: Input<Contracts['getKill']>): Promise<ResponseOf<Contracts['getKill']>> {
    return this.#kill.get(input);
  }

  @Operation(contracts.setKill)
  set(@In() input: Input<Contracts['setKill']>): Promise<ResponseOf<Contracts['setKill']>> {
    return this.#kill.set(input);
  }
}
