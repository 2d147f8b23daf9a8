import { z } from 'zod';
import { contract } from './contract.ts';
import { roles } from './permissions.ts';
import { none, noParams, noQuery } from './request-parts.ts';

export const grant = z.object({ role: z.enum(roles), environment: z.string(), app: z.string() });

export const me = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['user', 'token', 'insecureDev']),
  grants: z.array(grant),
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
