import type { Grant } from '@sluice/protocol';
import type { Principal } from '../http/caller.ts';
import { within } from './grant-cover.ts';
import type { StoredToken } from './token.store.ts';

/**
 * Who a token speaks for. One of a person never does more than that person may at this moment, whatever it was made
 * for: a role that he loses is lost to his tokens too.
 */
export function principalOf({ token, owner }: StoredToken): Principal {
  const { id, name, environment, app, createdBy } = token;
  const ends = token.expiresAt === null ? {} : { expiresAt: token.expiresAt };
  if (token.kind === 'client') return { kind: 'client', id, name, grants: [], environment, app };
  const grants = owner ? within(owner.grants, scopeOf(token)) : token.role === null ? [] : [scopeOf(token)];
  const actsWholly = token.role === null && environment === '*' && app === '*' && !token.onlyPermissions;
  const actsFor = owner?.name ?? createdBy;
  return {
    kind: 'token',
    id,
    name,
    grants,
    actsFor,
    ...(owner && { ownerId: owner.id, actsWholly }),
    ...ends,
  };
}

/** What a token was made for. Without a role: everything there, which its owner's own grants cut to size. */
export const scopeOf = ({
  environment,
  app,
  role,
  onlyPermissions,
}: Pick<StoredToken['token'], 'environment' | 'app' | 'role' | 'onlyPermissions'>): Grant => ({
  role: role ?? 'admin',
  environment,
  app,
  ...(onlyPermissions !== null && { only: onlyPermissions }),
});
