import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, ResponseOf, Session } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { type Caller, ownAccountOf } from '../http/caller.ts';
import type { SessionEntity } from './access.entities.ts';
import { AccountStore } from './account.store.ts';
import { SessionStore, sessionMaxMs } from './session.store.ts';

/** Who is signed in where: one's own sessions for everybody, all of them for those who manage users. */
@Injectable()
export class SessionsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(AccountStore) accounts: AccountStore,
    @Inject(SessionStore) sessions: SessionStore,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#accounts = accounts;
    this.#sessions = sessions;
  }

  async own(caller: Caller): Promise<{ items: Session[] }> {
    const accountId = ownAccountOf(caller.principal);
    const sessions = accountId === undefined ? [] : await this.#sessions.all(accountId);
    return { items: sessions.map((session) => shown(session, caller)) };
  }

  async everybodys(caller: Caller): Promise<ResponseOf<Contracts['listSessions']>> {
    const sessions = await this.#sessions.all();
    const names = new Map((await this.#accounts.all()).map(({ id, name }) => [id, name]));
    return {
      items: sessions.map((session) => ({
        ...shown(session, caller),
        user: { id: session.accountId, name: names.get(session.accountId) ?? '' },
      })),
    };
  }

  async endOwn(id: string, caller: Caller): Promise<void> {
    const accountId = ownAccountOf(caller.principal);
    const sessions = accountId === undefined ? [] : await this.#sessions.all(accountId);
    const wanted = sessions.find((session) => idOf(session) === id);
    if (!wanted) throw new SluiceError('not_found', { what: { en: 'session', zh: '会话' } });
    await this.#database.write(async (tx) => {
      await this.#sessions.end(tx, wanted.idHash);
      const target = caller.principal.actsFor ?? caller.principal.name;
      await this.#audit.append(tx, caller, { action: 'session.end', target, detail: ofWhat([wanted]) });
    });
  }

  async endOthers(caller: Caller): Promise<{ ended: number }> {
    const accountId = ownAccountOf(caller.principal);
    const account = accountId === undefined ? undefined : await this.#accounts.byId(accountId);
    return { ended: account ? await this.#endAll(account, caller) : 0 };
  }

  async endOfUser(userId: string, caller: Caller): Promise<{ ended: number }> {
    const account = await this.#accounts.byId(userId);
    if (!account) throw new SluiceError('not_found', { what: { en: 'user', zh: '用户' } });
    return { ended: await this.#endAll(account, caller) };
  }

  /** All of them, but for the one that asks for it. */
  async #endAll(account: { id: string; name: string }, caller: Caller): Promise<number> {
    const own = caller.principal.id === account.id ? caller.principal.sessionHash : undefined;
    const ending = (await this.#sessions.all(account.id)).filter(({ idHash }) => idHash !== own);
    if (ending.length === 0) return 0;
    await this.#database.write(async (tx) => {
      await this.#sessions.endAllOf(tx, account.id, own);
      const record = { action: 'session.end', target: account.name, detail: ofWhat(ending) };
      await this.#audit.append(tx, caller, record);
    });
    return ending.length;
  }
}

/** The beginning of the hash of what the cookie holds: names a session, and opens nothing. */
const idOf = ({ idHash }: SessionEntity): string => idHash.slice(0, 16);

const ofWhat = (ended: readonly SessionEntity[]) => ({
  sessions: ended.map((session) => ({ id: idOf(session), remoteAddress: session.remoteAddress })),
});

const moment = (ms: number): string => new Date(ms).toISOString();

const shown = (session: SessionEntity, { principal }: Caller): Session => ({
  id: idOf(session),
  userAgent: session.userAgent,
  remoteAddress: session.remoteAddress,
  createdAt: moment(session.createdAt),
  lastSeenAt: moment(session.lastSeenAt),
  endsAt: moment(session.createdAt + sessionMaxMs),
  isThis: session.idHash === principal.sessionHash,
});
