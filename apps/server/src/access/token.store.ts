import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { In, IsNull } from 'typeorm';
import { Database } from '../database/database.ts';
import { isOutage } from '../database/outage.ts';
import { Clock } from '../env/clock.ts';
import { AccountEntity, TokenEntity } from './access.entities.ts';
import { sameHash } from './opaque-secret.ts';
import { readToken, type TokenKind } from './token-text.ts';

/** For how long a token is taken as it was read: a revocation reaches every node within this, and 5 s is promised. */
const freshMs = 3000;
/** While the database is away nothing can be revoked, so tokens that were in force lately stay in force. */
const outageMs = 15 * 60_000;
const maxRemembered = 10_000;
const usageMs = 60_000;

/** A token and the account that it stands for, as they are stored. */
export interface StoredToken {
  readonly token: TokenEntity;
  readonly owner: AccountEntity | undefined;
}

/** A token that was shown and is in force, and which of its secrets it was shown with. */
export interface ShownToken extends StoredToken {
  readonly credential: string;
}

/** Tokens, and whether one is in force. */
@Injectable()
export class TokenStore implements OnModuleInit, OnModuleDestroy {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, StoredToken & { readAt: number }>();
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

  /** The token whose text this is; undefined when it is wrong, of another kind, expired, revoked or resting. */
  async verify(text: string, kind: TokenKind): Promise<ShownToken | undefined> {
    const claim = readToken(text);
    if (claim?.kind !== kind) return undefined;
    let stored = await this.#read(claim.id);
    let generation = stored && generationOf(stored.token, claim.secretHash);
    if (stored && generation === undefined) {
      // Another node may have given it this secret a moment ago.
      stored = await this.#read(claim.id, true);
      generation = stored && generationOf(stored.token, claim.secretHash);
    }
    if (!stored || stored.token.kind !== kind) return undefined;
    if (generation === undefined || !this.#isInForce(stored, generation)) return undefined;
    const credential = credentialOf(stored.token.id, generation);
    this.#used.set(credential, this.#clock.now());
    return { ...stored, credential };
  }

  /** Those of these credentials that are no longer in force: revoked, expired, rotated or unknown. Asks the database. */
  async revokedAmong(credentials: readonly string[]): Promise<string[]> {
    const byId = new Map<string, StoredToken>();
    const ids = [...new Set(credentials.map((credential) => credential.split('.')[0]!))];
    for (let from = 0; from < ids.length; from += 500)
      for (const token of await this.#database.read.find(TokenEntity, {
        where: { id: In(ids.slice(from, from + 500)), revokedAt: IsNull() },
      }))
        byId.set(token.id, { token, owner: undefined });
    return credentials.filter((credential) => {
      const [id = '', generation] = credential.split('.');
      const stored = byId.get(id);
      return !stored || !this.#isInForce(stored, Number(generation));
    });
  }

  /** The newest first. */
  async all(): Promise<StoredToken[]> {
    const tokens = await this.#database.read.find(TokenEntity, { order: { createdAt: 'DESC', id: 'ASC' } });
    const accounts = await this.#database.read.find(AccountEntity);
    const byId = new Map(accounts.map((account) => [account.id, account]));
    return tokens.map((token) => ({ token, owner: byId.get(token.ownerId ?? '') }));
  }

  async byId(id: string, manager: EntityManager = this.#database.read): Promise<StoredToken | undefined> {
    if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
    const token = await manager.findOneBy(TokenEntity, { id });
    if (!token) return undefined;
    const { ownerId } = token;
    const owner = ownerId === null ? undefined : await manager.findOneBy(AccountEntity, { id: ownerId });
    return { token, owner: owner ?? undefined };
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

  /** To be called after the commit of a change of tokens or of their owners, so that this node knows at once. */
  forgetAll(): void {
    this.#remembered.clear();
  }

  /** Writes when tokens were last used; by itself once a minute, all in one transaction. */
  async writeUsage(): Promise<void> {
    if (this.#used.size === 0) return;
    const used = [...this.#used].sort();
    this.#used.clear();
    await this.#database
      .write(async (tx) => {
        for (const [credential, at] of used) {
          const [id = '', shown] = credential.split('.');
          const generation = Number(shown);
          await tx.update(TokenEntity, { id, generation }, { lastUsedAt: at });
          await tx.update(TokenEntity, { id, generation: generation + 1 }, { oldUsedAt: at });
        }
      })
      .catch(() => undefined); // a label for people: lost with an outage, written again with the next use
  }

  /** An application goes on when whoever made its token leaves; a script that acts for a person does not. */
  #isInForce({ token, owner }: StoredToken, generation: number): boolean {
    const now = this.#clock.now();
    if (token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now)) return false;
    if (token.kind === 'api' && owner?.disabled) return false;
    if (generation === token.generation) return true;
    return generation === token.generation - 1 && token.oldUntil !== null && token.oldUntil > now;
  }

  async #read(id: string, again = false): Promise<StoredToken | undefined> {
    const now = this.#clock.monotonic();
    const known = this.#remembered.get(id);
    if (known && !again && now - known.readAt < freshMs) return known;
    let stored: StoredToken | undefined;
    try {
      stored = await this.byId(id);
    } catch (error) {
      if (known && isOutage(error) && now - known.readAt < outageMs) return known;
      throw error;
    }
    this.#remembered.delete(id);
    if (!stored) return undefined;
    this.#remembered.set(id, { ...stored, readAt: now });
    if (this.#remembered.size > maxRemembered)
      this.#remembered.delete(this.#remembered.keys().next().value as string);
    return stored;
  }
}

/** One secret of a token, as open connections remember with what they were let in. */
const credentialOf = (id: string, generation: number): string => `${id}.${generation}`;

/** Which of its secrets this is. */
function generationOf(token: TokenEntity, secretHash: string): number | undefined {
  if (sameHash(token.secretHash, secretHash)) return token.generation;
  if (token.oldSecretHash === null || !sameHash(token.oldSecretHash, secretHash)) return undefined;
  return token.generation - 1;
}
