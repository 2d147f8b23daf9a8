import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { Browser, From } from './browser.ts';
import { SetupService } from './setup.service.ts';

@Controller()
export class SetupController {
  readonly #setup: SetupService;

  constructor(@Inject(SetupService) setup: SetupService) {
    this.#setup = setup;
  }

  @Operation(contracts.setupState)
  state(@In() _: Input<Contracts['setupState']>): Promise<ResponseOf<Contracts['setupState']>> {
    return this.#setup.state();
  }

  @Operation(contracts.setup)
  setUp(
    @In() input: Input<Contracts['setup']>,
    @From() browser: Browser,
  ): Promise<ResponseOf<Contracts['setup']>> {
    return this.#setup.setUp(input.body, input.caller, browser);
  }
}
