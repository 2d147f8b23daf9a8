import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Me, type ResponseOf, type User } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { Browser, From } from './browser.ts';
import { HoldersRead } from './holders.read.ts';
import { UsersRead } from './users.read.ts';
import { UsersService } from './users.service.ts';

@Controller()
export class UsersController {
  readonly #users: UsersService;
  readonly #read: UsersRead;
  readonly #holders: HoldersRead;

  constructor(
    @Inject(UsersService) users: UsersService,
    @Inject(UsersRead) read: UsersRead,
    @Inject(HoldersRead) holders: HoldersRead,
  ) {
    this.#users = users;
    this.#read = read;
    this.#holders = holders;
  }

  @Operation(contracts.whoAmI)
  whoAmI(@In() input: Input<Contracts['whoAmI']>): Me {
    return this.#read.me(input.caller);
  }

  @Operation(contracts.listRoles)
  roles(@In() _: Input<Contracts['listRoles']>): ResponseOf<Contracts['listRoles']> {
    return this.#read.roles();
  }

  @Operation(contracts.listHolders)
  holders(@In() input: Input<Contracts['listHolders']>): Promise<ResponseOf<Contracts['listHolders']>> {
    return this.#holders.read(input);
  }

  @Operation(contracts.listUsers)
  list(@In() _: Input<Contracts['listUsers']>): Promise<ResponseOf<Contracts['listUsers']>> {
    return this.#read.list();
  }

  @Operation(contracts.createUser)
  create(@In() input: Input<Contracts['createUser']>): Promise<User> {
    return this.#users.create(input.body, input.caller);
  }

  @Operation(contracts.changeUser)
  change(@In() input: Input<Contracts['changeUser']>): Promise<User> {
    return this.#users.change(input.params.user, input.body, input.caller);
  }

  @Operation(contracts.changeOwnPassword)
  changeOwnPassword(
    @In() input: Input<Contracts['changeOwnPassword']>,
    @From() browser: Browser,
  ): Promise<void> {
    return this.#users.changeOwnPassword(input.body, input.caller, browser);
  }
}
