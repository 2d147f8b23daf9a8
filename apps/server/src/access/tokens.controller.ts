import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { TokensRead } from './tokens.read.ts';
import { TokensService } from './tokens.service.ts';

@Controller()
export class TokensController {
  readonly #tokens: TokensService;
  readonly #read: TokensRead;

  constructor(@Inject(TokensService) tokens: TokensService, @Inject(TokensRead) read: TokensRead) {
    this.#tokens = tokens;
    this.#read = read;
  }

  @Operation(contracts.listTokens)
  list(@In() input: Input<Contracts['listTokens']>): Promise<ResponseOf<Contracts['listTokens']>> {
    return this.#read.list(input.query, input.caller);
  }

  @Operation(contracts.createToken)
  create(@In() input: Input<Contracts['createToken']>): Promise<ResponseOf<Contracts['createToken']>> {
    return this.#tokens.create(input.body, input.caller);
  }

  @Operation(contracts.rotateToken)
  rotate(@In() input: Input<Contracts['rotateToken']>): Promise<ResponseOf<Contracts['rotateToken']>> {
    return this.#tokens.rotate(input.params.token, input.body, input.caller);
  }

  @Operation(contracts.revokeToken)
  revoke(@In() input: Input<Contracts['revokeToken']>): Promise<void> {
    return this.#tokens.revoke(input.params.token, input.caller);
  }
}
