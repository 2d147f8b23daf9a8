import { type Language, SluiceError } from '@sluice/core';
import { allows, type Grant, type Permission } from '@sluice/protocol';
import type { Request } from 'express';

/** Who asks: a person, a person's token, an application's token, or anybody in the loopback-only development mode. */
export interface Principal {
  readonly kind: 'user' | 'token' | 'client' | 'insecureDev' | 'anonymous' | 'system';
  readonly id: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Of a client token: the one place that it is for. */
  readonly environment?: string;
  readonly app?: string;
  /** Of a person's token: the user for whom it acts, by name and by account. */
  readonly actsFor?: string;
  readonly ownerId?: string;
  /** It may all that its owner may: what is his is its own. */
  readonly actsWholly?: boolean;
  /** Of a token: when it ends, milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Of a user: the session that carries the request. */
  readonly sessionHash?: string;
}

/** A principal and where the request came from: what every service and every audit row is given. */
export interface Caller {
  readonly principal: Principal;
  readonly remoteAddress: string;
  readonly via: 'console' | 'cli' | 'api' | 'server';
  readonly requestId: string;
  readonly language: Language;
}

/** The account whose sessions and tokens are the caller's own; undefined for a token that may a part of that only. */
export const ownAccountOf = ({ kind, id, ownerId, actsWholly }: Principal): string | undefined =>
  kind === 'user' ? id : actsWholly ? ownerId : undefined;

/** The name of the person behind a principal: a token acts for its owner. */
export const personOf = ({ actsFor, name }: Principal): string => actsFor ?? name;

/** The server itself: an expiry, a repair, a reaped node. */
export const theServer: Caller = {
  principal: { kind: 'system', id: 'server', name: 'server', grants: [] },
  remoteAddress: '',
  via: 'server',
  requestId: '',
  language: 'en',
};

export const anonymous: Principal = { kind: 'anonymous', id: '', name: '', grants: [] };

const principals = new WeakMap<Request, Principal>();
const requestIds = new WeakMap<Request, string>();

export const setPrincipal = (request: Request, principal: Principal): void =>
  void principals.set(request, principal);
export const setRequestId = (request: Request, id: string): void => void requestIds.set(request, id);
export const requestIdOf = (request: Request): string => requestIds.get(request) ?? '';

export function callerOf(request: Request): Caller {
  const principal = principals.get(request) ?? anonymous;
  return {
    principal,
    remoteAddress: request.ip ?? '',
    via:
      principal.kind === 'user'
        ? 'console'
        : /^sluice-cli\b/.test(request.get('user-agent') ?? '')
          ? 'cli'
          : 'api',
    requestId: requestIdOf(request),
    language: languageOf(request),
  };
}

export function languageOf(request: Request): Language {
  return request.acceptsLanguages('en', 'zh', 'zh-CN', 'zh-TW')?.toString().startsWith('zh') ? 'zh' : 'en';
}

export function may(
  caller: Caller,
  permission: Permission,
  place: { environment?: string; app?: string } = {},
): boolean {
  return allows(caller.principal.grants, permission, place);
}

/**
 * Requires a permission in a place. What the caller may not even read there is not found; what he may see but not do
 * is forbidden, saying who can.
 */
export function requirePermission(
  caller: Caller,
  permission: Permission,
  place: { environment?: string; app?: string },
  seen = place,
): void {
  if (may(caller, permission, place)) return;
  const sees = may(caller, 'config:read', seen) || may(caller, 'instance:read', seen);
  if (!sees && (seen.environment !== undefined || seen.app !== undefined))
    throw new SluiceError('not_found', {
      what: seen.app === undefined ? { en: 'environment', zh: '环境' } : { en: 'app', zh: '应用' },
    });
  const { environment = '*', app = '*' } = place;
  throw new SluiceError(
    'forbidden',
    { permission, scope: `${environment}/${app}`, who: { en: 'an administrator', zh: '管理员' } },
    // For programs, which can ask by these who holds it.
    { details: { permission, ...place } },
  );
}

/**
 * The same for what is of one app, or with `''` of the whole environment: that takes the permission on every app in it.
 * Whoever sees any of them sees that the environment is there, and is told that he may not.
 */
export function requireIn(caller: Caller, permission: Permission, environment: string, app: string): void {
  if (app === '') requirePermission(caller, permission, { environment, app: '*' }, { environment });
  else requirePermission(caller, permission, { environment, app });
}
