import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Namespace, type NamespaceDetail } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { NamespacesRead } from './namespaces.read.ts';
import { NamespacesService } from './namespaces.service.ts';

@Controller()
export class NamespacesController {
  readonly #namespaces: NamespacesService;
  readonly #read: NamespacesRead;

  constructor(
    @Inject(NamespacesService) namespaces: NamespacesService,
    @Inject(NamespacesRead) read: NamespacesRead,
  ) {
    this.#namespaces = namespaces;
    this.#read = read;
  }

  @Operation(contracts.listNamespaces)
  listNamespaces(@In() input: Input<Contracts['listNamespaces']>): Promise<{ items: Namespace[] }> {
    return this.#read.list(input);
  }

  @Operation(contracts.createNamespace)
  createNamespace(@In() input: Input<Contracts['createNamespace']>): Promise<NamespaceDetail> {
    return this.#namespaces.create(input);
  }

  @Operation(contracts.getNamespace)
  getNamespace(@In() input: Input<Contracts['getNamespace']>): Promise<NamespaceDetail> {
    return this.#read.get(input.params, input.caller);
  }

  @Operation(contracts.changeNamespace)
  changeNamespace(@In() input: Input<Contracts['changeNamespace']>): Promise<NamespaceDetail> {
    return this.#namespaces.change(input);
  }

  @Operation(contracts.deleteNamespace)
  deleteNamespace(@In() input: Input<Contracts['deleteNamespace']>): Promise<void> {
    return this.#namespaces.delete(input);
  }
}
