import { z } from 'zod';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { none, noParams, noQuery, nothing } from './request-parts.ts';
import { me } from './session.ts';

export const userName = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'must be 1-64 of A-Z a-z 0-9 . _ @ -');
export const password = z
  .string()
  .min(12, 'must have at least 12 characters')
  .max(128, 'must have at most 128 characters');

export const setupState = contract({
  id: 'setupState',
  summary: 'Whether this server still waits for its first administrator',
  method: 'GET',
  path: '/api/v1/setup',
  access: 'public',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({
    needed: z.boolean(),
    insecureDev: z.boolean(),
    version: z.string(),
    /** Present on a server of the demo: it has a story to play. */
    demo: z.literal(true).optional(),
  }),
});

export const setup = contract({
  id: 'setup',
  summary: 'Create the first administrator with the one-time setup token, and sign in',
  method: 'POST',
  path: '/api/v1/setup',
  access: 'public',
  params: noParams,
  query: noQuery,
  body: z.strictObject({
    setupToken: z.string().max(200),
    userName,
    password,
    environments: z.array(z.string()).max(20).optional(),
  }),
  status: 201,
  response: me,
  errors: ['wrong_state'],
});

export const signIn = contract({
  id: 'signIn',
  summary: 'Sign in with name and password, or with a one-time login token; sets the session cookie',
  method: 'POST',
  path: '/api/v1/session',
  access: 'public',
  params: noParams,
  query: noQuery,
  body: z.union([
    z.strictObject({ userName: text(64), password: z.string().max(128) }),
    z.strictObject({ loginToken: z.string().max(200) }),
  ]),
  status: 201,
  response: me,
  errors: ['sign_in_failed', 'too_many_requests'],
});

export const signOut = contract({
  id: 'signOut',
  summary: 'End this session',
  method: 'DELETE',
  path: '/api/v1/session',
  access: 'signedIn',
  params: noParams,
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});
