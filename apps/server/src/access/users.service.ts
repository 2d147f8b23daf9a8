import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { BodyOf, Contracts, Grant, User } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import type { Caller } from '../http/caller.ts';
import { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import type { Browser } from './browser.ts';
import { isAdministrator, uncovered } from './grant-cover.ts';
import { PasswordCheck } from './password-check.ts';
import { PasswordHasher } from './password-hasher.ts';
import { requireGoodPassword } from './password-rules.ts';
import { SessionStore, sessionMaxMs } from './session.store.ts';
import { TokenStore } from './token.store.ts';
import { toUser } from './users.read.ts';

/** People and their roles. */
@Injectable()
export class UsersService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;
  readonly #tokens: TokenStore;
  readonly #passwords: PasswordCheck;
  readonly #hasher: PasswordHasher;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(SessionStore) sessions: SessionStore,
    @Inject(TokenStore) tokens: TokenStore,
    @Inject(PasswordCheck) passwords: PasswordCheck,
    @Inject(PasswordHasher) hasher: PasswordHasher,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#accounts = accounts;
    this.#sessions = sessions;
    this.#tokens = tokens;
    this.#passwords = passwords;
    this.#hasher = hasher;
    this.#clock = clock;
  }

  async create(body: BodyOf<Contracts['createUser']>, caller: Caller): Promise<User> {
    requireCovered(caller, body.grants);
    requireGoodPassword(body.password, body.name, 'password');
    const taken = () =>
      new SluiceError('already_exists', { what: { en: 'The user', zh: '用户' }, name: body.name });
    if (await this.#accounts.named(body.name)) throw taken();
    const account: AccountEntity = {
      id: randomUUID(),
      name: body.name,
      passwordHash: await this.#hasher.hash(body.password),
      grants: body.grants,
      disabled: false,
      createdAt: this.#clock.now(),
      lastSeenAt: null,
    };
    const made = this.#database.write(async (tx) => {
      await tx.insert(AccountEntity, account);
      const detail = { grants: account.grants };
      await this.#audit.append(tx, caller, { action: 'user.create', target: account.name, detail });
    });
    await made.catch((error: unknown) => {
      throw isUniqueViolation(error) ? taken() : error;
    });
    return toUser(account);
  }

  async change(id: string, body: BodyOf<Contracts['changeUser']>, caller: Caller): Promise<User> {
    const found = await this.#accounts.byId(id);
    if (!found) throw noUser();
    if (body.grants) requireCovered(caller, body.grants);
    if (body.password !== undefined) requireGoodPassword(body.password, found.name, 'password');
    const passwordHash = body.password === undefined ? undefined : await this.#hasher.hash(body.password);
    const changed = await this.#database.write(async (tx) => {
      await this.#accounts.lock(tx);
      const before = await this.#accounts.byId(id, tx);
      if (!before) throw noUser();
      // Whoever may not grant what somebody has may not take that account over either.
      requireCovered(caller, before.grants);
      const after: AccountEntity = {
        ...before,
        ...(body.grants && { grants: body.grants }),
        ...(body.disabled !== undefined && { disabled: body.disabled }),
        ...(passwordHash !== undefined && { passwordHash }),
      };
      const { grants, disabled } = after;
      await tx.update(AccountEntity, { id }, { grants, disabled, passwordHash: after.passwordHash });
      const wasOne = isAdministrator(before.grants) && !before.disabled;
      if (wasOne && (await this.#accounts.administrators(tx)).length === 0) throw lastAdministrator();
      if (disabled || passwordHash !== undefined)
        await this.#sessions.endAllOf(tx, id, keptBy(caller, id, disabled));
      const detail = {
        before: { grants: before.grants, disabled: before.disabled },
        after: { grants, disabled },
        password: passwordHash === undefined ? 'unchanged' : 'changed',
      };
      await this.#audit.append(tx, caller, { action: 'user.change', target: before.name, detail });
      return toUser(after);
    });
    // What his tokens may do follows from what he may.
    this.#tokens.forgetAll();
    return changed;
  }

  /** All sessions end, this one too: whoever had seen its id would stay in. The browser gets another one. */
  async changeOwnPassword(
    body: BodyOf<Contracts['changeOwnPassword']>,
    caller: Caller,
    browser: Browser,
  ): Promise<void> {
    const { kind, id, name } = caller.principal;
    if (kind !== 'user')
      throw new SluiceError('wrong_state', {
        reason: { en: 'only a signed-in user has a password', zh: '只有已登录的用户才有密码' },
      });
    requireGoodPassword(body.next, name, 'next');
    if (!(await this.#passwords.check(name, body.current, caller.remoteAddress)))
      throw new SluiceError('sign_in_failed');
    const passwordHash = await this.#hasher.hash(body.next);
    const sessionId = await this.#database.write(async (tx) => {
      await tx.update(AccountEntity, { id }, { passwordHash });
      await this.#sessions.endAllOf(tx, id);
      const begun = await this.#sessions.begin(tx, { id }, caller.remoteAddress, browser);
      await this.#audit.append(tx, caller, { action: 'user.password', target: name });
      return begun;
    });
    browser.keepSession(sessionId, sessionMaxMs);
  }
}

/** Nobody gives what he doesn't have himself, everywhere that it would reach. */
function requireCovered(caller: Caller, grants: readonly Grant[]): void {
  for (const grant of grants) {
    const permission = uncovered(caller.principal.grants, grant);
    if (permission)
      throw new SluiceError('forbidden', {
        permission,
        scope: `${grant.environment}/${grant.app}`,
        who: { en: 'an administrator', zh: '管理员' },
      });
  }
}

/** Somebody who sets his own password stays signed in where he is. */
const keptBy = (caller: Caller, id: string, disabled: boolean): string | undefined =>
  caller.principal.id === id && !disabled ? caller.principal.sessionHash : undefined;

const noUser = () => new SluiceError('not_found', { what: { en: 'user', zh: '用户' } });

const lastAdministrator = () =>
  new SluiceError('wrong_state', {
    reason: {
      en: 'this is the last administrator, and without one nobody could let anybody in; make another one first',
      zh: '这是最后一个管理员，没有管理员就无法再授权任何人；请先设置另一个管理员',
    },
  });
