import type { CallInput, Contracts } from '@sluice/protocol';
import { adminPassword } from '../../support/boot-app.ts';
import type { KnownIds } from './known-ids.ts';

const [env, app] = ['prod', 'orders'];
const grants = [{ role: 'viewer' as const, environment: env, app }];

/** What the admin's password becomes. */
export const changedPassword = 'another long secret';

type About =
  | 'whoAmI'
  | 'changeOwnPassword'
  | 'listUsers'
  | 'createUser'
  | 'changeUser'
  | 'listRoles'
  | 'listHolders'
  | 'listOwnSessions'
  | 'endOwnSession'
  | 'endOtherSessions'
  | 'listSessions'
  | 'endUserSessions'
  | 'listTokens'
  | 'createToken'
  | 'rotateToken'
  | 'revokeToken'
  | 'listNodes'
  | 'getStory'
  | 'playStory'
  | 'stopStory';

/** Of the sound requests those about who may come in, users, sessions and tokens, and about the server itself. */
export const soundAccess = (known: KnownIds): { readonly [Id in About]: CallInput<Contracts[Id]> } => ({
  whoAmI: {},
  changeOwnPassword: { body: { current: adminPassword, next: changedPassword } },
  listUsers: {},
  createUser: { body: { name: 'eve', password: 'a long enough secret', grants } },
  changeUser: {
    params: { user: known.user },
    body: { grants, password: 'a long enough secret', disabled: true },
  },
  listRoles: {},
  listHolders: { params: { permission: 'config:publish' }, query: { environment: env, app } },
  listOwnSessions: {},
  endOwnSession: { params: { session: '0123456789abcdef' } },
  endOtherSessions: {},
  listSessions: {},
  endUserSessions: { params: { user: known.user } },
  listTokens: { query: { environment: env, app, prefix: 'sla_' } },
  createToken: {
    body: {
      kind: 'api',
      name: 'ci',
      environment: env,
      app,
      role: 'viewer',
      only: ['config:read'],
      expiresInDays: 30,
    },
  },
  rotateToken: { params: { token: known.token }, body: { overlapMinutes: 60, expiresInDays: 30 } },
  revokeToken: { params: { token: known.token } },
  listNodes: {},
  getStory: {},
  playStory: { body: { pace: 'fast' } },
  stopStory: {},
});
