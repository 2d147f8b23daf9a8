import { z } from 'zod';
import { id, moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { roles } from './permissions.ts';
import { none, noParams, noQuery, nothing } from './request-parts.ts';

/** `client`: an application's processes, one app in one environment. `api`: a person's script, with a role. */
const token = z.object({
  id,
  name: z.string(),
  kind: z.enum(['client', 'api']),
  environment: z.string(),
  app: z.string(),
  role: z.enum(roles).optional(),
  createdBy: z.string(),
  createdAt: moment,
  expiresAt: moment.optional(),
  lastUsedAt: moment.optional(),
  revokedAt: moment.optional(),
});
export type Token = z.infer<typeof token>;

const tokenName = text(128).min(1);
const expiresInDays = z.int().min(1).max(3650).optional();
const place = z.union([name, z.literal('*')]);

export const listTokens = contract({
  id: 'listTokens',
  summary: 'Tokens that you may manage; never their secrets',
  method: 'GET',
  path: '/api/v1/tokens',
  access: 'token:manage',
  params: noParams,
  query: z.strictObject({ environment: name.optional(), app: name.optional() }),
  body: none,
  status: 200,
  response: z.object({ items: z.array(token) }),
});

export const createToken = contract({
  id: 'createToken',
  summary: 'Create a token. Its secret is in this answer and nowhere else',
  method: 'POST',
  path: '/api/v1/tokens',
  access: 'token:manage',
  params: noParams,
  query: noQuery,
  body: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('client'),
      name: tokenName,
      environment: name,
      app: name,
      expiresInDays,
    }),
    z.strictObject({
      kind: z.literal('api'),
      name: tokenName,
      environment: place,
      app: place,
      role: z.enum(roles),
      expiresInDays,
    }),
  ]),
  status: 201,
  response: z.object({ token, secret: z.string() }),
});

export const revokeToken = contract({
  id: 'revokeToken',
  summary: 'Revoke a token; its open connections are cut within 5 s',
  method: 'DELETE',
  path: '/api/v1/tokens/:token',
  access: 'token:manage',
  params: z.strictObject({ token: id }),
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});
