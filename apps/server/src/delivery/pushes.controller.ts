import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { PushesRead } from './pushes.read.ts';

@Controller()
export class PushesController {
  readonly #pushes: PushesRead;
  readonly #catalog: CatalogRead;

  constructor(@Inject(PushesRead) pushes: PushesRead, @Inject(CatalogRead) catalog: CatalogRead) {
    this.#pushes = pushes;
    this.#catalog = catalog;
  }

  @Operation(contracts.listPushes)
  async list(
    @In() { params, query }: Input<Contracts['listPushes']>,
  ): Promise<ResponseOf<Contracts['listPushes']>> {
    await this.#catalog.requireApp(params.env, params.app);
    return this.#pushes.list({ environment: params.env, app: params.app }, query);
  }

  @Operation(contracts.getPush)
  get(@In() { params }: Input<Contracts['getPush']>): Promise<ResponseOf<Contracts['getPush']>> {
    return this.#pushes.get({ environment: params.env, app: params.app }, params.push);
  }

  @Operation(contracts.listPushInstances)
  async instances(
    @In() { params }: Input<Contracts['listPushInstances']>,
  ): Promise<ResponseOf<Contracts['listPushInstances']>> {
    return { items: await this.#pushes.instances({ environment: params.env, app: params.app }, params.push) };
  }
}
