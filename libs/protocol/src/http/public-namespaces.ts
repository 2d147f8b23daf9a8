import { z } from 'zod';
import { namespaceKind } from '../model/content.ts';
import { name } from '../model/name.ts';
import { contract } from './contract.ts';
import { environmentParams, namespaceParams, none, noQuery } from './request-parts.ts';

/** Where a public namespace has its home, in the same environment. */
export const publicAddress = z.strictObject({ app: name, namespace: name });

const publicNamespace = z.object({
  app: name,
  namespace: name,
  kind: namespaceKind,
  description: z.string(),
  /** The release that is live; absent when there is none. */
  release: z.int().optional(),
  /** What it links itself, nearest first. */
  chain: z.array(z.object({ app: name, namespace: name })),
});
export type PublicNamespaceEntry = z.infer<typeof publicNamespace>;

export const listPublicNamespaces = contract({
  id: 'listPublicNamespaces',
  summary: 'Public namespaces of an environment that the caller may read, and so link',
  method: 'GET',
  path: '/api/v1/environments/:env/public',
  access: 'config:read',
  params: environmentParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(publicNamespace) }),
});

const linker = z.object({
  app: name,
  namespace: name,
  /** 1 links it directly; 2 and 3 by way of another public one. */
  depth: z.int(),
  /** Whether it brings anything to its instances: a link does so from its first release on. */
  live: z.boolean(),
  /** Keys that it sets or takes away itself. */
  overrides: z.int(),
});
export type Linker = z.infer<typeof linker>;

export const listLinkers = contract({
  id: 'listLinkers',
  summary: 'Which namespaces of other apps link a public one; those that the caller may not see only count',
  method: 'GET',
  path: '/api/v1/environments/:env/apps/:app/namespaces/:ns/linkers',
  access: 'config:read',
  params: namespaceParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ total: z.int(), items: z.array(linker) }),
});
