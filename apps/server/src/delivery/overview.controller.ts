import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { OverviewRead } from './overview.read.ts';

@Controller()
export class OverviewController {
  readonly #overview: OverviewRead;

  constructor(@Inject(OverviewRead) overview: OverviewRead) {
    this.#overview = overview;
  }

  @Operation(contracts.listAppsOf)
  apps(
    @In() { params, caller }: Input<Contracts['listAppsOf']>,
  ): Promise<ResponseOf<Contracts['listAppsOf']>> {
    return this.#overview.apps(params.env, caller);
  }

  @Operation(contracts.overview)
  overview(
    @In() { params, caller }: Input<Contracts['overview']>,
  ): Promise<ResponseOf<Contracts['overview']>> {
    return this.#overview.overview(params.env, caller);
  }
}
