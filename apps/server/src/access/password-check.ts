import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../env/clock.ts';
import type { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import { AttemptLimiter, addressKey } from './attempt-limiter.ts';
import { PasswordHasher } from './password-hasher.ts';

/** Whether a name and a password belong together, for at most so many tries. */
@Injectable()
export class PasswordCheck {
  readonly #accounts: AccountStore;
  readonly #hasher: PasswordHasher;
  readonly #clock: Clock;
  readonly #ofName = new AttemptLimiter({ failures: 5, windowMs: 15 * 60_000, maxKeys: 10_000 });
  readonly #ofAddress = new AttemptLimiter({ failures: 20, windowMs: 60_000, maxKeys: 10_000 });

  constructor(
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(PasswordHasher) hasher: PasswordHasher,
    @Inject(Clock) clock: Clock,
  ) {
    this.#accounts = accounts;
    this.#hasher = hasher;
    this.#clock = clock;
  }

  /**
   * The account, if it may sign in with this password. An unknown name, a disabled account and a wrong password look
   * and last the same, and count the same. Rejects with `too_many_requests`.
   */
  async check(name: string, password: string, remoteAddress: string): Promise<AccountEntity | undefined> {
    const address = addressKey(remoteAddress);
    this.#ofAddress.check(address, this.#clock.monotonic());
    this.#ofAddress.failed(address, this.#clock.monotonic());
    const account = await this.#hasher.inTurn(async () => {
      // Looked at when its turn comes: of a hundred tries at once only the first five are made.
      this.#ofName.check(name, this.#clock.monotonic());
      const found = await this.#accounts.named(name);
      const matches = await this.#hasher.verify(found?.passwordHash, password);
      if (found && matches && !found.disabled) return found;
      this.#ofName.failed(name, this.#clock.monotonic());
      return undefined;
    });
    if (!account) return undefined;
    this.#ofAddress.tookBack(address);
    this.#ofName.forget(name);
    return account;
  }
}
