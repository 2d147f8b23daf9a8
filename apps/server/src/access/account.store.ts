import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SettingEntity } from '../audit/audit.entity.ts';
import { Database } from '../database/database.ts';
import { AccountEntity } from './access.entities.ts';
import { isAdministrator } from './grant-cover.ts';

/** The people who may sign in. */
@Injectable()
export class AccountStore {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  any(manager: EntityManager = this.#database.read): Promise<boolean> {
    return manager.exists(AccountEntity);
  }

  all(): Promise<AccountEntity[]> {
    return this.#database.read.find(AccountEntity, { order: { name: 'ASC' } });
  }

  /** What cannot be a name is nobody's; PostgreSQL would not even take it as text. */
  async named(name: string): Promise<AccountEntity | undefined> {
    if (!/^[A-Za-z0-9._@-]{1,64}$/.test(name)) return undefined;
    return (await this.#database.read.findOneBy(AccountEntity, { name })) ?? undefined;
  }

  async byId(id: string, manager: EntityManager = this.#database.read): Promise<AccountEntity | undefined> {
    if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
    return (await manager.findOneBy(AccountEntity, { id })) ?? undefined;
  }

  /** Those who administer the whole server and may sign in, the oldest first. */
  async administrators(manager: EntityManager = this.#database.read): Promise<AccountEntity[]> {
    const all = await manager.find(AccountEntity, {
      where: { disabled: false },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return all.filter((account) => isAdministrator(account.grants));
  }

  /**
   * Makes changes of accounts wait for one another until the commit, so that two administrators cannot take each
   * other's role at once and leave none. The row `setting.setup` is there since the first account is.
   */
  async lock(tx: EntityManager): Promise<void> {
    const touch = tx
      .createQueryBuilder()
      .update(SettingEntity)
      .set({ value: () => 'value' });
    await touch.where("name = 'setup'").execute();
  }
}
