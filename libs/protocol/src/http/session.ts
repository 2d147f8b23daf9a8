import { z } from 'zod';
import { id, moment } from '../model/name.ts';
import { contract } from './contract.ts';
import { permissions, roles } from './permissions.ts';
import { none, noParams, noQuery, nothing } from './request-parts.ts';

export const grant = z.object({
  role: z.enum(roles),
  environment: z.string(),
  app: z.string(),
  /** Of what the role may, these only. */
  only: z.array(z.enum(permissions)).readonly().optional(),
});

export const me = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['user', 'token', 'insecureDev']),
  grants: z.array(grant),
  /** Of a token: when it ends. */
  expiresAt: moment.optional(),
});
export type Me = z.infer<typeof me>;

export const whoAmI = contract({
  id: 'whoAmI',
  summary: 'Who is asking, and with which roles',
  method: 'GET',
  path: '/api/v1/me',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: me,
});

/** Somebody signed in with a browser. */
const session = z.object({
  id,
  /** What the browser called itself at the sign-in. */
  userAgent: z.string(),
  remoteAddress: z.string(),
  createdAt: moment,
  lastSeenAt: moment,
  /** It ends then however busy it is, and before that when it is not used. */
  endsAt: moment,
  /** Whether it carries this very request. */
  isThis: z.boolean(),
});
export type Session = z.infer<typeof session>;

export const listOwnSessions = contract({
  id: 'listOwnSessions',
  summary: 'Where you are signed in, the one that was used last first',
  method: 'GET',
  path: '/api/v1/me/sessions',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(session) }),
});

export const endOwnSession = contract({
  id: 'endOwnSession',
  summary: 'Sign out one of your browsers',
  method: 'DELETE',
  path: '/api/v1/me/sessions/:session',
  access: 'signedIn',
  params: z.strictObject({ session: id }),
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});

export const endOtherSessions = contract({
  id: 'endOtherSessions',
  summary: 'Sign out everywhere but here; with a token, everywhere',
  method: 'DELETE',
  path: '/api/v1/me/sessions',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ ended: z.int() }),
});

export const listSessions = contract({
  id: 'listSessions',
  summary: 'Everybody who is signed in',
  method: 'GET',
  path: '/api/v1/sessions',
  access: 'user:manage',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(session.extend({ user: z.object({ id, name: z.string() }) })) }),
});

export const endUserSessions = contract({
  id: 'endUserSessions',
  summary: 'Sign a user out everywhere',
  method: 'DELETE',
  path: '/api/v1/users/:user/sessions',
  access: 'user:manage',
  params: z.strictObject({ user: id }),
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ ended: z.int() }),
});
