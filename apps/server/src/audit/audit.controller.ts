import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { AuditRead } from './audit.read.ts';

@Controller()
export class AuditController {
  readonly #audit: AuditRead;

  constructor(@Inject(AuditRead) audit: AuditRead) {
    this.#audit = audit;
  }

  @Operation(contracts.listAudit)
  list(@In() input: Input<Contracts['listAudit']>): Promise<ResponseOf<Contracts['listAudit']>> {
    return this.#audit.list(input.caller, input.query);
  }
}
