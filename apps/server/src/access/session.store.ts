import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type EntityManager, LessThan, MoreThan, Not } from 'typeorm';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import type { Principal } from '../http/caller.ts';
import { AccountEntity, SessionEntity } from './access.entities.ts';
import type { Browser } from './browser.ts';
import { hashSecret, mintSecret } from './opaque-secret.ts';
import { sessionIdIn } from './session-cookie.ts';

const minuteMs = 60_000;
/** A session that is not used for this long is over. */
const idleMs = 30 * minuteMs;
/** However busy, a session is over after this long. */
export const sessionMaxMs = 12 * 60 * minuteMs;

/**
 * Who is signed in. Sessions live here and nowhere else; a cookie only names one. Every transaction takes the account's
 * row before its sessions' rows, so that none of them waits for another in a circle.
 */
@Injectable()
export class SessionStore implements OnModuleInit, OnModuleDestroy {
  readonly #database: Database;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.sweep(), 10 * minuteMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Begins a session, in place of the one that the browser came with. Gives the id for the cookie. */
  async begin(
    tx: EntityManager,
    account: Pick<AccountEntity, 'id'>,
    remoteAddress: string,
    { sessionId: replaces, userAgent }: Pick<Browser, 'sessionId' | 'userAgent'>,
  ): Promise<string> {
    const now = this.#clock.now();
    const id = mintSecret();
    await tx.update(AccountEntity, { id: account.id }, { lastSeenAt: now });
    if (replaces !== undefined) await tx.delete(SessionEntity, { idHash: hashSecret(replaces) });
    await tx.insert(SessionEntity, {
      idHash: hashSecret(id),
      accountId: account.id,
      remoteAddress,
      userAgent,
      createdAt: now,
      lastSeenAt: now,
    });
    return id;
  }

  async end(tx: EntityManager, idHash: string): Promise<void> {
    await tx.delete(SessionEntity, { idHash });
  }

  /** Ends all sessions of an account, or all but one. */
  async endAllOf(tx: EntityManager, accountId: string, butHash?: string): Promise<void> {
    await tx.delete(SessionEntity, {
      accountId,
      ...(butHash !== undefined && { idHash: Not(butHash) }),
    });
  }

  /** Sessions in force, of one account or of all; the one that was used last first. */
  all(accountId?: string): Promise<SessionEntity[]> {
    const now = this.#clock.now();
    const whose = accountId === undefined ? {} : { accountId };
    return this.#database.read.find(SessionEntity, {
      where: { ...whose, createdAt: MoreThan(now - sessionMaxMs), lastSeenAt: MoreThan(now - idleMs) },
      order: { lastSeenAt: 'DESC', idHash: 'ASC' },
    });
  }

  /**
   * Who a Cookie header belongs to, with the grants that he has now; undefined without a session in force.
   * `secure`: whether it came over HTTPS, where only the cookie counts that no other host can set.
   */
  async principalOf(cookieHeader: string, secure = false): Promise<Principal | undefined> {
    const id = sessionIdIn(cookieHeader, secure);
    if (id === undefined) return undefined;
    const session = await this.#database.read.findOneBy(SessionEntity, { idHash: hashSecret(id) });
    const now = this.#clock.now();
    if (!session || now - session.lastSeenAt >= idleMs || now - session.createdAt >= sessionMaxMs)
      return undefined;
    const account = await this.#database.read.findOneBy(AccountEntity, { id: session.accountId });
    if (!account || account.disabled) return undefined;
    if (now - session.lastSeenAt >= minuteMs) await this.#seen(session, now);
    return {
      kind: 'user',
      id: account.id,
      name: account.name,
      grants: account.grants,
      sessionHash: session.idHash,
    };
  }

  /** Deletes what is over; by itself every ten minutes. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    await this.#database
      .write(async (tx) => {
        await tx.delete(SessionEntity, { createdAt: LessThan(now - sessionMaxMs) });
        await tx.delete(SessionEntity, { lastSeenAt: LessThan(now - idleMs) });
      })
      .catch(() => undefined); // over they are anyway; the next sweep takes them
  }

  /** At most once a minute per session. A database that cannot write now keeps nobody from reading. */
  async #seen({ idHash, accountId }: SessionEntity, now: number): Promise<void> {
    const longAgo = LessThan(now - minuteMs + 1);
    await this.#database
      .write(async (tx) => {
        await tx.update(AccountEntity, { id: accountId, lastSeenAt: longAgo }, { lastSeenAt: now });
        await tx.update(SessionEntity, { idHash, lastSeenAt: longAgo }, { lastSeenAt: now });
      })
      .catch(() => undefined);
  }
}
