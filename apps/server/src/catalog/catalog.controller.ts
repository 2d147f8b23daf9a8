import { Controller, Inject } from '@nestjs/common';
import { type App, type Contracts, contracts, type Environment } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { AppsService } from './apps.service.ts';
import { EnvironmentsService } from './environments.service.ts';

@Controller()
export class CatalogController {
  readonly #environments: EnvironmentsService;
  readonly #apps: AppsService;

  constructor(
    @Inject(EnvironmentsService) environments: EnvironmentsService,
    @Inject(AppsService) apps: AppsService,
  ) {
    this.#environments = environments;
    this.#apps = apps;
  }

  @Operation(contracts.listEnvironments)
  listEnvironments(@In() input: Input<Contracts['listEnvironments']>): Promise<{ items: Environment[] }> {
    return this.#environments.list(input);
  }

  @Operation(contracts.createEnvironment)
  createEnvironment(@In() input: Input<Contracts['createEnvironment']>): Promise<Environment> {
    return this.#environments.create(input);
  }

  @Operation(contracts.changeEnvironment)
  changeEnvironment(@In() input: Input<Contracts['changeEnvironment']>): Promise<Environment> {
    return this.#environments.change(input);
  }

  @Operation(contracts.listApps)
  listApps(@In() input: Input<Contracts['listApps']>): Promise<{ items: App[] }> {
    return this.#apps.list(input);
  }

  @Operation(contracts.createApp)
  createApp(@In() input: Input<Contracts['createApp']>): Promise<App> {
    return this.#apps.create(input);
  }

  @Operation(contracts.changeApp)
  changeApp(@In() input: Input<Contracts['changeApp']>): Promise<App> {
    return this.#apps.change(input);
  }
}
