import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { LinksRead } from './links.read.ts';

@Controller()
export class LinksController {
  readonly #read: LinksRead;

  constructor(@Inject(LinksRead) read: LinksRead) {
    this.#read = read;
  }

  @Operation(contracts.listPublicNamespaces)
  listPublicNamespaces(
    @In() input: Input<Contracts['listPublicNamespaces']>,
  ): Promise<ResponseOf<Contracts['listPublicNamespaces']>> {
    return this.#read.listPublic(input);
  }

  @Operation(contracts.listLinkers)
  listLinkers(@In() input: Input<Contracts['listLinkers']>): Promise<ResponseOf<Contracts['listLinkers']>> {
    return this.#read.listLinkers(input);
  }
}
