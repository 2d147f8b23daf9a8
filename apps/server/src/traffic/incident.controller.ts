import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { EnvironmentTrafficRead } from './environment-traffic.read.ts';
import { IncidentRead } from './incident.read.ts';

@Controller()
export class IncidentController {
  readonly #traffic: EnvironmentTrafficRead;
  readonly #incident: IncidentRead;

  constructor(
    @Inject(EnvironmentTrafficRead) traffic: EnvironmentTrafficRead,
    @Inject(IncidentRead) incident: IncidentRead,
  ) {
    this.#traffic = traffic;
    this.#incident = incident;
  }

  @Operation(contracts.environmentTraffic)
  traffic(
    @In() { params, caller }: Input<Contracts['environmentTraffic']>,
  ): Promise<ResponseOf<Contracts['environmentTraffic']>> {
    return this.#traffic.read(params.env, caller);
  }

  @Operation(contracts.getIncident)
  incident(@In() input: Input<Contracts['getIncident']>): Promise<ResponseOf<Contracts['getIncident']>> {
    return this.#incident.read(input);
  }
}
