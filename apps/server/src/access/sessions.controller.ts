import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { SessionsService } from './sessions.service.ts';

@Controller()
export class SessionsController {
  readonly #sessions: SessionsService;

  constructor(@Inject(SessionsService) sessions: SessionsService) {
    this.#sessions = sessions;
  }

  @Operation(contracts.listOwnSessions)
  own(@In() input: Input<Contracts['listOwnSessions']>): Promise<ResponseOf<Contracts['listOwnSessions']>> {
    return this.#sessions.own(input.caller);
  }

  @Operation(contracts.endOwnSession)
  endOwn(@In() input: Input<Contracts['endOwnSession']>): Promise<void> {
    return this.#sessions.endOwn(input.params.session, input.caller);
  }

  @Operation(contracts.endOtherSessions)
  endOthers(@In() input: Input<Contracts['endOtherSessions']>): Promise<{ ended: number }> {
    return this.#sessions.endOthers(input.caller);
  }

  @Operation(contracts.listSessions)
  everybodys(@In() input: Input<Contracts['listSessions']>): Promise<ResponseOf<Contracts['listSessions']>> {
    return this.#sessions.everybodys(input.caller);
  }

  @Operation(contracts.endUserSessions)
  endOfUser(@In() input: Input<Contracts['endUserSessions']>): Promise<{ ended: number }> {
    return this.#sessions.endOfUser(input.params.user, input.caller);
  }
}
