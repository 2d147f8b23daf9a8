import { SluiceError } from '@sluice/core';
import { permissionsIn } from '@sluice/protocol';
import { type Caller, may } from '../http/caller.ts';

/** Whether the caller has any role in this environment. */
export function seesEnvironment(caller: Caller, environment: string): boolean {
  return caller.principal.grants.some((g) => g.environment === '*' || g.environment === environment);
}

/** Whether the caller has any role on this app, in any environment. */
export function seesApp(caller: Caller, app: string): boolean {
  return caller.principal.grants.some((g) => g.app === '*' || g.app === app);
}

/** The apps of an environment whose configs the caller may read; `all` when no name has to be looked at. */
export function readableApps(caller: Caller, environment: string): 'all' | readonly string[] {
  const apps = caller.principal.grants
    .filter((g) => permissionsIn(g).includes('config:read'))
    .filter((g) => g.environment === '*' || g.environment === environment)
    .map((g) => g.app);
  return apps.includes('*') ? 'all' : [...new Set(apps)];
}

/** An app exists in all environments, so who makes or names one must be allowed to in all of them. */
export function requireAppEverywhere(caller: Caller, app: string): void {
  if (may(caller, 'app:manage', { environment: '*', app })) return;
  throw new SluiceError('forbidden', {
    permission: 'app:manage',
    scope: `*/${app}`,
    who: { en: 'an administrator', zh: '管理员' },
  });
}
