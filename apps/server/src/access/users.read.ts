import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { type Contracts, type Me, permissionsOf, type ResponseOf, roles, type User } from '@sluice/protocol';
import type { Caller } from '../http/caller.ts';
import type { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';

/** Users and roles as people see them. */
@Injectable()
export class UsersRead {
  readonly #accounts: AccountStore;

  constructor(@Inject(AccountStore) accounts: AccountStore) {
    this.#accounts = accounts;
  }

  me({ principal }: Caller): Me {
    const { id, name, kind, expiresAt } = principal;
    if (kind !== 'user' && kind !== 'token' && kind !== 'insecureDev')
      throw new SluiceError('unauthenticated');
    const ends = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
    return { id, name, kind, grants: [...principal.grants], ...ends };
  }

  roles(): ResponseOf<Contracts['listRoles']> {
    return { items: roles.map((role) => ({ role, permissions: [...permissionsOf[role]] })) };
  }

  async list(): Promise<{ items: User[] }> {
    return { items: (await this.#accounts.all()).map(toUser) };
  }
}

export const toUser = (account: AccountEntity): User => ({
  id: account.id,
  name: account.name,
  grants: account.grants,
  disabled: account.disabled,
  createdAt: new Date(account.createdAt).toISOString(),
  ...(account.lastSeenAt !== null && { lastSeenAt: new Date(account.lastSeenAt).toISOString() }),
});
