import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ExplainRead } from './explain.read.ts';
import { InstanceDetailRead } from './instance-detail.read.ts';
import { InstancesRead, instanceOf } from './instances.read.ts';
import type { Place } from './place.ts';
import { SpreadRead } from './spread.read.ts';
import { SurvivabilityRead } from './survivability.read.ts';
import { TimelineRead } from './timeline.read.ts';

const placeOf = (params: { env: string; app: string }): Place => ({
  environment: params.env,
  app: params.app,
});

@Controller()
export class InstancesController {
  readonly #instances: InstancesRead;
  readonly #detail: InstanceDetailRead;
  readonly #explain: ExplainRead;
  readonly #spread: SpreadRead;
  readonly #timeline: TimelineRead;
  readonly #survivability: SurvivabilityRead;
  readonly #catalog: CatalogRead;

  constructor(
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(InstanceDetailRead) detail: InstanceDetailRead,
    @Inject(ExplainRead) explain: ExplainRead,
    @Inject(SpreadRead) spread: SpreadRead,
    @Inject(TimelineRead) timeline: TimelineRead,
    @Inject(SurvivabilityRead) survivability: SurvivabilityRead,
    @Inject(CatalogRead) catalog: CatalogRead,
  ) {
    this.#instances = instances;
    this.#detail = detail;
    this.#explain = explain;
    this.#spread = spread;
    this.#timeline = timeline;
    this.#survivability = survivability;
    this.#catalog = catalog;
  }

  @Operation(contracts.listInstances)
  async list(
    @In() { params, query }: Input<Contracts['listInstances']>,
  ): Promise<ResponseOf<Contracts['listInstances']>> {
    await this.#catalog.requireApp(params.env, params.app);
    const [known, target] = await Promise.all([
      this.#instances.of(placeOf(params)),
      this.#instances.target(placeOf(params)),
    ]);
    const items = known.map((instance) => instanceOf(instance, target));
    return {
      items:
        query.online === undefined
          ? items
          : items.filter((instance) => String(instance.online) === query.online),
    };
  }

  @Operation(contracts.getInstance)
  get(@In() { params }: Input<Contracts['getInstance']>): Promise<ResponseOf<Contracts['getInstance']>> {
    return this.#detail.detail(placeOf(params), params.instance);
  }

  @Operation(contracts.explainInstance)
  explain(
    @In() { params, query, caller }: Input<Contracts['explainInstance']>,
  ): Promise<ResponseOf<Contracts['explainInstance']>> {
    return this.#explain.explain(
      placeOf(params),
      params.instance,
      query.namespace,
      query.key,
      caller.language,
    );
  }

  @Operation(contracts.instanceTimeline)
  timeline(
    @In() { params, query }: Input<Contracts['instanceTimeline']>,
  ): Promise<ResponseOf<Contracts['instanceTimeline']>> {
    return this.#timeline.timeline(placeOf(params), params.instance, query);
  }

  @Operation(contracts.survivability)
  async survivability(
    @In() { params }: Input<Contracts['survivability']>,
  ): Promise<ResponseOf<Contracts['survivability']>> {
    await this.#catalog.requireApp(params.env, params.app);
    return this.#survivability.of(placeOf(params));
  }

  @Operation(contracts.getLiveValues)
  live(@In() { params }: Input<Contracts['getLiveValues']>): Promise<ResponseOf<Contracts['getLiveValues']>> {
    return this.#spread.liveValues(placeOf(params), params.ns);
  }

  @Operation(contracts.getKeySpread)
  spread(@In() { params }: Input<Contracts['getKeySpread']>): Promise<ResponseOf<Contracts['getKeySpread']>> {
    return this.#spread.keySpread(placeOf(params), params.ns, params.key);
  }
}
