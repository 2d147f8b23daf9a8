import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In, IsNull } from 'typeorm';
import { Database } from '../database/database.ts';
import { isOutage } from '../database/outage.ts';
import { Clock } from '../env/clock.ts';
import type { Principal } from '../http/caller.ts';
import { TokenEntity } from './access.entities.ts';
import { sameHash } from './opaque-secret.ts';
import { readToken, type TokenKind } from './token-text.ts';

/** For how long a token is taken as it was read: a revocation reaches every node within this, and 5 s is promised. */
const freshMs = 3000;
/** While the database is away nothing can be revoked, so tokens that were in force lately stay in force. */
const outageMs = 15 * 60_000;
const maxRemembered = 10_000;
const usageMs = 60_000;

/** Where an application belongs. */
export interface ClientToken {
  readonly id: string;
  readonly environment: string;
  readonly app: string;
}

/** Tokens, and whether one is in force. */
@Injectable()
export class TokenStore implements OnModuleInit, OnModuleDestroy {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, { token: TokenEntity; readAt: number }>();
  readonly #used = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.writeUsage(), usageMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.writeUsage();
  }

  /** The place that a client token is for; undefined when it is wrong, expired or revoked. */
  async verifyClientToken(text: string): Promise<ClientToken | undefined> {
    const token = await this.#verify(text, 'client');
    return token && { id: token.id, environment: token.environment, app: token.app };
  }

  /** Who an Authorization header's token speaks for; undefined when it is wrong, expired or revoked. */
  async principalOf(text: string): Promise<Principal | undefined> {
    const kind = readToken(text)?.kind;
    const token = kind && (await this.#verify(text, kind));
    if (!token) return undefined;
    const { id, name, environment, app, role, createdBy: actsFor } = token;
    return kind === 'client'
      ? { kind: 'client', id, name, grants: [], environment, app }
      : { kind: 'token', id, name, actsFor, grants: role === null ? [] : [{ role, environment, app }] };
  }

  /** Those of these tokens that are no longer in force: revoked, expired or unknown. Asks the database. */
  async revokedAmong(ids: readonly string[]): Promise<string[]> {
    const inForce = new Set<string>();
    for (let from = 0; from < ids.length; from += 500) {
      const rows = await this.#database.read.find(TokenEntity, {
        where: { id: In(ids.slice(from, from + 500)), revokedAt: IsNull() },
      });
      for (const row of rows) if (this.#isInForce(row)) inForce.add(row.id);
    }
    return ids.filter((id) => !inForce.has(id));
  }

  /** The newest first. */
  all(): Promise<TokenEntity[]> {
    return this.#database.read.find(TokenEntity, { order: { createdAt: 'DESC', id: 'ASC' } });
  }

  async byId(id: string): Promise<TokenEntity | undefined> {
    if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
    return (await this.#database.read.findOneBy(TokenEntity, { id })) ?? undefined;
  }

  /** Whether it was this call that revoked it. */
  async revoke(tx: EntityManager, id: string): Promise<boolean> {
    const { affected } = await tx.update(
      TokenEntity,
      { id, revokedAt: IsNull() },
      { revokedAt: this.#clock.now() },
    );
    return affected === 1;
  }

  /** To be called after the commit of a revocation, so that this node at least knows at once. */
  forget(id: string): void {
    this.#remembered.delete(id);
  }

  /** Writes when tokens were last used; by itself once a minute, all in one transaction. */
  async writeUsage(): Promise<void> {
    if (this.#used.size === 0) return;
    const used = [...this.#used];
    this.#used.clear();
    await this.#database
      .write(async (tx) => {
        for (const [id, lastUsedAt] of used.sort()) await tx.update(TokenEntity, { id }, { lastUsedAt });
      })
      .catch(() => undefined); // a label for people: lost with an outage, written again with the next use
  }

  async #verify(text: string, kind: TokenKind): Promise<TokenEntity | undefined> {
    const claim = readToken(text);
    if (claim?.kind !== kind) return undefined;
    const token = await this.#read(claim.id);
    if (!token || token.kind !== kind || !sameHash(token.secretHash, claim.secretHash)) return undefined;
    if (!this.#isInForce(token)) return undefined;
    this.#used.set(token.id, this.#clock.now());
    return token;
  }

  #isInForce(token: TokenEntity): boolean {
    const expired = token.expiresAt !== null && token.expiresAt <= this.#clock.now();
    return token.revokedAt === null && !expired;
  }

  async #read(id: string): Promise<TokenEntity | undefined> {
    const now = this.#clock.monotonic();
    const known = this.#remembered.get(id);
    if (known && now - known.readAt < freshMs) return known.token;
    let token: TokenEntity | null;
    try {
      token = await this.#database.read.findOneBy(TokenEntity, { id });
    } catch (error) {
      if (known && isOutage(error) && now - known.readAt < outageMs) return known.token;
      throw error;
    }
    this.#remembered.delete(id);
    if (!token) return undefined;
    this.#remembered.set(id, { token, readAt: now });
    if (this.#remembered.size > maxRemembered)
      this.#remembered.delete(this.#remembered.keys().next().value as string);
    return token;
  }
}
