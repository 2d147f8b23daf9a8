import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type Group } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { GroupsService } from './groups.service.ts';

@Controller()
export class GroupsController {
  readonly #groups: GroupsService;

  constructor(@Inject(GroupsService) groups: GroupsService) {
    this.#groups = groups;
  }

  @Operation(contracts.listGroups)
  list(@In() input: Input<Contracts['listGroups']>): Promise<{ items: Group[] }> {
    return this.#groups.list(input);
  }

  @Operation(contracts.createGroup)
  create(@In() input: Input<Contracts['createGroup']>): Promise<Group> {
    return this.#groups.create(input);
  }

  @Operation(contracts.changeGroup)
  change(@In() input: Input<Contracts['changeGroup']>): Promise<Group> {
    return this.#groups.change(input);
  }

  @Operation(contracts.deleteGroup)
  delete(@In() input: Input<Contracts['deleteGroup']>): Promise<void> {
    return this.#groups.delete(input);
  }
}
