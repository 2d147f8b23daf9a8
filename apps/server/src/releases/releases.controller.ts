import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Release, type Released, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { ChangesRead } from './changes.read.ts';
import { ExportRead } from './export.read.ts';
import { HistoryRead } from './history.read.ts';
import { ImportService } from './import.service.ts';
import { PublishService } from './publish.service.ts';
import { RollbackService } from './rollback.service.ts';

type Answer<Id extends keyof Contracts> = Promise<ResponseOf<Contracts[Id]>>;

@Controller()
export class ReleasesController {
  readonly #publish: PublishService;
  readonly #rollback: RollbackService;
  readonly #import: ImportService;
  readonly #history: HistoryRead;
  readonly #export: ExportRead;
  readonly #changes: ChangesRead;

  constructor(
    @Inject(PublishService) publish: PublishService,
    @Inject(RollbackService) rollback: RollbackService,
    @Inject(ImportService) importing: ImportService,
    @Inject(HistoryRead) history: HistoryRead,
    @Inject(ExportRead) exporting: ExportRead,
    @Inject(ChangesRead) changes: ChangesRead,
  ) {
    this.#publish = publish;
    this.#rollback = rollback;
    this.#import = importing;
    this.#history = history;
    this.#export = exporting;
    this.#changes = changes;
  }

  @Operation(contracts.publish)
  publish(@In() input: Input<Contracts['publish']>): Promise<Released> {
    return this.#publish.publish(input);
  }

  @Operation(contracts.rollback)
  rollback(@In() input: Input<Contracts['rollback']>): Promise<Released> {
    return this.#rollback.rollback(input);
  }

  @Operation(contracts.listHistory)
  listHistory(@In() input: Input<Contracts['listHistory']>): Answer<'listHistory'> {
    return this.#history.list(input);
  }

  @Operation(contracts.getRelease)
  getRelease(@In() input: Input<Contracts['getRelease']>): Promise<Release> {
    return this.#history.get(input);
  }

  @Operation(contracts.diff)
  diff(@In() input: Input<Contracts['diff']>): Answer<'diff'> {
    return this.#history.diff(input);
  }

  @Operation(contracts.exportApp)
  exportApp(@In() input: Input<Contracts['exportApp']>): Answer<'exportApp'> {
    return this.#export.export(input);
  }

  @Operation(contracts.importApp)
  importApp(@In() input: Input<Contracts['importApp']>): Answer<'importApp'> {
    return this.#import.import(input);
  }

  @Operation(contracts.listChanges)
  listChanges(@In() input: Input<Contracts['listChanges']>): Answer<'listChanges'> {
    return this.#changes.list(input);
  }
}
