import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { LinkedPushesRead } from './linked-pushes.read.ts';
import { PushesRead } from './pushes.read.ts';

@Controller()
export class PushesController {
  readonly #pushes: PushesRead;
  readonly #links: LinkedPushesRead;
  readonly #catalog: CatalogRead;

  constructor(
    @Inject(PushesRead) pushes: PushesRead,
    @Inject(LinkedPushesRead) links: LinkedPushesRead,
    @Inject(CatalogRead) catalog: CatalogRead,
  ) {
    this.#pushes = pushes;
    this.#links = links;
    this.#catalog = catalog;
  }

  @Operation(contracts.listPushes)
  async list(
    @In() { params, query }: Input<Contracts['listPushes']>,
  ): Promise<ResponseOf<Contracts['listPushes']>> {
    await this.#catalog.requireApp(params.env, params.app);
    const { items, ...page } = await this.#pushes.list({ environment: params.env, app: params.app }, query);
    return { items: await this.#links.listed(items), ...page };
  }

  @Operation(contracts.getPush)
  async get(
    @In() { params, caller }: Input<Contracts['getPush']>,
  ): Promise<ResponseOf<Contracts['getPush']>> {
    const push = await this.#pushes.get({ environment: params.env, app: params.app }, params.push);
    return this.#links.whole(push, caller);
  }

  @Operation(contracts.listPushInstances)
  async instances(
    @In() { params }: Input<Contracts['listPushInstances']>,
  ): Promise<ResponseOf<Contracts['listPushInstances']>> {
    return { items: await this.#pushes.instances({ environment: params.env, app: params.app }, params.push) };
  }
}
