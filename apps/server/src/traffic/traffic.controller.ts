import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ChartRead } from './chart.read.ts';
import { ResourcesRead } from './resources.read.ts';

@Controller()
export class TrafficController {
  readonly #resources: ResourcesRead;
  readonly #charts: ChartRead;
  readonly #catalog: CatalogRead;
  readonly #clock: Clock;

  constructor(
    @Inject(ResourcesRead) resources: ResourcesRead,
    @Inject(ChartRead) charts: ChartRead,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#resources = resources;
    this.#charts = charts;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  @Operation(contracts.listResources)
  async list(
    @In() { params, query }: Input<Contracts['listResources']>,
  ): Promise<ResponseOf<Contracts['listResources']>> {
    const place = await this.#place(params);
    return {
      ...(await this.#resources.list(place, query.type)),
      at: new Date(this.#clock.now()).toISOString(),
    };
  }

  @Operation(contracts.getResource)
  async get(
    @In() { params, query }: Input<Contracts['getResource']>,
  ): Promise<ResponseOf<Contracts['getResource']>> {
    return this.#resources.get(await this.#place(params), params.resource, query.type);
  }

  @Operation(contracts.getTraffic)
  async traffic(
    @In() { params, query }: Input<Contracts['getTraffic']>,
  ): Promise<ResponseOf<Contracts['getTraffic']>> {
    const { app, series } = await this.#resources.find(
      await this.#place(params),
      params.resource,
      query.type,
    );
    return this.#charts.chart(app, series, query);
  }

  /** Only of what exists: a made-up app must not take memory. */
  async #place({ env, app }: { env: string; app: string }): Promise<Place> {
    await this.#catalog.requireApp(env, app);
    return { environment: env, app };
  }
}
