import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { TokensService } from './tokens.service.ts';

@Controller()
export class TokensController {
  readonly #tokens: TokensService;

  constructor(@Inject(TokensService) tokens: TokensService) {
    this.#tokens = tokens;
  }

  @Operation(contracts.listTokens)
  list(@In() input: Input<Contracts['listTokens']>): Promise<ResponseOf<Contracts['listTokens']>> {
    return this.#tokens.list(input.query, input.caller);
  }

  @Operation(contracts.createToken)
  create(@In() input: Input<Contracts['createToken']>): Promise<ResponseOf<Contracts['createToken']>> {
    return this.#tokens.create(input.body, input.caller);
  }

  @Operation(contracts.revokeToken)
  revoke(@In() input: Input<Contracts['revokeToken']>): Promise<void> {
    return this.#tokens.revoke(input.params.token, input.caller);
  }
}
