import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { BodyOf, Contracts, ResponseOf } from '@sluice/protocol';
import { SettingEntity } from '../audit/audit.entity.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import type { Caller } from '../http/caller.ts';
import { AccountEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import type { Browser } from './browser.ts';
import { PasswordHasher } from './password-hasher.ts';
import { requireGoodPassword } from './password-rules.ts';
import { Places, requireNames } from './places.ts';
import { SessionStore, sessionMaxMs } from './session.store.ts';
import { SetupToken } from './setup-token.ts';

const done = () =>
  new SluiceError('wrong_state', {
    reason: {
      en: 'this server has been set up already; sign in instead',
      zh: '该服务器已完成初始化，请直接登录',
    },
  });

/** The first start: the first administrator and the environments, made once by somebody at the machine. */
@Injectable()
export class SetupService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;
  readonly #places: Places;
  readonly #token: SetupToken;
  readonly #hasher: PasswordHasher;
  readonly #clock: Clock;
  readonly #env: Env;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(SessionStore) sessions: SessionStore,
    @Inject(Places) places: Places,
    @Inject(SetupToken) token: SetupToken,
    @Inject(PasswordHasher) hasher: PasswordHasher,
    @Inject(Clock) clock: Clock,
    @Inject(ENV) env: Env,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#accounts = accounts;
    this.#sessions = sessions;
    this.#places = places;
    this.#token = token;
    this.#hasher = hasher;
    this.#clock = clock;
    this.#env = env;
  }

  async state(): Promise<ResponseOf<Contracts['setupState']>> {
    const { insecureDev, version, isDemo } = this.#env;
    return { needed: await this.#token.isNeeded(), insecureDev, version, ...(isDemo && { demo: true }) };
  }

  async setUp(
    body: BodyOf<Contracts['setup']>,
    caller: Caller,
    browser: Browser,
  ): Promise<ResponseOf<Contracts['setup']>> {
    if (!(await this.#token.isNeeded())) throw done();
    if (!browser.isOnThisMachine)
      throw new SluiceError('wrong_state', {
        reason: {
          en: 'the first administrator can only be created from the machine that the server runs on',
          zh: '只能在运行服务器的机器上创建第一个管理员',
        },
      });
    // Whoever was first has taken the token with him; the others are told that.
    if (!(await this.#token.matches(body.setupToken)))
      throw (await this.#token.isNeeded()) ? new SluiceError('unauthenticated') : done();
    requireGoodPassword(body.password, body.userName, 'password');
    const environments = body.environments?.length ? body.environments : ['prod'];
    requireNames(environments, 'environments');

    const account: AccountEntity = {
      id: randomUUID(),
      name: body.userName,
      passwordHash: await this.#hasher.hash(body.password),
      grants: [{ role: 'admin', environment: '*', app: '*' }],
      disabled: false,
      createdAt: this.#clock.now(),
      lastSeenAt: null,
    };
    const sessionId = await this.#make(account, environments, caller, browser).catch((error: unknown) => {
      throw isUniqueViolation(error) ? done() : error;
    });
    await this.#token.refresh();
    browser.keepSession(sessionId, sessionMaxMs);
    return { id: account.id, name: account.name, kind: 'user', grants: account.grants };
  }

  /** All of it or nothing. The row `setup` has one key, so that of several first administrators one is made. */
  #make(
    account: AccountEntity,
    environments: readonly string[],
    caller: Caller,
    browser: Browser,
  ): Promise<string> {
    return this.#database.write(async (tx) => {
      await tx.insert(SettingEntity, { name: 'setup', value: { at: account.createdAt } });
      if (await this.#accounts.any(tx)) throw done();
      await tx.insert(AccountEntity, account);
      const made = await this.#places.makeEnvironments(tx, environments);
      const sessionId = await this.#sessions.begin(tx, account, caller.remoteAddress, browser);
      const principal = { kind: 'user', id: account.id, name: account.name, grants: account.grants } as const;
      const by = { ...caller, principal };
      await this.#audit.append(tx, by, {
        action: 'user.create',
        target: account.name,
        detail: { first: true },
      });
      for (const name of made)
        await this.#audit.append(tx, by, { action: 'environment.create', environment: name, target: name });
      return sessionId;
    });
  }
}
