/** Everything that can be allowed. Scoped to an environment and an app, but for the ones of the whole server. */
export const permissions = [
  'config:read',
  'config:edit',
  'config:publish',
  'secret:read',
  'push:keep',
  'instance:read',
  'kill:use',
  'drill:run',
  'alert:use',
  'alert:manage',
  'app:manage',
  'environment:manage',
  'token:manage',
  'user:manage',
  'audit:read',
  'server:read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['viewer', 'editor', 'publisher', 'drillOperator', 'admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

const reading: readonly Permission[] = ['config:read', 'instance:read'];

/** What each role may do, where it is granted. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: reading,
  editor: [...reading, 'config:edit'],
  publisher: [...reading, 'config:edit', 'config:publish', 'secret:read', 'kill:use', 'alert:use'],
  drillOperator: [...reading, 'kill:use', 'drill:run', 'alert:use'],
  admin: permissions,
  auditor: ['audit:read'],
};

/** A role in a place: `*` is every environment, or every app. */
export interface Grant {
  readonly role: Role;
  readonly environment: string;
  readonly app: string;
  /** Of what the role may, these only; absent, all of it. */
  readonly only?: readonly Permission[] | undefined;
}

/** What a grant carries, wherever it reaches. */
export const permissionsIn = ({ role, only }: Grant): readonly Permission[] =>
  only === undefined ? permissionsOf[role] : permissionsOf[role].filter((each) => only.includes(each));

/** How far a grant reaches, to be compared: one app in one environment is least, every app in all of them most. */
export const reachOf = ({ environment, app }: Grant): number =>
  (environment === '*' ? 2 : 0) + (app === '*' ? 1 : 0);

/** Permissions that concern the whole server: only a grant on every environment and every app carries them. */
export const serverWide: ReadonlySet<Permission> = new Set<Permission>([
  'environment:manage',
  'user:manage',
  'server:read',
]);

/** Whether these grants allow it there. An absent place means anywhere: a list is then filtered by what is visible. */
export function allows(
  grants: readonly Grant[],
  permission: Permission,
  place: { readonly environment?: string | undefined; readonly app?: string | undefined } = {},
): boolean {
  return grants.some(
    (grant) =>
      permissionsIn(grant).includes(permission) &&
      (!serverWide.has(permission) || (grant.environment === '*' && grant.app === '*')) &&
      (grant.environment === '*' ||
        place.environment === undefined ||
        grant.environment === place.environment) &&
      (grant.app === '*' || place.app === undefined || grant.app === place.app),
  );
}
