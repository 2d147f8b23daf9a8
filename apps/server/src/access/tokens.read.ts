import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, QueryOf, Token } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import { type Caller, may, ownAccountOf } from '../http/caller.ts';
import { type StoredToken, TokenStore } from './token.store.ts';
import { prefixOf } from './token-text.ts';

/** Tokens as people see them: their own, and those of the places where they manage tokens. */
@Injectable()
export class TokensRead {
  readonly #tokens: TokenStore;
  readonly #clock: Clock;

  constructor(@Inject(TokenStore) tokens: TokenStore, @Inject(Clock) clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  async list(query: QueryOf<Contracts['listTokens']>, caller: Caller): Promise<{ items: Token[] }> {
    const wanted = (await this.#tokens.all()).filter(
      (stored) =>
        (query.environment === undefined || stored.token.environment === query.environment) &&
        (query.app === undefined || stored.token.app === query.app) &&
        (query.prefix === undefined || beginsWith(stored, query.prefix)) &&
        (isOwn(stored, caller) || manages(stored, caller)),
    );
    return { items: wanted.map((stored) => this.shown(stored, caller)) };
  }

  shown(stored: StoredToken, caller: Caller): Token {
    const { token, owner } = stored;
    const { rotatedAt, expiresAt, lastUsedAt, oldUntil, oldUsedAt, revokedAt } = token;
    const isOldInForce = oldUntil !== null && oldUntil > this.#clock.now() && revokedAt === null;
    return {
      id: token.id,
      prefix: prefixOf(token),
      name: token.name,
      kind: token.kind,
      environment: token.environment,
      app: token.app,
      ...(token.role !== null && { role: token.role }),
      ...(token.onlyPermissions !== null && { only: token.onlyPermissions }),
      ...(owner && { owner: { name: owner.name, disabled: owner.disabled } }),
      isOwn: isOwn(stored, caller),
      createdBy: token.createdBy,
      createdAt: moment(token.createdAt),
      ...(rotatedAt !== null && { rotatedAt: moment(rotatedAt) }),
      ...(expiresAt !== null && { expiresAt: moment(expiresAt) }),
      ...(lastUsedAt !== null && { lastUsedAt: moment(lastUsedAt) }),
      ...(isOldInForce && {
        previous: {
          until: moment(oldUntil),
          ...(oldUsedAt !== null && { lastUsedAt: moment(oldUsedAt) }),
        },
      }),
      ...(revokedAt !== null && { revokedAt: moment(revokedAt) }),
    };
  }
}

/** Whether it speaks for the person who asks. */
export const isOwn = ({ token }: StoredToken, { principal }: Caller): boolean =>
  token.kind === 'api' && token.ownerId !== null && token.ownerId === ownAccountOf(principal);

/** Whether the caller manages the tokens of its place. `*` as a place is reached by a grant on everything only. */
export const manages = ({ token }: StoredToken, caller: Caller): boolean =>
  may(caller, 'token:manage', { environment: token.environment, app: token.app });

const beginsWith = ({ token }: StoredToken, text: string): boolean =>
  prefixOf(token).startsWith(text) || token.id.startsWith(text);

const moment = (ms: number): string => new Date(ms).toISOString();
