import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ScriptStatusRead } from './script-status.read.ts';
import { ScriptsService } from './scripts.service.ts';

@Controller()
export class ScriptsController {
  readonly #scripts: ScriptsService;
  readonly #status: ScriptStatusRead;

  constructor(
    @Inject(ScriptsService) scripts: ScriptsService,
    @Inject(ScriptStatusRead) status: ScriptStatusRead,
  ) {
    this.#scripts = scripts;
    this.#status = status;
  }

  @Operation(contracts.listScripts)
  list(@In() { params }: Input<Contracts['listScripts']>): Promise<ResponseOf<Contracts['listScripts']>> {
    return this.#status.list({ environment: params.env, app: params.app });
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
