import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { BodyOf, Contracts, Grant, QueryOf, ResponseOf, Token } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, may, requirePermission } from '../http/caller.ts';
import { TokenEntity } from './access.entities.ts';
import { reaches, uncovered } from './grant-cover.ts';
import { Places } from './places.ts';
import { TokenStore } from './token.store.ts';
import { mintToken } from './token-text.ts';

const dayMs = 86_400_000;

/** Tokens of applications and scripts: made, listed and revoked by those who administer their place. */
@Injectable()
export class TokensService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #tokens: TokenStore;
  readonly #places: Places;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(TokenStore) tokens: TokenStore,
    @Inject(Places) places: Places,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#tokens = tokens;
    this.#places = places;
    this.#clock = clock;
  }

  async list(query: QueryOf<Contracts['listTokens']>, caller: Caller): Promise<{ items: Token[] }> {
    requirePermission(caller, 'token:manage', query);
    const tokens = await this.#tokens.all();
    const asked = tokens.filter(
      (token) =>
        (query.environment === undefined || token.environment === query.environment) &&
        (query.app === undefined || token.app === query.app) &&
        may(caller, 'token:manage', placeOf(token)),
    );
    return { items: asked.map(toToken) };
  }

  async create(
    body: BodyOf<Contracts['createToken']>,
    caller: Caller,
  ): Promise<ResponseOf<Contracts['createToken']>> {
    const { environment, app } = body;
    requireMayCreate(caller, { role: body.kind === 'api' ? body.role : 'viewer', environment, app });
    await this.#places.require(environment, app);
    const { id, text, secretHash } = mintToken(body.kind);
    const now = this.#clock.now();
    const token: TokenEntity = {
      id,
      name: body.name,
      kind: body.kind,
      secretHash,
      environment,
      app,
      role: body.kind === 'api' ? body.role : null,
      createdBy: caller.principal.name,
      createdAt: now,
      expiresAt: body.expiresInDays === undefined ? null : now + body.expiresInDays * dayMs,
      lastUsedAt: null,
      revokedAt: null,
    };
    await this.#database.write(async (tx) => {
      await tx.insert(TokenEntity, token);
      await this.#audit.append(tx, caller, this.#record('token.create', token));
    });
    return { token: toToken(token), secret: text };
  }

  async revoke(id: string, caller: Caller): Promise<void> {
    const token = await this.#tokens.byId(id);
    if (!token || !may(caller, 'token:manage', placeOf(token)))
      throw new SluiceError('not_found', { what: { en: 'token', zh: '令牌' } });
    await this.#database.write(async (tx) => {
      if (await this.#tokens.revoke(tx, id))
        await this.#audit.append(tx, caller, this.#record('token.revoke', token));
    });
    this.#tokens.forget(id);
  }

  #record(action: string, token: TokenEntity) {
    const { id, kind, role, expiresAt } = token;
    const place = {
      ...(token.environment !== '*' && { environment: token.environment }),
      ...(token.app !== '*' && { app: token.app }),
    };
    return {
      action,
      ...place,
      target: token.name,
      detail: {
        id,
        kind,
        ...(role !== null && { role }),
        ...(expiresAt !== null && { expiresAt: new Date(expiresAt).toISOString() }),
      },
    };
  }
}

/** One must administer the whole of the place, and have all that the token may do. */
function requireMayCreate(caller: Caller, wanted: Grant): void {
  const { environment, app } = wanted;
  if (environment !== '*' && app !== '*') requirePermission(caller, 'token:manage', { environment, app });
  const { grants } = caller.principal;
  const missing = reaches(grants, 'token:manage', wanted) ? uncovered(grants, wanted) : 'token:manage';
  if (missing === undefined) return;
  throw new SluiceError('forbidden', {
    permission: missing,
    scope: `${environment}/${app}`,
    who: { en: 'an administrator', zh: '管理员' },
  });
}

/** Where one must administer to manage it. `*` as a place is reached by a grant on everything only. */
const placeOf = ({ environment, app }: TokenEntity) => ({ environment, app });

const moment = (ms: number): string => new Date(ms).toISOString();

const toToken = (token: TokenEntity): Token => ({
  id: token.id,
  name: token.name,
  kind: token.kind,
  environment: token.environment,
  app: token.app,
  ...(token.role !== null && { role: token.role }),
  createdBy: token.createdBy,
  createdAt: moment(token.createdAt),
  ...(token.expiresAt !== null && { expiresAt: moment(token.expiresAt) }),
  ...(token.lastUsedAt !== null && { lastUsedAt: moment(token.lastUsedAt) }),
  ...(token.revokedAt !== null && { revokedAt: moment(token.revokedAt) }),
});
