import { Inject, Injectable } from '@nestjs/common';
import type { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import { PasswordHasher } from './password-hasher.ts';
import { SignInLimits } from './sign-in-limits.ts';

/** Whether a name and a password belong together, for at most so many tries. */
@Injectable()
export class PasswordCheck {
  readonly #accounts: AccountStore;
  readonly #hasher: PasswordHasher;
  readonly #limits: SignInLimits;

  constructor(
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(PasswordHasher) hasher: PasswordHasher,
    @Inject(SignInLimits) limits: SignInLimits,
  ) {
    this.#accounts = accounts;
    this.#hasher = hasher;
    this.#limits = limits;
  }

  /**
   * The account, if it may sign in with this password. An unknown name, a disabled account and a wrong password look
   * and last the same, and count the same. Rejects with `too_many_requests`.
   */
  async check(name: string, password: string, remoteAddress: string): Promise<AccountEntity | undefined> {
    const fromThere = await this.#limits.byAddress(remoteAddress);
    const account = await this.#hasher.inTurn(async () => {
      // Counted when its turn comes: of a hundred tries at once only the first five are made.
      const ofName = await this.#limits.byName(name);
      const found = await this.#accounts.named(name);
      const matches = await this.#hasher.verify(found?.passwordHash, password);
      if (!found || !matches || found.disabled) return undefined;
      await this.#limits.forget(ofName);
      return found;
    });
    if (account) await this.#limits.takeBack(fromThere);
    return account;
  }
}
