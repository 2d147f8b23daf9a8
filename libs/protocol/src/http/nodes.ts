import { z } from 'zod';
import { moment } from '../model/name.ts';
import { contract } from './contract.ts';
import { none, noParams, noQuery } from './request-parts.ts';

const node = z.object({
  id: z.string(),
  /** Whether it answered this request. */
  isThis: z.boolean(),
  version: z.string(),
  startedAt: moment,
  /** Alive until then, by its own word; it renews this every three seconds. */
  leaseUntil: moment,
  /** Instances and pages of the console that are connected to it. */
  instances: z.int(),
  pages: z.int(),
  /** What its process holds of the machine's memory. */
  memoryBytes: z.int(),
});
export type ServerNode = z.infer<typeof node>;

export const listNodes = contract({
  id: 'listNodes',
  summary: 'The nodes of this server that are alive, and the database that they share',
  method: 'GET',
  path: '/api/v1/nodes',
  access: 'server:read',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: z.object({ items: z.array(node), database: z.enum(['sqlite', 'postgres']), at: moment }),
});
