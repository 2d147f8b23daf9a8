import { z } from 'zod';
import { id, moment, name } from '../model/name.ts';
import { text } from '../model/text.ts';
import { contract } from './contract.ts';
import { permissions, roles } from './permissions.ts';
import { none, noParams, noQuery, nothing } from './request-parts.ts';

/** `client`: an application's processes, one app in one environment. `api`: a person's script. */
const token = z.object({
  id,
  /** How its secret begins: what to look for when one is found somewhere. */
  prefix: z.string(),
  name: z.string(),
  kind: z.enum(['client', 'api']),
  environment: z.string(),
  app: z.string(),
  /** Of an `api` token; absent, it may whatever its owner may. */
  role: z.enum(roles).optional(),
  /** Of what the role may, these only. */
  only: z.array(z.enum(permissions)).optional(),
  /**
   * Whose it is. An `api` token never does what its owner may not, and rests while he is disabled; one of an
   * application goes on. Absent for a token that no account stands for.
   */
  owner: z.object({ name: z.string(), disabled: z.boolean() }).optional(),
  /** Whether it is the reader's own. */
  isOwn: z.boolean(),
  createdBy: z.string(),
  createdAt: moment,
  rotatedAt: moment.optional(),
  expiresAt: moment.optional(),
  /** Of the secret in force. */
  lastUsedAt: moment.optional(),
  /** The secret of before the last rotation, while it still opens. */
  previous: z.object({ until: moment, lastUsedAt: moment.optional() }).optional(),
  revokedAt: moment.optional(),
});
export type Token = z.infer<typeof token>;

const tokenName = text(128).min(1);
const expiresInDays = z.int().min(1).max(3650).optional();
const place = z.union([name, z.literal('*')]);
const shownOnce = z.object({ token, secret: z.string() });

export const listTokens = contract({
  id: 'listTokens',
  summary: 'Your own tokens and those that you may manage; never their secrets',
  method: 'GET',
  path: '/api/v1/tokens',
  access: 'signedIn',
  params: noParams,
  query: z.strictObject({
    environment: name.optional(),
    app: name.optional(),
    /** The beginning of a secret, at most up to the end of its id. */
    prefix: z
      .string()
      .regex(/^(sl[ac]_)?[0-9a-f]{0,16}$/, 'must be how a token begins, such as sla_3f5e')
      .optional(),
  }),
  body: none,
  status: 200,
  response: z.object({ items: z.array(token) }),
});

export const createToken = contract({
  id: 'createToken',
  summary:
    'Create a token. Its secret is in this answer and nowhere else. One of an application takes token:manage there; anybody may make an api token that can do no more than he',
  method: 'POST',
  path: '/api/v1/tokens',
  access: 'signedIn',
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
      /** Absent: whatever you may there, now and later. */
      role: z.enum(roles).optional(),
      only: z.array(z.enum(permissions)).min(1).max(permissions.length).optional(),
      expiresInDays,
    }),
  ]),
  status: 201,
  response: shownOnce,
});

export const rotateToken = contract({
  id: 'rotateToken',
  summary:
    'Give a token a new secret; the old one opens for some time more. Who rotates it owns it from then on',
  method: 'POST',
  path: '/api/v1/tokens/:token/rotate',
  access: 'signedIn',
  params: z.strictObject({ token: id }),
  query: noQuery,
  body: z.strictObject({
    /** For how long the old secret still opens: none at all up to 30 days. */
    overlapMinutes: z.int().min(0).max(43_200).default(1440),
    /** Absent: for as many days as it was made for. */
    expiresInDays,
  }),
  status: 201,
  response: shownOnce,
  errors: ['wrong_state'],
});

export const revokeToken = contract({
  id: 'revokeToken',
  summary: 'Revoke a token; its open connections are cut within 5 s',
  method: 'DELETE',
  path: '/api/v1/tokens/:token',
  access: 'signedIn',
  params: z.strictObject({ token: id }),
  query: noQuery,
  body: none,
  status: 204,
  response: nothing,
});
