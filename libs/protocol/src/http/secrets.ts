import { z } from 'zod';
import { json } from '../model/json.ts';
import { name } from '../model/name.ts';
import { contract } from './contract.ts';
import { namespaceParams, noQuery } from './request-parts.ts';

/** What is live, your draft, or a release by its number. */
const source = z.union([z.enum(['live', 'draft']), z.string().regex(/^\d{1,9}$/)]);

const revealed = z.object({ key: z.string(), of: z.string(), value: json });
export type Revealed = z.infer<typeof revealed>;

export const revealItem = contract({
  id: 'revealItem',
  summary: 'The plain value of one secret item; the audit says who has seen it',
  method: 'POST',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/items/:key/reveal',
  access: 'secret:read',
  params: namespaceParams.extend({ key: name }),
  query: noQuery,
  body: z.strictObject({ of: source.default('live') }),
  status: 200,
  response: revealed,
  errors: ['wrong_state'],
});
