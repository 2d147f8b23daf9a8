import { z } from 'zod';
import { id, moment, name } from '../model/name.ts';
import { contract } from './contract.ts';
import { permissions, roles } from './permissions.ts';
import { none, noParams, noQuery, nothing } from './request-parts.ts';
import { grant } from './session.ts';
import { password, userName } from './setup.ts';

const place = z.union([name, z.literal('*')]);
const grantInput = z.strictObject({ role: z.enum(roles), environment: place, app: place });

const user = z.object({
  id,
  name: z.string(),
  grants: z.array(grant),
  disabled: z.boolean(),
  createdAt: moment,
  lastSeenAt: moment.optional(),
});
export type User = z.infer<typeof user>;

export const listUsers = contract({
  id: 'listUsers',
  summary: 'Users and their roles',
  method: 'GET',
  path: '/api/v1/users',
  access: 'user:manage',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(user) }),
});

export const createUser = contract({
  id: 'createUser',
  summary: 'Create a user',
  method: 'POST',
  path: '/api/v1/users',
  access: 'user:manage',
  params: noParams,
  query: noQuery,
  body: z.strictObject({ name: userName, password, grants: z.array(grantInput).max(100) }),
  status: 201,
  response: user,
  errors: ['already_exists'],
});

export const changeUser = contract({
  id: 'changeUser',
  summary:
    'Change the roles of a user, set a new password, disable or enable; ends the sessions where needed',
  method: 'PATCH',
  path: '/api/v1/users/:user',
  access: 'user:manage',
  params: z.strictObject({ user: id }),
  query: noQuery,
  body: z.strictObject({
    grants: z.array(grantInput).max(100).optional(),
    password: password.optional(),
    disabled: z.boolean().optional(),
  }),
  status: 200,
  response: user,
  errors: ['wrong_state'],
});

export const changeOwnPassword = contract({
  id: 'changeOwnPassword',
  summary: 'Change your own password; ends your other sessions',
  method: 'POST',
  path: '/api/v1/me/password',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: z.strictObject({ current: z.string().max(128), next: password }),
  status: 204,
  response: nothing,
  errors: ['sign_in_failed', 'too_many_requests', 'wrong_state'],
});

export const listRoles = contract({
  id: 'listRoles',
  summary: 'The roles and what each may do',
  method: 'GET',
  path: '/api/v1/roles',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    items: z.array(z.object({ role: z.enum(roles), permissions: z.array(z.enum(permissions)) })),
  }),
});

/** Somebody who may do it there, and the role that lets him. */
const holder = z.object({ name: z.string(), role: z.enum(roles) });

export const listHolders = contract({
  id: 'listHolders',
  summary: 'Who may do something in a place, to ask them; for whoever sees that place',
  method: 'GET',
  path: '/api/v1/permissions/:permission/holders',
  access: 'config:read',
  params: z.strictObject({ permission: z.enum(permissions) }),
  query: z.strictObject({
    environment: place.optional(),
    /** `*`: in every app. Absent: in any. */
    app: place.optional(),
  }),
  body: none,
  status: 200,
  response: z.object({
    /** People who may sign in, those nearest to the place first; at most 5. */
    items: z.array(holder),
    /** How many there are besides. */
    more: z.int(),
  }),
});
