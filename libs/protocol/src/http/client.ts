import { z } from 'zod';
import { snapshot } from '../client/snapshot.ts';
import { digest, instanceId, labels } from '../model/name.ts';
import { contract } from './contract.ts';
import { none, noParams, noQuery } from './request-parts.ts';

/** Labels as they travel in an address. */
const labelsText = z
  .string()
  .max(16_384)
  .refine((text) => labels.safeParse(jsonOf(text)).success, {
    error: 'must be a JSON object of texts, at most 64 of them',
    params: { problem: 'type', zh: '必须是值为文本的 JSON 对象，最多 64 项' },
  });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The HTTP side of the link: what a client asks for while its socket is down. Environment and app come from the token. */
export const getSnapshot = contract({
  id: 'getSnapshot',
  summary:
    'Everything that an instance must hold. Answers 304 to an If-None-Match with the digest of its contents and layers',
  method: 'GET',
  path: '/client/v1/snapshot',
  access: 'client',
  params: noParams,
  query: z.strictObject({
    instanceId,
    labels: labelsText.optional(),
  }),
  body: none,
  status: 200,
  response: snapshot,
  errors: ['client_too_old'],
});

export const getBody = contract({
  id: 'getBody',
  summary: 'One layer body by its digest; immutable, so any proxy may keep it',
  method: 'GET',
  path: '/client/v1/body/:digest',
  access: 'client',
  params: z.strictObject({ digest }),
  query: noQuery,
  body: none,
  status: 200,
  response: z.string(),
});
