import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { BodyOf, Contracts, Grant, ResponseOf } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, requirePermission } from '../http/caller.ts';
import type { TokenEntity } from './access.entities.ts';
import { TokenEntity as Tokens } from './access.entities.ts';
import { reaches, uncovered } from './grant-cover.ts';
import { Places } from './places.ts';
import { type StoredToken, TokenStore } from './token.store.ts';
import { scopeOf } from './token-principal.ts';
import { mintToken } from './token-text.ts';
import { isOwn, manages, TokensRead } from './tokens.read.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Tokens made, rotated and revoked. One of an application is managed by those who manage tokens at its place; an
 * `api` token by them and by its owner, and nobody gets one that may do more than he.
 */
@Injectable()
export class TokensService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #tokens: TokenStore;
  readonly #read: TokensRead;
  readonly #places: Places;
  readonly #clock: Clock;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(TokenStore) tokens: TokenStore,
    @Inject(TokensRead) read: TokensRead,
    @Inject(Places) places: Places,
    @Inject(Clock) clock: Clock,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#tokens = tokens;
    this.#read = read;
    this.#places = places;
    this.#clock = clock;
  }

  async create(
    body: BodyOf<Contracts['createToken']>,
    caller: Caller,
  ): Promise<ResponseOf<Contracts['createToken']>> {
    const { environment, app } = body;
    const asked = body.kind === 'api' ? body : { role: undefined, only: undefined };
    const scope = { environment, app, role: asked.role ?? null, onlyPermissions: asked.only ?? null };
    requireMayHold(caller, body.kind, scope);
    await this.#places.require(environment, app);
    const { id, text, secretHash } = mintToken(body.kind);
    const now = this.#clock.now();
    const token: TokenEntity = {
      ...scope,
      id,
      name: body.name,
      kind: body.kind,
      secretHash,
      ownerId: accountOf(caller),
      createdBy: caller.principal.name,
      createdAt: now,
      expiresAt: body.expiresInDays === undefined ? null : now + body.expiresInDays * dayMs,
      lastUsedAt: null,
      revokedAt: null,
      generation: 1,
      rotatedAt: null,
      oldSecretHash: null,
      oldUntil: null,
      oldUsedAt: null,
    };
    await this.#database.write(async (tx) => {
      await tx.insert(Tokens, token);
      await this.#audit.append(tx, caller, record('token.create', token));
    });
    return { token: await this.#shown(id, caller), secret: text };
  }

  /** A new secret; whoever gets it answers for the token from now on, so it must not be able to do more than he. */
  async rotate(
    id: string,
    body: BodyOf<Contracts['rotateToken']>,
    caller: Caller,
  ): Promise<ResponseOf<Contracts['rotateToken']>> {
    const { token } = await this.#mine(id, caller);
    requireMayHold(caller, token.kind, token);
    const { text, secretHash } = mintToken(token.kind, id);
    await this.#database.write(async (tx) => {
      const before = (await this.#tokens.byId(id, tx))!.token;
      const now = this.#clock.now();
      if (before.revokedAt !== null || (before.expiresAt !== null && before.expiresAt <= now)) throw ended();
      const { expiresAt } = before;
      const lifetimeMs =
        body.expiresInDays !== undefined
          ? body.expiresInDays * dayMs
          : expiresAt && expiresAt - (before.rotatedAt ?? before.createdAt);
      const after = {
        ownerId: accountOf(caller),
        secretHash,
        generation: before.generation + 1,
        rotatedAt: now,
        expiresAt: lifetimeMs === null ? null : now + lifetimeMs,
        lastUsedAt: null,
        oldSecretHash: before.secretHash,
        oldUntil: Math.min(now + body.overlapMinutes * minuteMs, expiresAt ?? Number.MAX_SAFE_INTEGER),
        oldUsedAt: before.lastUsedAt,
      };
      // Of two who rotate at once one is told, and not left with a secret that never opened.
      const { affected } = await tx.update(Tokens, { id, generation: before.generation }, after);
      if (affected !== 1) throw rotatedElsewhere();
      const said = record('token.rotate', { ...before, ...after });
      const detail = { ...said.detail, oldSecretUntil: new Date(after.oldUntil).toISOString() };
      await this.#audit.append(tx, caller, { ...said, detail });
    });
    this.#tokens.forgetAll();
    return { token: await this.#shown(id, caller), secret: text };
  }

  async revoke(id: string, caller: Caller): Promise<void> {
    const { token } = await this.#mine(id, caller);
    await this.#database.write(async (tx) => {
      if (await this.#tokens.revoke(tx, id))
        await this.#audit.append(tx, caller, record('token.revoke', token));
    });
    this.#tokens.forgetAll();
  }

  async #mine(id: string, caller: Caller): Promise<StoredToken> {
    const stored = await this.#tokens.byId(id);
    if (stored && (isOwn(stored, caller) || manages(stored, caller))) return stored;
    throw new SluiceError('not_found', { what: { en: 'token', zh: '令牌' } });
  }

  async #shown(id: string, caller: Caller) {
    return this.#read.shown((await this.#tokens.byId(id))!, caller);
  }
}

/** The account behind a request: of a person, or of whoever his token acts for. */
const accountOf = ({ principal }: Caller): string | null =>
  principal.kind === 'user' ? principal.id : (principal.ownerId ?? null);

/**
 * Nobody holds a token that may do more than he. A person may always have one that acts for himself; applications'
 * tokens, and tokens made by tokens, take `token:manage` at the whole of the place.
 */
function requireMayHold(
  caller: Caller,
  kind: TokenEntity['kind'],
  scope: Pick<TokenEntity, 'environment' | 'app' | 'role' | 'onlyPermissions'>,
): void {
  const { environment, app, role } = scope;
  const { kind: who, grants } = caller.principal;
  const actsForHim = kind === 'api' && who === 'user';
  if (actsForHim && role === null) return;
  if (kind === 'api' && role === null) throw needsRole();
  const wanted: Grant = kind === 'client' ? { role: 'viewer', environment, app } : scopeOf(scope);
  if (!actsForHim && environment !== '*' && app !== '*')
    requirePermission(caller, 'token:manage', { environment, app });
  const mayMake = actsForHim || reaches(grants, 'token:manage', wanted);
  const missing = mayMake ? uncovered(grants, wanted) : 'token:manage';
  if (missing === undefined) return;
  throw new SluiceError('forbidden', {
    permission: missing,
    scope: `${environment}/${app}`,
    who: { en: 'an administrator', zh: '管理员' },
  });
}

function record(action: string, token: TokenEntity) {
  const { id, kind, role, onlyPermissions, expiresAt } = token;
  return {
    action,
    ...(token.environment !== '*' && { environment: token.environment }),
    ...(token.app !== '*' && { app: token.app }),
    target: token.name,
    detail: {
      id,
      kind,
      ...(role !== null && { role }),
      ...(onlyPermissions !== null && { only: onlyPermissions }),
      ...(expiresAt !== null && { expiresAt: new Date(expiresAt).toISOString() }),
    },
  };
}

const wrongState = (en: string, zh: string) => new SluiceError('wrong_state', { reason: { en, zh } });
const ended = () =>
  wrongState('this token was revoked or has expired; make another one', '该令牌已被吊销或已过期；请另建一个');
const rotatedElsewhere = () =>
  wrongState('somebody else rotated this token at the same time', '其他人同时轮换了该令牌');
const needsRole = () =>
  wrongState(
    'a token without a role does what its owner may, and only a signed-in user can be its owner; name a role',
    '不指定角色的令牌等同于其所有者的权限，只有已登录的用户才能拥有；请指定角色',
  );
