import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { InstanceProbe } from './instance-probe.ts';

@Controller()
export class ProbeController {
  readonly #probe: InstanceProbe;

  constructor(@Inject(InstanceProbe) probe: InstanceProbe) {
    this.#probe = probe;
  }

  @Operation(contracts.probeInstance)
  probe(
    @In() { params }: Input<Contracts['probeInstance']>,
  ): Promise<ResponseOf<Contracts['probeInstance']>> {
    return this.#probe.probe({ environment: params.env, app: params.app }, params.instance);
  }
}
