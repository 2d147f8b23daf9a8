import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import type { Place } from '../fleet/place.ts';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { DrillTemplates } from './drill-templates.ts';
import { DrillsRead } from './drills.read.ts';
import { DrillsService } from './drills.service.ts';
import { ReportsService } from './reports.service.ts';

@Controller()
export class DrillsController {
  readonly #drills: DrillsService;
  readonly #read: DrillsRead;
  readonly #reports: ReportsService;
  readonly #templates: DrillTemplates;
  readonly #catalog: CatalogRead;

  constructor(
    @Inject(DrillsService) drills: DrillsService,
    @Inject(DrillsRead) read: DrillsRead,
    @Inject(ReportsService) reports: ReportsService,
    @Inject(DrillTemplates) templates: DrillTemplates,
    @Inject(CatalogRead) catalog: CatalogRead,
  ) {
    this.#drills = drills;
    this.#read = read;
    this.#reports = reports;
    this.#templates = templates;
    this.#catalog = catalog;
  }

  @Operation(contracts.listDrills)
  async list(
    @In() { params, query }: Input<Contracts['listDrills']>,
  ): Promise<ResponseOf<Contracts['listDrills']>> {
    return this.#read.list(await this.#place(params), query);
  }

  @Operation(contracts.listDrillTemplates)
  async templates(
    @In() { params }: Input<Contracts['listDrillTemplates']>,
  ): Promise<ResponseOf<Contracts['listDrillTemplates']>> {
    return { items: await this.#templates.of(await this.#place(params)) };
  }

  @Operation(contracts.planDrill)
  plan(@In() input: Input<Contracts['planDrill']>): Promise<ResponseOf<Contracts['planDrill']>> {
    return this.#drills.plan(input);
  }

  @Operation(contracts.createDrill)
  create(@In() input: Input<Contracts['createDrill']>): Promise<ResponseOf<Contracts['createDrill']>> {
    return this.#drills.create(input);
  }

  @Operation(contracts.getDrill)
  async get(@In() { params }: Input<Contracts['getDrill']>): Promise<ResponseOf<Contracts['getDrill']>> {
    return this.#read.detail(await this.#place(params), params.drill);
  }

  @Operation(contracts.changeDrill)
  change(@In() input: Input<Contracts['changeDrill']>): Promise<ResponseOf<Contracts['changeDrill']>> {
    return this.#drills.change(input);
  }

  @Operation(contracts.deleteDrill)
  async remove(@In() input: Input<Contracts['deleteDrill']>): Promise<undefined> {
    await this.#drills.remove(input);
  }

  @Operation(contracts.checkDrill)
  check(@In() input: Input<Contracts['checkDrill']>): Promise<ResponseOf<Contracts['checkDrill']>> {
    return this.#drills.check(input);
  }

  @Operation(contracts.startDrill)
  start(@In() input: Input<Contracts['startDrill']>): Promise<ResponseOf<Contracts['startDrill']>> {
    return this.#drills.start(input);
  }

  @Operation(contracts.abortDrill)
  abort(@In() input: Input<Contracts['abortDrill']>): Promise<ResponseOf<Contracts['abortDrill']>> {
    return this.#drills.abort(input);
  }

  @Operation(contracts.getDrillReport)
  report(@In() input: Input<Contracts['getDrillReport']>): Promise<ResponseOf<Contracts['getDrillReport']>> {
    return this.#reports.report(input);
  }

  @Operation(contracts.getDrillMarkdown)
  markdown(
    @In() input: Input<Contracts['getDrillMarkdown']>,
  ): Promise<ResponseOf<Contracts['getDrillMarkdown']>> {
    return this.#reports.markdown(input);
  }

  @Operation(contracts.compareDrills)
  compare(@In() input: Input<Contracts['compareDrills']>): Promise<ResponseOf<Contracts['compareDrills']>> {
    return this.#reports.compare(input);
  }

  /** Only of what exists: a made-up app must not take memory. */
  async #place({ env, app }: { env: string; app: string }): Promise<Place> {
    await this.#catalog.requireApp(env, app);
    return { environment: env, app };
  }
}
