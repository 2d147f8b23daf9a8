import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Me } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { Browser, From } from './browser.ts';
import { SessionService } from './session.service.ts';

@Controller()
export class SessionController {
  readonly #sessions: SessionService;

  constructor(@Inject(SessionService) sessions: SessionService) {
    this.#sessions = sessions;
  }

  @Operation(contracts.signIn)
  signIn(@In() input: Input<Contracts['signIn']>, @From() browser: Browser): Promise<Me> {
    return this.#sessions.signIn(input.body, input.caller, browser);
  }

  @Operation(contracts.signOut)
  signOut(@In() input: Input<Contracts['signOut']>, @From() browser: Browser): Promise<void> {
    return this.#sessions.signOut(input.caller, browser);
  }
}
