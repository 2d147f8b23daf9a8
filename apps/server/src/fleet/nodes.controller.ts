import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { NodesRead } from './nodes.read.ts';

@Controller()
export class NodesController {
  readonly #nodes: NodesRead;

  constructor(@Inject(NodesRead) nodes: NodesRead) {
    this.#nodes = nodes;
  }

  @Operation(contracts.listNodes)
  list(@In() _: Input<Contracts['listNodes']>): Promise<ResponseOf<Contracts['listNodes']>> {
    return this.#nodes.list();
  }
}
