import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { BodyOf, Contracts, Me } from '@sluice/protocol';
import type { Logger } from 'pino';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { LOGGER } from '../env/tokens.ts';
import type { Caller } from '../http/caller.ts';
import type { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import type { Browser } from './browser.ts';
import { LoginToken } from './login-token.ts';
import { PasswordCheck } from './password-check.ts';
import { SessionStore, sessionMaxMs } from './session.store.ts';

/** Signing in and out. */
@Injectable()
export class SessionService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;
  readonly #passwords: PasswordCheck;
  readonly #loginToken: LoginToken;
  readonly #logger: Logger;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(SessionStore) sessions: SessionStore,
    @Inject(PasswordCheck) passwords: PasswordCheck,
    @Inject(LoginToken) loginToken: LoginToken,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#accounts = accounts;
    this.#sessions = sessions;
    this.#passwords = passwords;
    this.#loginToken = loginToken;
    this.#logger = logger;
  }

  async signIn(body: BodyOf<Contracts['signIn']>, caller: Caller, browser: Browser): Promise<Me> {
    const { account, how } =
      'loginToken' in body
        ? { account: await this.#byLoginToken(body.loginToken, browser), how: 'loginToken' }
        : { account: await this.#byPassword(body, caller), how: 'password' };
    const sessionId = await this.#database.write(async (tx) => {
      // The account may have been disabled, or its password changed, while this one was checked.
      const now = await this.#accounts.byId(account.id, tx);
      if (!now || now.disabled || now.passwordHash !== account.passwordHash)
        throw new SluiceError('sign_in_failed');
      const id = await this.#sessions.begin(tx, now, caller.remoteAddress, browser);
      await this.#audit.append(
        tx,
        { ...caller, principal: { kind: 'user', id: now.id, name: now.name, grants: now.grants } },
        { action: 'session.begin', target: now.name, detail: { how } },
      );
      return id;
    });
    browser.keepSession(sessionId, sessionMaxMs);
    return { id: account.id, name: account.name, kind: 'user', grants: account.grants };
  }

  async signOut(caller: Caller, browser: Browser): Promise<void> {
    browser.dropSession();
    const { sessionHash, name } = caller.principal;
    if (sessionHash === undefined) return;
    await this.#database.write(async (tx) => {
      await this.#sessions.end(tx, sessionHash);
      await this.#audit.append(tx, caller, { action: 'session.end', target: name });
    });
  }

  async #byPassword(body: { userName: string; password: string }, caller: Caller): Promise<AccountEntity> {
    const account = await this.#passwords.check(body.userName, body.password, caller.remoteAddress);
    if (account) return account;
    this.#logger.warn({ requestId: caller.requestId, from: caller.remoteAddress }, 'a sign-in failed');
    throw new SluiceError('sign_in_failed');
  }

  async #byLoginToken(token: string, browser: Browser): Promise<AccountEntity> {
    if (!browser.isOnThisMachine) throw new SluiceError('unauthenticated');
    const [first] = await this.#accounts.administrators();
    if (!first || !this.#loginToken.use(token)) throw new SluiceError('unauthenticated');
    return first;
  }
}
