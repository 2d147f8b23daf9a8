import { type Grant, type Permission, permissionsOf, serverWide } from '@sluice/protocol';

type Place = Pick<Grant, 'environment' | 'app'>;

/** Whether these grants carry a permission everywhere that `place` reaches; a `*` takes a grant on `*`. */
export const reaches = (mine: readonly Grant[], permission: Permission, place: Place): boolean =>
  mine.some(
    (grant) =>
      permissionsOf[grant.role].includes(permission) &&
      (grant.environment === '*' || grant.environment === place.environment) &&
      (grant.app === '*' || grant.app === place.app),
  );

/**
 * The first permission that `wanted` carries and these grants don't, everywhere that it reaches; undefined when they
 * cover it. Nobody hands on more than he has.
 */
export function uncovered(mine: readonly Grant[], wanted: Grant): Permission | undefined {
  const isEverywhere = wanted.environment === '*' && wanted.app === '*';
  return permissionsOf[wanted.role].find(
    (permission) => (isEverywhere || !serverWide.has(permission)) && !reaches(mine, permission, wanted),
  );
}

/** Whether somebody with these grants administers the whole server. */
export const isAdministrator = (grants: readonly Grant[]): boolean =>
  grants.some((grant) => grant.role === 'admin' && grant.environment === '*' && grant.app === '*');
