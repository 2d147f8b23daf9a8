import { type Grant, type Permission, permissionsIn, permissionsOf, serverWide } from '@sluice/protocol';

type Place = Pick<Grant, 'environment' | 'app'>;

/** Whether these grants carry a permission everywhere that `place` reaches; a `*` takes a grant on `*`. */
export const reaches = (mine: readonly Grant[], permission: Permission, place: Place): boolean =>
  mine.some(
    (grant) =>
      permissionsIn(grant).includes(permission) &&
      (grant.environment === '*' || grant.environment === place.environment) &&
      (grant.app === '*' || grant.app === place.app),
  );

/**
 * The first permission that `wanted` carries and these grants don't, everywhere that it reaches; undefined when they
 * cover it. Nobody hands on more than he has.
 */
export function uncovered(mine: readonly Grant[], wanted: Grant): Permission | undefined {
  const isEverywhere = wanted.environment === '*' && wanted.app === '*';
  return permissionsIn(wanted).find(
    (permission) => (isEverywhere || !serverWide.has(permission)) && !reaches(mine, permission, wanted),
  );
}

/** What of `wanted` these grants carry: each of them cut to where, and to what, both reach. */
export function within(mine: readonly Grant[], wanted: Grant): Grant[] {
  const wants = permissionsIn(wanted);
  return mine.flatMap((own) => {
    const environment = meeting(own.environment, wanted.environment);
    const app = meeting(own.app, wanted.app);
    const both = wants.filter((permission) => permissionsIn(own).includes(permission));
    if (environment === undefined || app === undefined || both.length === 0) return [];
    const isWhole = both.length === permissionsOf[wanted.role].length;
    return [{ role: wanted.role, environment, app, ...(!isWhole && { only: both }) }];
  });
}

const meeting = (one: string, other: string): string | undefined =>
  one === '*' ? other : other === '*' || other === one ? one : undefined;

/** Whether somebody with these grants administers the whole server. */
export const isAdministrator = (grants: readonly Grant[]): boolean =>
  grants.some(
    (grant) =>
      grant.role === 'admin' && grant.only === undefined && grant.environment === '*' && grant.app === '*',
  );
